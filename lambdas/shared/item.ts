import type { ApprovalTerms, EditField } from './automation.ts';
import type { ErrorFacts } from './errors.ts';
import type { Mark } from './marks.ts';
import type { Recipe } from './parameters.ts';

/** The one spelling of every stage: folder, state, log line, metric and documentation use it. */
export const STAGES = ['intake', 'prepare', 'route', 'evaluate', 'gate', 'approve', 'act', 'record'] as const;
export type Stage = (typeof STAGES)[number];

export const STATUSES = [
  'received',
  'processing',
  'deferred',
  'waiting_approval',
  'acting',
  'done',
  'rejected',
  'refused',
  'expired',
  'withdrawn',
  'quarantined',
  'parked',
  'suspended',
] as const;
export type ItemStatus = (typeof STATUSES)[number];

/** Nothing leaves these statuses. */
export const FINAL: readonly ItemStatus[] = ['done', 'rejected', 'refused', 'expired', 'withdrawn'];
/** Nothing happens in these until an operator, a budget or a breaker says so: a waiting caller need not wait on. */
export const RESTING: readonly ItemStatus[] = [...FINAL, 'quarantined', 'parked', 'suspended', 'deferred'];

export const PRIORITIES = ['urgent', 'normal', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

export const VERDICTS = ['act', 'ask', 'refuse'] as const;
export type Verdict = (typeof VERDICTS)[number];

export const RISKS = ['routine', 'consequential', 'catastrophic'] as const;
export type Risk = (typeof RISKS)[number];

/** What evaluate wants to do. `confidence` is a measured, calibrated figure or null; it is never invented. */
export interface Proposal {
  action: string;
  parameters: Readonly<Record<string, unknown>>;
  confidence: number | null;
  /** One or two sentences for the approver: why this and not something else. */
  brief: string;
  /** Whose words `brief` is: `'code'` where no model had a part in it. The gate does not believe it of one that repeats a model. @default the model's */
  briefBy?: 'code';
  evidence: readonly Evidence[];
  /** How each composed parameter was composed. */
  composed?: Readonly<Record<string, Recipe>>;
  /** Why it goes to a person, in fixed words of code: no word of the item, none of a model. */
  reason?: string;
}

/** A snippet the proposal rests on, in its source: a knowledge article, a policy rule, or the item itself. */
export interface Evidence {
  source: string;
  quote: string;
}

/** The suspicion that says: the model was given the beginning of the text only. */
export const CUT_SHORT = 'cut-short';
/** Something stood in the message that no reader of it sees. */
export const HIDDEN_TEXT = 'hidden-text';
/** More than quoted history and signatures was taken off: it may have been part of the message. */
export const LOST_TEXT = 'lost-text';
/** Letters bore more marks than any language writes: they were taken off. */
export const TOO_MANY_MARKS = 'too-many-marks';

/* The envelope: one type that only grows. A stage is `(item: Prepared) => Promise<Routed>`; the direction of flow is a type. */

export interface Received<Body = unknown> {
  id: string;
  automation: string;
  generation: number;
  body: Body;
  /** What approvers said when they sent earlier proposals of this item back. */
  feedback: readonly string[];
}
export interface Removed {
  /** `history`: below the header of another message, which may have been forwarded; `quote`: below who wrote it when. */
  kind: 'quote' | 'history' | 'signature' | 'sent-from' | 'hidden' | 'rest';
  characters: number;
}

export interface Prepared<Body = unknown> extends Received<Body> {
  /** Plain text: no mark-up, Unicode NFKC, white space collapsed, cut to a length a model can be paid for. */
  text: string;
  /** What was taken off the text, by kind and length; nothing of it was read. Absent in what earlier versions kept. */
  removed?: readonly Removed[];
  /** Names of the patterns that look like instructions to the model. A gate asks a person when there are any. */
  suspicions: readonly string[];
  /** True when a machine wrote the message (out-of-office, bounce): nobody waits for an answer. */
  automatic: boolean;
}
export interface Routed<Body = unknown> extends Prepared<Body> {
  label: string;
  /** Why no model gave a label: the label is `other` then, and people are told. */
  unrouted?: string;
}
export interface Evaluated<Body = unknown> extends Routed<Body> {
  proposal: Proposal;
}
export interface Gated<Body = unknown> extends Evaluated<Body> {
  verdict: Verdict;
  reasons: readonly string[];
  /** Parameters that hold words which no code composed. */
  words?: readonly string[];
}

/** One event of the append-only timeline: facts, never content. */
export interface TimelineEvent {
  at: string;
  event: string;
  [fact: string]: unknown;
}

/** One step behind an outcome: a call that was paid for, or an answer that was there. */
export interface LineageEntry {
  at: string;
  step: string;
  model: string;
  endpoint: string;
  promptVersion: string;
  /** First 12 digits of the prompt's SHA-256. */
  promptHash: string;
  /** Why this model and endpoint. */
  route: string;
  /** True when nothing was paid: an answer to the same question was kept. */
  cached: boolean;
  costUsd: number;
  inputTokens: number;
  cachedTokens: number;
  outputTokens: number;
  /** The price row that `costUsd` was made with. */
  price: string;
  milliseconds: number;
  /** How sure the model looked, from 0 to 1, before calibration: no gate sees it. */
  rawConfidence?: number;
  /** Why the call's answer was not used. */
  failure?: string;
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
  /** Place in time among an automation's items, unique: `receivedAt#id`. */
  order: string;
  updatedAt: string;
  /** Seconds since 1970; the table's time to live. */
  expiresAt: number;
  bodyKey: string;
  callbackUrl?: string;
  label?: string;
  verdict?: Verdict;
  reasons?: string[];
  proposalKey?: string;
  proposalDigest?: string;
  /** The gate's own sign on its verdict about this proposal: see `shared/seal.ts`. */
  proposalSeal?: string;
  executionArn?: string;
  approvalId?: string;
  /** Approvals by which people sent the item back to be thought about again. */
  sentBack?: string[];
  /** ISO 8601: low-priority work that waits until the desk is less busy. */
  deferredUntil?: string;
  /** What the item waits for since when, while its message comes and goes. */
  wait?: Wait;
  /** Which of the messages that the item sent itself carries it on. One with another ticket is a duplicate. */
  ticket?: string;
  action?: ActionRecord;
  costUsd?: number;
  tokens?: { input: number; output: number };
  timeline: TimelineEvent[];
  lineage?: LineageEntry[];
  error?: ErrorFacts;
}

/** A wait of the processor: for tomorrow's budget, or for an endpoint. Times are ISO 8601. */
export interface Wait {
  for: 'budget' | 'endpoint';
  generation: number;
  since: string;
  until: string;
  /** What the refused call needs at most. */
  needs?: { microUsd: number; tokens: number };
}

export interface ActionRecord {
  name: string;
  status: 'acting' | 'done' | 'failed';
  idempotencyKey: string;
  result?: { status: number; reference?: string };
}

/** The document in the bucket that the approver reads and `act` carries out. Its digest binds the two together. */
export interface ProposalDocument extends Proposal {
  itemId: string;
  automation: string;
  generation: number;
  verdict: Verdict;
  label: string;
  destination: string;
  risk: Risk;
  reversible: boolean;
  /** The action in words, made by code from the parameters, never by a model: "Refund EUR 240.00 to order 1182". */
  summary: string;
  /** Texts among the parameters that no code composed, and what to look at twice in each, by its place: `reply`, `lines/0/text`. */
  words?: Readonly<Record<string, readonly Mark[]>>;
  /** Parameters that are what will be done, in the order in which people read them. @default all */
  shows?: readonly string[];
  /** What prepare doubted in the item, by name. Absent where it doubted nothing. */
  suspicions?: readonly string[];
  /** The item's text as it was read, whole, where it was doubted. */
  text?: string;
  reasons: readonly string[];
  /** What prepare took off the message, by kind and length. */
  removed?: readonly Removed[];
  promptVersions: readonly string[];
  models: readonly string[];
  /** Fingerprint of the automation's folder at the deployment that thought this. */
  policyVersion: string;
  /** What an approver is held to. Only where a person is asked. */
  question?: Question;
}

/** The part of a proposal document that is about asking people. It was made by the policy of its time and keeps to it. */
export interface Question {
  terms: Required<Omit<ApprovalTerms, 'calendar'>> & Pick<ApprovalTerms, 'calendar'>;
  /** What an approver types to allow a catastrophic action. */
  confirm: string;
  edits: Readonly<Record<string, EditField>>;
  /** What the gate saw, to be asked again about an approver's edits. Absent for a vigilance item. */
  evaluated?: { key: string; digest: string };
  /** SHA-256 of the requester's e-mail address in lower case, without its `+tag`. */
  requester?: string;
}

/** The message of the work queue. */
export interface WorkMessage {
  itemId: string;
  generation: number;
  /** An approver sent this generation back: think again, as the next one. */
  again?: boolean;
  /** Of a message that the item sent itself when it was put off. */
  ticket?: string;
}

/** The message of the approvals and action queues, sent by the state machine. */
export interface TaskMessage {
  itemId: string;
  generation: number;
  taskToken: string;
}

/** What else the approvals queue carries: the desk's own errands about one approval. */
export type DeskErrand = { approvalId: string } & (
  | { errand: 'deliver' | 'remind' | 'carry' | 'tell' }
  | { errand: 'escalate'; by: string }
  | { errand: 'hand over'; by: string; to: string }
);

/** Somebody asks for a link to sign in with: an address as it was typed, and the page to go to. */
export interface SignInErrand {
  errand: 'sign in';
  email: string;
  next: string;
}
