import '../quiet.ts';
import '../markdown.ts';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../state.ts';
import { UsageError } from '../usage.ts';
import { audit, judged } from './audit.ts';
import { lockedPackages, manifest } from './lock.ts';
import { withTables } from './page.ts';
import { publishedDays, refresh, tooYoung } from './published.ts';
import { sbomOf } from './sbom.ts';

const USAGE = `npm run dependencies -- page | refresh | audit
npm run sbom [> sbom.json]

  page      make the tables of docs/dependencies.md anew (default)
  refresh   ask the registry when new direct dependencies were published
  audit     ask the registry for known vulnerabilities: exit 1 for one in what
            is deployed, or for a direct dependency that is too young
  sbom      write what is deployed as CycloneDX JSON`;

const PAGE = join(ROOT, 'docs/dependencies.md');

/** It brings the bundler and the constructs with it. */
const deployedPackages = async () => {
  console.error('bundling what is deployed, a minute or so ...');
  return (await import('./deployed.ts')).deployedPackages();
};

const commands: Record<string, () => Promise<number>> = {
  page: async () => {
    const deployed = await deployedPackages();
    const given = { deployed, packages: lockedPackages(), days: publishedDays(), manifest: manifest() };
    writeFileSync(PAGE, withTables(readFileSync(PAGE, 'utf8'), given));
    return 0;
  },
  refresh: async () => {
    await refresh(console.log);
    return 0;
  },
  audit: async () => {
    const young = tooYoung(publishedDays(), new Date());
    const found = await audit();
    // Bundling takes a while, and says nothing where the registry does not.
    const deployed = typeof found === 'string' ? [] : (await deployedPackages()).keys();
    const { lines, fails } = judged(found, new Set(deployed));
    for (const line of [...young, ...lines]) console.log(line);
    return fails || young.length > 0 ? 1 : 0;
  },
  sbom: async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    const made = { version, commit: commit(), at: new Date() };
    console.log(JSON.stringify(sbomOf(await deployedPackages(), lockedPackages(), made), null, 2));
    return 0;
  },
};

/** Nothing where there are no changes that a commit could name. */
function commit(): string | undefined {
  const git = (...args: string[]) => spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' });
  const { status, stdout } = git('status', '--porcelain', '--untracked-files=no');
  return status === 0 && stdout === '' ? git('rev-parse', 'HEAD').stdout.trim() || undefined : undefined;
}

try {
  const [name = 'page', ...more] = process.argv.slice(2);
  const isHelp = name === '--help' || name === '-h';
  const help = async () => {
    console.log(USAGE);
    return 0;
  };
  const command = isHelp ? help : Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command || more.length > 0) throw new UsageError(USAGE);
  process.exitCode = await command();
} catch (error) {
  console.error(error instanceof UsageError ? error.message : `dependencies: ${(error as Error).message}`);
  process.exitCode = 2;
}
