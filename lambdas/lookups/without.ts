import type { Source } from '../contract/outside/source.ts';
import { errorFacts, ProcessingError, SystemError } from '../kit/errors.ts';
import { OutwardFailure } from '../outbound/failure.ts';
import { Waiting } from '../outbound/waiting-error.ts';
import type { LookupOptions } from './options.ts';

/** How soon a source that has too many requests is asked again, where it does not say. */
const PAUSE_SECONDS = 5;

export interface Without {
  /** In fixed words. */
  without: string;
  /** The source may answer later. */
  passes?: true;
}

/**
 * Why an item goes on without an answer that it does not need. Undefined of what has nothing to do with the source.
 * @throws Waiting where the source is only busy, and the item may wait for it
 */
export function whyWithout(
  error: unknown,
  source: Source,
  { impatient = false }: LookupOptions,
): Without | undefined {
  const { name } = source;
  const busy: Without = { without: `source '${name}' is busy`, passes: true };
  const down: Without = { without: `source '${name}' is down`, passes: true };
  if (error instanceof Waiting) {
    // Out of time: the next run of the function asks.
    if (!error.message.startsWith('source ')) return undefined;
    if (error.open) return down;
    if (impatient) return busy;
    throw error;
  }
  if (error instanceof ProcessingError) return { without: `the answer of source '${name}' is of no use` };
  const failure = error instanceof Error ? error.cause : undefined;
  if (failure instanceof OutwardFailure) {
    if (failure.kind === 'transient') return down;
    if (failure.kind !== 'rate') return { without: `source '${name}' refuses the request` };
    if (impatient) return busy;
    const seconds = Math.ceil((failure.retryAfterMs ?? PAUSE_SECONDS * 1000) / 1000);
    throw new Waiting(failure.message, seconds, { cause: failure, neighbour: source });
  }
  // Its secret is not there, or holds no key.
  const isUnset =
    error instanceof SystemError || errorFacts(error).message === 'unexpected AccessDeniedException';
  return isUnset ? { without: `source '${name}' is not set up` } : undefined;
}
