/** What was typed cannot be run; the message says what to type. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** The words of a command that helps; printed as it was called. */
  readonly try: readonly string[] | undefined;
  constructor(message: string, hint?: readonly string[]) {
    super(message);
    this.try = hint;
  }
}

/** Nothing is running, or it does not answer. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** Whoever was asked left the question. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  constructor() {
    super('stopped at a question: nothing was done');
  }
}

/** The command worked and printed its result, which is not all well: the exit code tells scripts. */
export class NotWell extends Error {
  override readonly name = 'NotWell';
}

/** The fix for `Unreachable`. */
export const REACH = 'run npm start, or set SIGNALBOX_API_URL and SIGNALBOX_TOKEN';

/** One answer twice: `data` is for people and holds no control characters, `json` is as received. */
export interface Answer<T> {
  data: T;
  json: unknown;
}

export type ProblemDocument = Readonly<Record<string, unknown>>;

/** The API refused. `answer` holds its problem document; `hint` adds what that does not say. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly answer: Answer<ProblemDocument>;
  readonly hint: string | undefined;
  constructor(status: number, answer: Answer<ProblemDocument>, hint: string | undefined) {
    super(`the API answered ${status}`);
    this.status = status;
    this.answer = answer;
    this.hint = hint;
  }
}
