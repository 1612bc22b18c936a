import { readInput } from '../../cli/command.ts';
import { commands } from '../../cli/commands/index.ts';

/** The ways in which the program is called, and so the beginnings of what it prints to go on with. */
const CALLS = ['npm run signalbox -- ', 'npx signalbox ', 'signalbox '];

/**
 * The commands that a text tells its reader to run, as they stand there. A synopsis begins its line, and its
 * placeholders are in angle brackets.
 */
export function hintsIn(text: string): string[] {
  const lines = text.replaceAll(/ \\\n\s*/g, ' ').split('\n');
  return lines.flatMap((line) => {
    const found = CALLS.map((call) => ({ call, at: line.indexOf(call) })).find(({ at }) => at > 0);
    if (!found || /(?<!')<[a-z]/.test(line.slice(found.at))) return [];
    return [line.slice(found.at)];
  });
}

/** As a shell reads them: single quotes hold a word together. */
function wordsOf(hint: string): string[] {
  const call = CALLS.find((it) => hint.startsWith(it)) ?? '';
  return [...hint.slice(call.length).matchAll(/(?:'[^']*'|\\'|[^\s'])+/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'|\\(')/g, '$1$2'),
  );
}

/** @throws Error for what is no call of a command: a hint must run as it is printed */
export function checkHints(text: string): void {
  for (const hint of hintsIn(text)) {
    const [name = '', ...rest] = wordsOf(hint);
    const command = commands.find((known) => known.name === name);
    if (!command) throw new Error(`no command: ${hint}`);
    if (/<[a-z]+>|…/.test(rest.join(' '))) throw new Error(`a placeholder: ${hint}`);
    if (!rest.includes('--help')) readInput(command, rest);
  }
}
