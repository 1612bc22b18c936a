import type { Input } from './command.ts';
import { ApiProblem, Unreachable } from './errors.ts';
import { span } from './format.ts';
import type { Terminal } from './terminal.ts';

/** Between two looks: soon enough for people, and seldom enough for the API. */
const LOOK_MS = 2000;
/** Where it does not answer, longer each time. */
const MOST_LOOK_MS = 30_000;
/** A forgotten terminal does not ask for ever. */
const USUAL_MS = 12 * 3_600_000;

export const FOLLOW_OPTIONS = { follow: 'flag', for: 'text' } as const;

/**
 * Looks again and again until `look` says that it is over, the time is over, or Ctrl-C. An API that does not
 * answer for a moment is waited for.
 */
export async function follow(
  input: Input,
  terminal: Terminal,
  look: () => Promise<'over' | 'goes on'>,
): Promise<void> {
  const most = input.span('for') ?? USUAL_MS;
  const until = terminal.now() + most;
  let failures = 0;
  if (!(await terminal.pause(0))) return;
  for (;;) {
    try {
      if ((await look()) === 'over') return;
      failures = 0;
    } catch (error) {
      if (!mayPass(error)) throw error;
      if (failures === 0) terminal.err(`${words(error)}: trying again`);
      failures += 1;
    }
    const pause = Math.min(LOOK_MS * 2 ** failures, MOST_LOOK_MS);
    if (terminal.now() + pause > until) {
      terminal.err(`followed for ${span(most)}: type it again to go on`);
      return;
    }
    if (!(await terminal.pause(pause))) return;
  }
}

function mayPass(error: unknown): error is Unreachable | ApiProblem {
  if (error instanceof Unreachable) return true;
  return error instanceof ApiProblem && (error.status === 429 || error.status >= 500);
}

function words(error: Unreachable | ApiProblem): string {
  return error instanceof ApiProblem ? `the API answered ${error.status}` : error.message;
}
