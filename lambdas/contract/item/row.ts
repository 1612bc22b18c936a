import type { DocumentFacts } from '../document.ts';
import type { MailFacts } from '../intake/mail.ts';
import type { RepairFacts } from '../intake/repair.ts';
import type { NeighbourName } from '../neighbour.ts';
import type { Degraded } from '../steps/lookup.ts';
import type { Compensates, Compensation } from './compensation.ts';
import type { ItemStatus, Priority, Verdict } from './status.ts';

/** One event of the append-only timeline: facts, never content. */
export interface TimelineEvent {
  at: string;
  event: string;
  [fact: string]: unknown;
}

/** One step behind an outcome: a paid call, a stored answer, or a question to a source. */
export interface LineageEntry {
  at: string;
  step: string;
  /** As the configuration calls it. */
  model: string;
  /** What the answer calls it, where that is another name. */
  answeredBy?: string;
  endpoint: string;
  promptVersion: string;
  /** First 12 digits of the prompt's SHA-256. */
  promptHash: string;
  route: string;
  /** True if nothing was paid: an answer to the same request was stored. */
  cached: boolean;
  costUsd: number;
  inputTokens: number;
  cachedTokens: number;
  /** Of models whose prompt cache has a price for what it takes in, where the endpoint counts it. */
  cacheWriteTokens?: number;
  outputTokens: number;
  /** The price row behind `costUsd`. */
  price: string;
  milliseconds: number;
  /** How sure the model looked, from 0 to 1, before calibration: no gate sees it. */
  rawConfidence?: number;
  /** The version of the surrogate that answered in the model's place: the beginning of its file's hash. */
  surrogate?: string;
  failure?: string;
  /** What an agent asked for in this turn, by the names of its tools; `unknown` stands for one that it has not. */
  tools?: readonly string[];
  /** Of an answer to similar questions, with `cached`: the items that asked them, and how much spoke for it. */
  similar?: { of: readonly string[]; score: number };
  /** Of a lookup: whom it asked. No model and no endpoint had a part in it: they are `none`. */
  source?: string;
}

/** What the items table holds of one item: facts and references. Its content lies in the bucket. */
export interface ItemRow {
  id: string;
  automation: string;
  client: string;
  status: ItemStatus;
  generation: number;
  priority: Priority;
  receivedAt: string;
  /** Unique sort key among an automation's items: `receivedAt#<random>`. */
  order: string;
  updatedAt: string;
  /** Seconds since 1970; the table's time to live. */
  expiresAt: number;
  bodyKey: string;
  /** Its automation replaces personal data: what came is shown to its client, and to others as its proposal has it. */
  private?: true;
  /** What its callers know it by, hashed: see `referenceHash`. The index `byReference` is by it. */
  reference?: string;
  /** What it came with, in the order in which it was named. */
  documents?: readonly DocumentFacts[];
  /** Some of its documents are not read yet: nobody thinks about it before. */
  unread?: true;
  /** Which of its documents a reader has in hand, counted from 1, and how many readers have ended over it. */
  reading?: { document: number; tries: number };
  /** What came does not fit the schema of the body: it lies under `rawKey`, and there is no body yet. */
  unfit?: true;
  /** Why what came was not even read, by name: `virus`, `malformed-mail`, `too-large` … It is `unfit`, and nobody repairs it. */
  refused?: string;
  /** Of an item that came as a mail, or was forwarded from one. */
  mail?: MailFacts;
  /** On which share of its client's it is served, where many send as one: see `intake/doors/mail/share.ts`. */
  share?: number;
  /** Its body was repaired: what came lies under `rawKey`, the differences under `repairsKey`. */
  repairs?: RepairFacts;
  callbackUrl?: string;
  /** What its caller was told before the rest was known; `more` of it lies beside the content. */
  early?: { generation: number; facts: Readonly<Record<string, unknown>>; more?: true };
  /** Of an item that another one's action made: whom it comes from, the first one first and its parent last. */
  ancestors?: readonly string[];
  /** Items that its actions made, and how each stood when that was last told. */
  children?: readonly Child[];
  /** Its actions that are to be taken back, each by another item. */
  compensations?: readonly Compensation[];
  /** Of an item that takes back what another one has done. It has that one's body. */
  compensates?: Compensates;
  /** The generation that an operator wants thought about anew: what was judged before goes when a worker takes it up. */
  rethinks?: number;
  /** The generation whose remembered steps this one goes on with. @default its own */
  remembers?: number;
  /** The item that it is a duplicate of. */
  duplicateOf?: string;
  /** That item is of the same client. */
  duplicateIsOwn?: true;
  /** When the clock looks at the promise next (ISO 8601); gone once it is kept or broken. The index `byPromise` is by it. */
  promisedUntil?: string;
  /** By when its label promises its end, as far as the clock has looked, and whether that was kept. */
  promised?: { dueAt: string; met?: boolean };
  label?: string;
  verdict?: Verdict;
  reasons?: string[];
  /** What it was thought about without. Absent if nothing was missing. */
  degraded?: readonly Degraded[];
  proposalKey?: string;
  proposalDigest?: string;
  /** Of the book of tokens that stand for its personal data, which the next generation goes on with. */
  tokenBook?: { key: string; digest: string };
  /** The gate's signature on its verdict about this proposal: see `gate/seal.ts`. */
  proposalSeal?: string;
  /** Of the run that waits for a person. */
  executionArn?: string;
  approvalId?: string;
  /** Approvals by which people sent the item back. */
  sentBack?: string[];
  /** Approvals that the house closed, as what was missing could be had. */
  completed?: string[];
  /** ISO 8601: low-priority work that waits until approvers catch up. */
  deferredUntil?: string;
  /** What the item waits for, and since when, while its message comes and goes. */
  wait?: Wait;
  /** The row of the neighbour that it waits for, where that one is down. The index `byWait` is by it: those wait who stand in it. */
  waitsOn?: string;
  /** Which of the item's own messages carries it on. A message with another ticket is a duplicate. */
  ticket?: string;
  /** Until when (milliseconds since 1970), and by which delivery, it is worked on. */
  leaseUntil?: number;
  leaseBy?: string;
  /** Nothing else was in work beside it: if its worker ends, it is why. */
  leaseAlone?: true;
  /** Of a list, the first. */
  action?: ActionRecord;
  /** Of a list that was begun, all of them: what became of each is in the ledger, under the end of its key. */
  actions?: readonly Pick<ActionRecord, 'name' | 'idempotencyKey'>[];
  /** By the digits that end the action's idempotency key: see `tables/items/ledger.ts`. */
  ledger?: Readonly<Record<string, LedgerEntry>>;
  costUsd?: number;
  tokens?: { input: number; output: number };
  timeline: TimelineEvent[];
  lineage?: LineageEntry[];
  error?: ErrorFacts;
  /** ISO 8601: when its content was removed, because a person wanted it so. What is left are facts. */
  erasedAt?: string;
}

/** An item that another one's action made. `at`: when it came to that status (ISO 8601). */
export interface Child {
  id: string;
  status: ItemStatus;
  at: string;
}

/** A wait of the processor: for tomorrow's budget, an endpoint or a source, an operator, or a batch. Times are ISO 8601. */
export interface Wait {
  for: 'budget' | 'endpoint' | 'hold' | 'batch';
  generation: number;
  since: string;
  until: string;
  /** Upper bound on the cost of the refused call. */
  needs?: { microUsd: number; tokens: number };
}

export interface ActionRecord {
  name: string;
  status: 'acting' | 'done' | 'failed';
  idempotencyKey: string;
  result?: ActionResult;
}

/** What a destination's answer says was done. */
export interface ActionResult {
  status: number;
  reference?: string;
}

/** What is known of one action: an intent before each call, and what came of it. */
export interface LedgerEntry {
  state: 'intent' | 'done' | 'failed';
  generation: number;
  /** Calls in this generation. */
  tries: number;
  /** Until then (milliseconds since 1970) nobody else calls. */
  leaseUntil?: number;
  /** Whose intent it is. */
  by?: string;
  failure?: string;
  /** Some call had no clear answer. It stays so: no later refusal says what became of that one. */
  unsure?: boolean;
  result?: ActionResult;
}
/** Kinds of error, by what happens next (docs/errors.md). Written out: minifiers rename classes. */
export const ERROR_NAMES = ['TransientError', 'InputError', 'ProcessingError', 'SystemError'] as const;
export type ErrorName = (typeof ERROR_NAMES)[number];

/** An error for the item, a log line and a task failure: its class and a message without item content. */
export interface ErrorFacts {
  class: ErrorName;
  message: string;
  /** Who was down. An item that rests for it goes on by itself once that one is well again (ADR 0091). */
  neighbour?: NeighbourName;
}
