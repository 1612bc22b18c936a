/** What was typed is not a command that can be run; the message says what to type. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** There is nobody to ask, or nobody answers. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** It was done, and what was found is printed: not all is well, and a script is to see that in the exit code. */
export class NotWell extends Error {
  override readonly name = 'NotWell';
}

/** What is to be done about `Unreachable`. */
export const REACH = 'run npm start, or set SIGNALBOX_API_URL and SIGNALBOX_TOKEN';

/** One answer twice: `data` is for people and holds no control characters, `json` is as it came. */
export interface Answer<T> {
  data: T;
  json: unknown;
}

export type ProblemDocument = Readonly<Record<string, unknown>>;

/** The API said no. Its problem document is in `answer`; `hint` adds what it does not say. */
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
