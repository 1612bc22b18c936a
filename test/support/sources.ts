import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** One TypeScript file of ours, with what it imports. */
export interface Source {
  path: string;
  code: string;
  /** Paths from the root for files of ours, package names for others. */
  imports: string[];
}

const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g;

/** Every TypeScript file below these folders; a folder that does not exist holds none. */
export function sources(...folders: string[]): Source[] {
  return folders.filter(existsSync).flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((file) => join(folder, file))
      .filter((path) => /\.(?:ts|mjs)$/.test(path) && !path.includes('node_modules'))
      .sort()
      .map(read),
  );
}

function read(path: string): Source {
  const code = readFileSync(path, 'utf8');
  const imports = [...code.matchAll(IMPORT)].map(([, target = '']) =>
    target.startsWith('.') ? normalize(join(dirname(path), target)) : target,
  );
  return { path, code, imports };
}

/** The code without its comments. */
export function withoutComments(code: string): string {
  return code.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(?<![:'"`])\/\/.*$/gm, '');
}
