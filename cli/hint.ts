import type { Terminal } from './terminal.ts';
import { oneLine } from './text.ts';

/** Words that a shell takes as they stand. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** How this program was called: what it prints can be pasted into the same shell. */
export function callOf({ env }: Pick<Terminal, 'env'>): string {
  if (env.npm_lifecycle_event === 'signalbox') return 'npm run signalbox --';
  return env.npm_command === 'exec' ? 'npx signalbox' : 'signalbox';
}

/** A command to go on with, as it can be pasted. A test runs every one of them. */
export function hint(terminal: Pick<Terminal, 'env'>, ...words: readonly string[]): string {
  return [callOf(terminal), ...words.map(quoted)].join(' ');
}

const LINE = 78;

/** The same in lines that fit a page, broken before an option. */
export function hintLines(terminal: Pick<Terminal, 'env'>, words: readonly string[]): string {
  const lines: string[] = [];
  let line = `  ${callOf(terminal)}`;
  for (const [at, word] of words.entries()) {
    const option = word.startsWith('--') && at + 1 < words.length ? [word, words[at + 1] ?? ''] : [word];
    const part = option.map(quoted).join(' ').length;
    if (word.startsWith('--') && line.length + 1 + part > LINE) {
      lines.push(`${line} \\`);
      line = `    ${quoted(word)}`;
    } else {
      line += ` ${quoted(word)}`;
    }
  }
  return [...lines, line].join('\n');
}

function quoted(text: string): string {
  // A command is one line, whatever an answer put into it.
  const word = oneLine(text);
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
