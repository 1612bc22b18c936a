import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { follow } from './followed.ts';

/**
 * A copy of the repository that deploys these automations alone: a test that needs an application of its own waits for no other.
 * @returns its path; whoever asked for it removes it
 */
export function copyOf(...automations: readonly string[]): string {
  const root = follow();
  try {
    const folders = readdirSync(join(root, 'automations'), { withFileTypes: true })
      .filter((it) => it.isDirectory())
      .map(({ name }) => name);
    const omit = folders.filter((name) => !automations.includes(name));
    const file = join(root, 'signalbox.config.ts');
    const config = readFileSync(file, 'utf8');
    writeFileSync(file, config.replace('defineConfig({', `defineConfig({\n  omit: ${JSON.stringify(omit)},`));
    return root;
  } catch (error) {
    rmSync(root, { recursive: true });
    throw error;
  }
}
