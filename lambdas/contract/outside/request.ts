/*
 * How an action is done by the destination's own API: typed code of the automation, in no model's hands. It says what is sent and what
 * answers mean; the house sends it, once, and resolves what nobody knows.
 */

/** One action as its code sees it. */
export interface Doing {
  /** The values that were judged and allowed. */
  parameters: Readonly<Record<string, unknown>>;
  /** The item's id. */
  item: string;
  /** The same at every try, and of this action alone: up to 120 letters, digits, `-` and `_`. */
  idempotencyKey: string;
}

export type Query = Readonly<Record<string, string | number | undefined>>;

/** A question that changes nothing there. */
export interface ApiQuestion {
  /** Begins with `/`, below the destination's `url`. Texts of the parameters go into it by `encodeURIComponent` alone. */
  path: string;
  query?: Query;
  headers?: Readonly<Record<string, string>>;
}

/** The one request that acts. */
export interface ApiRequest extends ApiQuestion {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As JSON, or as a form. @default none */
  body?: { json: object } | { form: Query };
}

/** What came back, up to a megabyte. */
export interface ApiAnswer {
  status: number;
  /** By its name in lower case. */
  header(name: string): string | undefined;
  /** Undefined where the body is no JSON, such as a page of something in between. */
  json: unknown;
}

/** What an answer says. Whatever is none of these says nothing, and the status decides. */
export type Reading =
  /** It acted. Of the answer only this reference is kept: up to 100 letters, digits and `._:/-`. */
  | { outcome: 'done'; reference?: string }
  /** What the action wants is there already. After a try of ours in doubt it is done; at the first try others did it, which is a refusal. */
  | { outcome: 'already done'; reference?: string }
  /** It did nothing, and never will. `reason` is one of `refusals`. */
  | { outcome: 'not done'; reason: string }
  /** It did nothing, and has no room now. */
  | { outcome: 'later'; seconds?: number }
  /** It is at work on this very request. */
  | { outcome: 'at work'; seconds?: number };

/** How the destination tells a request that is sent again from a new one. */
export type Repeats =
  /** By a header with our key, for so long as its documentation says that it keeps keys. @default name 'Idempotency-Key' */
  | { by: 'header'; name?: string; keptHours: number }
  /** By a field of the body, in which `request` has put the key. */
  | { by: 'body'; keptHours: number }
  /** It sets a state: sent twice it leaves what it leaves once. */
  | { by: 'state' }
  /** Not at all: `find` tells, and nothing is sent again before it was asked. */
  | { by: 'lookup' }
  /** Not at all. After a try without an answer a person asks there. */
  | { by: 'nothing' };

export interface RequestRules {
  /** What is sent. The same doing gives the same request. */
  request(doing: Doing): ApiRequest;
  repeats: Repeats;
  /**
   * What an answer means: of any 2xx, and of any 4xx but 401, 403, 408, 425 and 429, whose meaning is fixed. Undefined says nothing: a
   * 2xx is then an unknown outcome, 409 to a repeated request is at work, and any other 4xx a refusal.
   */
  reads(answer: ApiAnswer, doing: Doing): Reading | undefined;
  /** The reasons that `reads` may give, in fixed words. @default none */
  refusals?: readonly string[];
  /** Asks whether it was done, after a try without a clear answer. @default it is not asked */
  find?: {
    /** A GET. */
    request(doing: Doing): ApiQuestion;
    /** What a 2xx, a 404 or a 410 says. Undefined: it does not tell, and is asked again later. */
    reads(
      answer: ApiAnswer,
      doing: Doing,
    ): { outcome: 'done'; reference?: string } | { outcome: 'not done' } | undefined;
    /** After so many seconds what was done is found there: before, nothing that is missing counts as not done. @default 30 */
    settlesSeconds?: number;
    /** Asks before the first try too: what is there by then, others did, and the action is refused. @default false */
    atFirst?: boolean;
  };
}
