import { execFileSync } from 'node:child_process';
import { UsageError } from '../usage.ts';

/* What of the repository is another than where a branch began: committed, or not yet. */

/**
 * Whatever else thinks with every automation: the stages, what runs them here, the models, the configuration and how it is read, and what
 * they stand on. A test of the house walks all that `npm run cases` loads, and fails where a file of it is not among these.
 */
const SHARED = [
  /^lambdas\//,
  /^local\/(?:[^/]+$|(?:cases|memory|sandbox)\/)/,
  /^lib\/(?:[^/]*config(?:-faults)?\.ts$|checks\/fields\/words\.ts$|automation\/automation-folder\.ts$|parts\/(?:knowledge|neighbours)\.ts$)/,
  /^cli\/text\.ts$/,
  /^automations\/[^/]+$/,
  /^(?:signalbox\.config\.ts|package(?:-lock)?\.json)$/,
];

/** Names of automations of which something changed since then, and whether something changed that is of all of them. */
export interface Changed {
  all: boolean;
  names: ReadonlySet<string>;
  /** Prompts of which the text changed or is new, by automation: `{ step: 'route', version: 'route.v2' }`. */
  prompts: ReadonlyMap<string, readonly { step: string; version: string }[]>;
}

/** @throws UsageError where there is no such commit, or none that both began with */
export function changedSince(ref: string, folder = '.'): Changed {
  const commit = git(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
  if (commit === undefined) throw new UsageError(`--changed: git knows no commit '${ref}' here`);
  const base = git(folder, ['merge-base', commit.trim(), 'HEAD']);
  if (base === undefined)
    throw new UsageError(
      `--changed: '${ref}' and what is checked out have no commit in common here; fetch more of their history`,
    );
  const tracked = git(folder, ['diff', '--name-only', '--no-renames', '--relative', '-z', base.trim()]);
  const fresh = git(folder, ['ls-files', '--others', '--exclude-standard', '-z']);
  // Of what cannot be told nothing passes.
  if (tracked === undefined || fresh === undefined)
    throw new UsageError(`--changed: git cannot tell what differs from '${ref}' here`);
  return changedBy(`${tracked}${fresh}`.split('\0').filter((path) => path !== ''));
}

export function changedBy(paths: readonly string[]): Changed {
  const names = paths.flatMap((path) => /^automations\/([^/]+)\//.exec(path)?.[1] ?? []);
  const prompts = paths.flatMap((path) => {
    const [, name, version, step] = /^automations\/([^/]+)\/prompts\/(([^/.]+)\.v\d+)\.md$/.exec(path) ?? [];
    return name && version && step ? [{ name, step, version }] : [];
  });
  return {
    all: paths.some((path) => SHARED.some((it) => it.test(path))),
    names: new Set(names),
    prompts: Map.groupBy(prompts, ({ name }) => name),
  };
}

/** Undefined where git says no. */
function git(folder: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync('git', [...args], {
      ...{ cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return undefined;
  }
}
