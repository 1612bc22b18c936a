import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** A fenced block of a document: ```` ```sh answers=202 ````. */
export interface Fence {
  document: string;
  language: string;
  /** What stands behind the language. */
  info: Readonly<Record<string, string>>;
  text: string;
}

export const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...globSync(['docs/**/*.md', 'automations/*/README.md'], { cwd: ROOT }).sort(),
];

export function read(document: string): string {
  return readFileSync(join(ROOT, document), 'utf8');
}

export function fences(document: string, language?: string): Fence[] {
  const found = [...read(document).matchAll(/^( *)```(\w+)([^\n]*)\n([\s\S]*?)^\1```$/gm)].map(
    ([, indent = '', name = '', rest = '', text = '']) => ({
      document,
      language: name,
      info: infoOf(rest),
      text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  );
  return language === undefined ? found : found.filter((fence) => fence.language === language);
}

function infoOf(rest: string): Record<string, string> {
  const pairs = rest.trim().split(/\s+/).filter(Boolean);
  return Object.fromEntries(
    pairs.map((pair) => [pair.split('=')[0] ?? '', pair.slice(pair.indexOf('=') + 1)]),
  );
}

/** The commands of a shell block: a line that ends in `\` goes on, comments are left out. */
export function commandsOf(text: string): string[] {
  return text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
