import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** How a commit says, in a line of its own at its end, that a loss is meant: `Signalbox-Accept: platform/dataitemsC60B4BEB`. */
export const ACCEPTS = 'Signalbox-Accept';

const run = promisify(execFile);

/**
 * What the commits after `from` up to `to` accept by name. An acceptance counts once: for the deployment that brings its commit. Where
 * `from` is unknown or no ancestor (a history that was rewritten), the commit itself counts alone.
 */
export async function acceptedIn(root: string, from: string | undefined, to: string): Promise<Set<string>> {
  const range = from !== undefined && (await isAncestor(root, from, to)) ? [`${from}..${to}`] : ['-1', to];
  const format = `--format=%(trailers:key=${ACCEPTS},valueonly,unfold)`;
  const { stdout } = await run('git', ['log', format, ...range, '--'], {
    cwd: root,
    maxBuffer: 16 << 20,
  }).catch(
    // Of a commit that is not in this checkout nothing is known: it accepts nothing.
    () => ({ stdout: '' }),
  );
  return new Set(
    stdout
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => /^[\w-]+\/[\w/-]+$/.test(line)),
  );
}

async function isAncestor(root: string, from: string, to: string): Promise<boolean> {
  if (!isCommit(from)) return false;
  return run('git', ['merge-base', '--is-ancestor', from, to], { cwd: root }).then(
    () => true,
    () => false,
  );
}

/** Never an option of git, whatever a file says. */
const isCommit = (text: string) => /^[0-9a-f]{7,64}$/.test(text);

/** @throws Error where this is no repository, or it has changes that no commit has */
export async function commitOf(root: string): Promise<string> {
  const { stdout: changed } = await run('git', ['status', '--porcelain', '--untracked-files=no'], {
    cwd: root,
  });
  if (changed.trim() !== '')
    throw new Error(
      `these files are changed and in no commit, so no commit would say what is deployed:\n${changed.trimEnd()}`,
    );
  const { stdout } = await run('git', ['rev-parse', 'HEAD'], { cwd: root });
  return stdout.trim();
}
