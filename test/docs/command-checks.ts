import { execFileSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { expect } from 'vitest';
import { readInput } from '../../cli/command.ts';
import { commands as signalboxCommands } from '../../cli/commands/index.ts';
import { ROOT } from './fences.ts';

/* What a command of a document is held against. */

export function shell(command: string): string {
  const env = { ...process.env, PATH: `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env.PATH}` };
  return execFileSync('bash', ['-c', command], {
    cwd: ROOT,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

let startHelp: string | undefined;
export function checkStartOptions([, options = '']: RegExpExecArray): void {
  startHelp ??= shell('node local/start.ts --help');
  for (const option of options.match(/--[\w-]+/g) ?? []) expect(startHelp).toContain(`${option} `);
}

export function checkOperation(client: object, operation: string): void {
  const name = operation.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
  expect(Object.keys(client)).toContain(`${name}Command`);
}

export function wordsOf(text: string): string[] {
  return [...text.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
}

/** As the command itself would read it. */
export function readSignalbox(name: string, rest: string): void {
  const command = signalboxCommands.find((known) => known.name === name);
  if (!command) throw new Error(`signalbox has no command '${name}'`);
  readInput(command, wordsOf(rest));
}

export const checkSignalbox = ([, name = '', rest = '']: RegExpExecArray): void => readSignalbox(name, rest);

export const SIGNALBOX = '(?:npm run (?:-s )?signalbox -- |npx signalbox |signalbox )';
