import type { ErrorFacts, ErrorName } from '../contract/item/row.ts';
import type { NeighbourName } from '../contract/neighbour.ts';

export interface TransientOptions extends ErrorOptions {
  retryAfterSeconds?: number | undefined;
  neighbour?: NeighbourName | undefined;
}

abstract class SignalboxError extends Error {
  abstract override readonly name: ErrorName;
}

/** A neighbour is slow, throttled or down. Retry; `retryAfterSeconds` is its own wish, if any. */
export class TransientError extends SignalboxError {
  override readonly name = 'TransientError';
  readonly retryAfterSeconds: number | undefined;
  /** Who is down, where somebody outside AWS is. */
  readonly neighbour: NeighbourName | undefined;
  constructor(message: string, options: TransientOptions = {}) {
    super(message, options);
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.neighbour = options.neighbour && { kind: options.neighbour.kind, name: options.neighbour.name };
  }
}

/** The item is wrong. Quarantine it: retrying cannot help. */
export class InputError extends SignalboxError {
  override readonly name = 'InputError';
}

/** The model or a rule gave an unusable answer. Ask a person. */
export class ProcessingError extends SignalboxError {
  override readonly name = 'ProcessingError';
}

/** Our bug or a wrong configuration. Park the item and raise the alarm. */
export class SystemError extends SignalboxError {
  override readonly name = 'SystemError';
}

/** The write may have been made, and its answer lost. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

/**
 * A foreign error is a SystemError of which only the type is kept; the SDK's network faults are transient.
 */
export function errorFacts(error: unknown): ErrorFacts {
  if (error instanceof SignalboxError) {
    const neighbour = error instanceof TransientError ? error.neighbour : undefined;
    return { class: error.name, message: error.message, ...(neighbour ? { neighbour } : {}) };
  }
  if (isRetryableSdkError(error)) return { class: 'TransientError', message: `aws: ${error.name}` };
  return {
    class: 'SystemError',
    message: `unexpected ${error instanceof Error ? error.name : typeof error}`,
  };
}

const RETRYABLE_NAMES =
  /Throttl|TimeoutError|TooManyRequests|LimitExceeded|ThroughputExceeded|TransactionConflict|ServiceUnavailable|InternalServerError/;
const NETWORK_CODES = /^(?:ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)/;

function isRetryableSdkError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { $retryable, $metadata, code } = error as SdkError;
  // Every exception of the SDK has a field `$retryable`; only its value says something.
  return (
    $retryable !== undefined ||
    ($metadata?.httpStatusCode ?? 0) >= 500 ||
    RETRYABLE_NAMES.test(error.name) ||
    NETWORK_CODES.test(String(code))
  );
}

interface SdkError extends Error {
  $retryable?: object;
  $metadata?: { httpStatusCode?: number };
  code?: unknown;
}

/** Where an error happened, without its words: those of a parser or a neighbour may quote content. */
export function where(error: unknown): string[] {
  const lines = error instanceof Error ? (error.stack?.split('\n') ?? []) : [];
  return lines.filter((line) => /^ +at /.test(line)).map((line) => line.trim());
}
