import { parseArgs } from 'node:util';
import { UsageError } from './errors.ts';
import type { Terminal } from './terminal.ts';
import { clean } from './text.ts';

export interface Command {
  readonly name: string;
  /** Its line in the list of commands. */
  readonly summary: string;
  /** Its manual: usage, options, explanations. */
  readonly usage: string;
  /** A call that can be run as it stands: the words behind `signalbox`, the command's name first. */
  readonly example: readonly string[];
  /** A name that ends in `?` is optional. */
  readonly arguments: readonly string[];
  /** Besides `--json` and `--help`, which every command takes. */
  readonly options: Readonly<Record<string, 'text' | 'flag'>>;
  run(input: Input, terminal: Terminal): Promise<void>;
}

/** Seconds. */
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** The arguments and options of one call. */
export class Input {
  readonly json: boolean;
  readonly #arguments: readonly string[];
  readonly #options: ReadonlyMap<string, string>;

  constructor(given: readonly string[], options: ReadonlyMap<string, string>) {
    this.#arguments = given;
    this.#options = options;
    this.json = options.has('json');
  }

  argument(at: number): string | undefined {
    return this.#arguments[at];
  }

  option(name: string): string | undefined {
    return this.#options.get(name);
  }

  flag(name: string): boolean {
    return this.#options.has(name);
  }

  /** @throws UsageError if it is not one of the words */
  oneOf<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const text = this.option(name);
    const word = words.find((known) => known === text);
    if (text === undefined || word !== undefined) return word;
    throw new UsageError(`--${name} must be one of ${words.join(', ')}, got '${text}'`);
  }

  /** ISO 8601. @throws UsageError if it is neither a length of time before now nor a time */
  time(name: string, now: number): string | undefined {
    const text = this.option(name);
    if (text === undefined) return undefined;
    const [, number, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
    if (number) return new Date(now - Number(number) * (UNITS[unit] ?? 0) * 1000).toISOString();
    const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
    if (!Number.isNaN(time)) return new Date(time).toISOString();
    throw new UsageError(
      `--${name} must be like 30m, 12h, 7d, 2026-11-20 or 2026-11-20T09:00:00Z, got '${text}'`,
    );
  }

  /** Milliseconds. @throws UsageError if it is no length of time */
  span(name: string): number | undefined {
    const text = this.option(name);
    if (text === undefined) return undefined;
    const [, number, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
    if (number) return Number(number) * (UNITS[unit] ?? 0) * 1000;
    throw new UsageError(`--${name} must be like 30m, 12h or 7d, got '${text}'`);
  }

  /** @throws UsageError if it is not a whole number from `least` to `most` */
  number(name: string, least: number, most: number): number | undefined {
    const text = this.option(name);
    if (text === undefined) return undefined;
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new UsageError(`--${name} must be a whole number from ${least} to ${most}, got '${text}'`);
  }
}

/** @throws UsageError for anything the command does not take, or needs and did not get */
export function readInput(command: Command, argv: readonly string[]): Input {
  const takes: Command['options'] = { ...command.options, json: 'flag' };
  const types = Object.entries(takes).map(
    ([name, kind]) => [name, { type: kind === 'text' ? 'string' : 'boolean' }] as const,
  );
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(types),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given: string[] = [];
  const options = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === 'positional') given.push(token.value);
    if (token.kind === 'option') options.set(token.name, optionValue(command, takes, token));
  }
  checkArguments(command, given);
  // As alarms of a local run name it: there is no such stage in AWS.
  if (options.get('stage') === 'local' && 'local' in takes) {
    options.delete('stage');
    options.set('local', '');
  }
  return new Input(given, options);
}

function optionValue(
  command: Command,
  takes: Command['options'],
  {
    name,
    rawName,
    value,
    inlineValue,
  }: { name: string; rawName: string; value?: string | undefined; inlineValue?: boolean | undefined },
): string {
  const kind = Object.hasOwn(takes, name) ? takes[name] : undefined;
  if (!kind) {
    const known = Object.keys(takes).map((option) => `--${option}`);
    throw new UsageError(`unknown option '${rawName}': it takes ${known.join(', ')}`);
  }
  if (kind === 'flag') {
    if (value === undefined) return '';
    throw new UsageError(`--${name} takes no value: leave out '=${value}'`);
  }
  // A negative number is a value; the option's own check says what is wrong with it.
  if (value === undefined || value === '' || (!inlineValue && /^-[^\d.]/.test(value))) {
    throw new UsageError(`--${name} needs a value: see`, [command.name, '--help']);
  }
  return value;
}

function checkArguments(command: Command, given: readonly string[]): void {
  const required = command.arguments.filter((name) => !name.endsWith('?'));
  const missing = required[given.length];
  if (missing || given.includes('')) {
    throw new UsageError(`<${missing ?? 'argument'}> is missing, as in:`, command.example);
  }
  const extra = given[command.arguments.length];
  if (extra !== undefined) {
    throw new UsageError(`unexpected argument '${clean(extra)}': see`, [command.name, '--help']);
  }
}
