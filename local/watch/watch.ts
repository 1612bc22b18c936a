import { existsSync, type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { type UpdateOptions, Updater } from './update.ts';
import { filesInWords } from './words.ts';

/** An editor writes a file in several steps, and a checkout many files. */
const QUIET_MS = 100;
const FOLDERS = ['automations', 'lambdas', 'lib', 'bin', 'statemachines'];
const FILES = ['signalbox.config.ts'];
const SOURCE = /\.(?:ts|md|json)$/;
/** Hidden, such as what an editor writes first. */
const APART = /(?:^|\/)\./;
const OF_SANDBOX = /^automations\/[^/]+\/sandbox(?:\.ts$|\/)/;

export interface Watch {
  /** When the update that runs is over, if one does: it may say more than once what it did. */
  settled(): Promise<void>;
  /** Watches no more, and waits for the update that runs. */
  stop(): Promise<void>;
}

/**
 * Watches the sources and brings the deployed functions up to date with each change. Asks the disk for
 * nothing while none comes.
 */
export async function startWatch(options: UpdateOptions): Promise<Watch> {
  const updater = await Updater.start(options);
  const { root, log } = options;
  return watchSources(root, async (files, since, more) => {
    const [read = [], carried = []] = [true, false].map((is) =>
      files.filter((it) => OF_SANDBOX.test(it) === is),
    );
    if (read.length > 0) log(`${filesInWords(read)} changed → the sandbox model reads it at the next start`);
    if (carried.length === 0) return;
    await updater
      .update(carried, since, more)
      .catch((error: Error) => log(`${filesInWords(carried)}: ${error.message}`));
  });
}

/** Tells of changed files, from the root and sorted, together and one telling after the other. */
export function watchSources(
  root: string,
  tell: (files: readonly string[], since: number, more: () => boolean) => Promise<void>,
): Watch {
  const changed = new Set<string>();
  let since: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let work = Promise.resolve();
  const notice = (file: string) => {
    if (!SOURCE.test(file) || APART.test(file)) return;
    changed.add(file);
    since ??= performance.now();
    clearTimeout(timer);
    timer = setTimeout(() => {
      work = work.then(async () => {
        const files = [...changed].sort();
        const first = since ?? performance.now();
        changed.clear();
        since = undefined;
        if (files.length > 0) await tell(files, first, () => changed.size > 0);
      });
    }, QUIET_MS);
  };
  const watchers = new Map<string, FSWatcher>();
  /**
   * Folder by folder: where one watch is to see all below, Node.js loses a file on Linux once it is replaced.
   */
  const watchFolder = (folder: string, onlyFiles?: readonly string[]) => {
    const path = join(root, folder);
    if (watchers.has(folder) || !existsSync(path)) return;
    const watcher = watch(path, (_, name) => {
      if (!name || (onlyFiles && !onlyFiles.includes(name))) return;
      const file = folder ? `${folder}/${name}` : name;
      if (!onlyFiles && isFolder(join(root, file))) {
        watchFolder(file);
        for (const inside of readdirSync(join(root, file))) notice(`${file}/${inside}`);
      } else {
        // A folder that went away, and may come again.
        watchers.get(file)?.close();
        watchers.delete(file);
        notice(file);
      }
    });
    watcher.on('error', () => watchers.delete(folder));
    watchers.set(folder, watcher);
    if (onlyFiles) return;
    for (const inside of readdirSync(path, { withFileTypes: true }))
      if (inside.isDirectory()) watchFolder(`${folder}/${inside.name}`);
  };
  watchFolder('', FILES);
  for (const folder of FOLDERS) watchFolder(folder);
  return {
    settled: () => work,
    async stop() {
      clearTimeout(timer);
      for (const watcher of [...watchers.values()]) watcher.close();
      await work;
    },
  };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
