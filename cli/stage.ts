import type { Input } from './command.ts';
import { UsageError } from './errors.ts';

/** `--stage`, or `dev`. @throws UsageError for what can be no stage */
export function stageOption(input: Input): string {
  return stageName(input.option('stage') ?? 'dev', '--stage');
}

/** @throws UsageError naming what was typed wrong */
export function stageName(text: string, what: string): string {
  if (/^[a-z][a-z0-9]{0,9}$/.test(text)) return text;
  throw new UsageError(`${what} must be 1 to 10 lower-case letters or digits, such as prod, got '${text}'`);
}
