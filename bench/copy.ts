import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../local/state.ts';

const DEPLOYED = ['bin', 'lib', 'lambdas', 'automations', 'statemachines', 'local'];
const SETTINGS = ['cdk.json', 'package.json', 'package-lock.json', 'tsconfig.json', 'signalbox.config.ts'];

/**
 * A copy of the repository to deploy, with automations of the benches (folders below `bench/`) and those of its own that are kept. Nothing of it
 * is seen by whoever uses the repository.
 * @returns its path; whoever asked for it removes it
 */
export function copyWith({ add, keep }: { add: readonly string[]; keep: readonly string[] }): string {
  const copy = mkdtempSync(join(tmpdir(), 'signalbox-bench-root-'));
  for (const name of [...DEPLOYED, ...SETTINGS])
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const folders = readdirSync(join(copy, 'automations'), { withFileTypes: true }).filter((it) =>
    it.isDirectory(),
  );
  for (const { name } of folders)
    if (!keep.includes(name)) rmSync(join(copy, 'automations', name), { recursive: true });
  for (const name of add)
    cpSync(join(ROOT, 'bench', name), join(copy, 'automations', name), { recursive: true });
  edit(join(copy, 'local/signalbox.config.ts'), /^ {2}slack: .*\n/m, '');
  return copy;
}

/** Approvers are asked by mail alone, as in the configuration of the root. */
function edit(file: string, what: RegExp, by: string): void {
  const before = readFileSync(file, 'utf8');
  const after = before.replace(what, by);
  if (after === before) throw new Error(`${file} has nothing like ${what}: bring bench/copy.ts up to date`);
  writeFileSync(file, after);
}
