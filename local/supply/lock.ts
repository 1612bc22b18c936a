import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../state.ts';

/** A package as it is locked. Its key is where it lies: `node_modules/zod`, or deeper where two versions are needed. */
export interface Locked {
  version: string;
  license?: string;
  integrity?: string;
  dev?: boolean;
  optional?: boolean;
  dependencies?: Record<string, string>;
}

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

const json = <T>(file: string): T => JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as T;

export const manifest = (): Manifest => json<Manifest>('package.json');
export const lockedPackages = (): Record<string, Locked> =>
  json<{ packages: Record<string, Locked> }>('package-lock.json').packages;

/** The key of the package that a file is of, wherever `node_modules` lies; undefined for ours. */
export function packageOf(file: string): string | undefined {
  return /^(?:(?!node_modules\/)[^/]+\/)*((?:node_modules\/(?:@[^/]+\/)?[^/]+\/)+)/
    .exec(file)?.[1]
    ?.slice(0, -1);
}

/** `node_modules/a/node_modules/@b/c` is `@b/c`. */
export const nameOf = (key: string): string => key.replace(/^.*node_modules\//, '');

/** Bytes that it takes in `node_modules`, without packages of its own below it. */
export function sizeOf(key: string): number {
  const folder = join(ROOT, key);
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules')
    .map((entry) => {
      const path = join(key, entry.name);
      return entry.isDirectory() ? sizeOf(path) : entry.isFile() ? statSync(join(ROOT, path)).size : 0;
    })
    .reduce((sum, size) => sum + size, 0);
}
