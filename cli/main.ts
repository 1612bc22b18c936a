import { join } from 'node:path';
import { ROOT, readJson } from '../local/state.ts';
import { type Command, readInput } from './command.ts';
import { commands, GROUPS } from './commands/index.ts';
import { ApiProblem, NotWell, Stopped, Unreachable, UsageError } from './errors.ts';
import { hint, hintLines } from './hint.ts';
import { shortId } from './short-id.ts';
import { facts } from './table.ts';
import { printJson, processTerminal, type Terminal } from './terminal.ts';
import { clean, pad } from './text.ts';

/**
 * Runs what was typed.
 * @returns the exit code: 0 done; 1 failed, or the result is not well; 2 not understood
 */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(argv, terminal);
  } catch (error) {
    if (error instanceof UsageError) return fail(terminal, usageText(error, terminal), 2);
    // That of what runs on this machine: cases, prompts. Loading it for its class would load it for every command.
    if (error instanceof Error && error.name === 'UsageError') return fail(terminal, error.message, 2);
    if (error instanceof Unreachable || error instanceof NotWell || error instanceof Stopped)
      return fail(terminal, error.message, 1);
    if (error instanceof ApiProblem) return showProblem(error, argv.includes('--json'), terminal);
    // A fault of ours: its stack matters.
    return fail(terminal, error instanceof Error ? (error.stack ?? error.message) : String(error), 1);
  }
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined) return fail(terminal, helpText(), 2);
  if (name === '--version' || name === 'version') return showVersion(rest, terminal);
  const asksHelp = rest.includes('--help') || rest.includes('-h');
  if (['--help', '-h', 'help'].includes(name)) {
    const about = name === 'help' ? rest.find((word) => !word.startsWith('-')) : undefined;
    terminal.out(about === undefined ? helpText() : manual(commandOf(about), terminal));
    return 0;
  }
  const command = commandOf(name);
  if (asksHelp) {
    terminal.out(manual(command, terminal));
    return 0;
  }
  await command.run(readInput(command, rest), terminal);
  return 0;
}

function commandOf(name: string): Command {
  const command = commands.find((known) => known.name === name);
  if (command) return command;
  throw unknownCommand(name);
}

async function showVersion(rest: readonly string[], terminal: Terminal): Promise<number> {
  const { version } = (await readJson<{ version: string }>(join(ROOT, 'package.json'))) ?? {
    version: 'unknown',
  };
  if (rest.includes('--json')) printJson(terminal, { version });
  else terminal.out(`signalbox ${version}`);
  return 0;
}

function unknownCommand(name: string): UsageError {
  if (name.startsWith('-'))
    return new UsageError(`'${name}' stands before the command: put it behind, as in:`, ['items', name]);
  const meant = commands.find((known) => isTypoOf(known.name, name));
  if (meant) return new UsageError(`unknown command '${name}'; did you mean:`, [meant.name, '--help']);
  return new UsageError(
    `unknown command '${name}'; there are: ${commands.map((known) => known.name).join(', ')}`,
  );
}

/** One letter wrong, missing, too many, or two that changed places. */
function isTypoOf(word: string, typed: string): boolean {
  let from = 0;
  while (from < word.length && word[from] === typed[from]) from += 1;
  const rests = [word.slice(from), typed.slice(from)] as const;
  const [rest, other] = rests;
  if (rest.slice(1) === other.slice(1) || rest === other.slice(1) || rest.slice(1) === other) return true;
  return rest[0] === other[1] && rest[1] === other[0] && rest.slice(2) === other.slice(2);
}

function usageText({ message, try: words }: UsageError, terminal: Terminal): string {
  return words === undefined ? message : `${message} ${hint(terminal, ...words)}`;
}

export function helpText(): string {
  const widest = Math.max(...commands.map(({ name }) => name.length));
  const line = ({ name, summary }: Command) => `  ${pad(name, widest)}  ${summary}`;
  return `signalbox <command> [options]

${GROUPS.map(([title, group]) => [title, ...group.map(line)].join('\n')).join('\n\n')}

  --json     print the API's JSON and nothing else; every command takes it
  --help     after a command, or help <command>: its options and an
             example
  --version  alone: the version of this program

  SIGNALBOX_API_URL    where the API is, and
  SIGNALBOX_TOKEN      your token for it; without both, what npm start wrote
  SIGNALBOX_STATE_DIR  where npm start keeps that, if not in .local
  NO_COLOR             no colours

In scripts call npx signalbox <command> or npm run -s signalbox -- <command>:
npm run alone prints two lines of its own.`;
}

function manual({ summary, usage, example }: Command, terminal: Terminal): string {
  return `${summary}.\n\n${usage}\n\n${hintLines(terminal, example)}\n\n--json prints the API's JSON and nothing else.`;
}

function showProblem({ answer, status, hint: fix }: ApiProblem, asJson: boolean, terminal: Terminal): number {
  if (asJson) {
    printJson(terminal, answer.json);
    return 1;
  }
  const { title, detail, errors, id, accepted } = answer.data;
  terminal.err(`${String(title)} (${status})${detail ? `: ${String(detail)}` : ''}`);
  const faults = Array.isArray(errors) ? (errors as { pointer?: string; message?: string }[]) : [];
  if (faults.length > 0) {
    terminal.err(
      facts(
        faults.map(({ pointer, message }) => [pointer || '(body)', message ?? ''] as const),
        terminal,
      ),
    );
  }
  if (typeof id === 'string') terminal.err(`its item: ${hint(terminal, 'status', shortId(id))}`);
  if (accepted === false) terminal.err('the item was not accepted: send it again later');
  if (fix) terminal.err(fix);
  return 1;
}

function fail(terminal: Terminal, message: string, code: number): number {
  terminal.err(clean(message));
  return code;
}

if (import.meta.main) {
  // `signalbox items | head -1` closes the pipe when it has seen enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 1);
  });
  process.exitCode = await main(process.argv.slice(2), processTerminal());
}
