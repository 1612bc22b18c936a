/* What was collected after a run, as the invariants read it. */

export interface Event {
  at: string;
  event: string;
  [fact: string]: unknown;
}

/** `source`: a question to one, and no call of a model. */
export interface Lineage {
  at: string;
  step: string;
  costUsd: number;
  model?: string;
  source?: string;
  cached?: boolean;
  failure?: string;
}

export interface Item {
  id: string;
  automation: string;
  status: string;
  generation: number;
  verdict?: string;
  costUsd?: number;
  error?: { class: string; message: string };
  approval?: { status: string; decision?: string; decidedBy?: string };
  proposal?: { actions?: { action: string }[] };
  actions?: { name: string; status: string; idempotencyKey?: string }[];
  action?: { name: string; status: string; idempotencyKey: string };
  timeline: Event[];
  lineage?: Lineage[];
}

/** A call that a destination has taken. `duplicate`: under a key that it had taken before. */
export interface Call {
  destination: string;
  at: string;
  idempotencyKey: string | null;
  item: string | null;
  body: unknown;
  duplicate: boolean;
}

/** A piece of work as it was posted, perhaps more than once under its key. */
export interface Posted {
  key: string;
  automation: string;
  /** What its automation makes of it where nothing fails. */
  kind: 'act' | 'ask' | 'refuse';
  /** The id of each answer that accepted it. */
  ids: readonly string[];
}

/** What a person said, and the page that they got. */
export interface Said {
  item: string;
  decision: 'approve' | 'reject';
  page: string;
}

export interface Approval {
  id: string;
  itemId: string;
  generation: number;
  status: string;
  decision?: string | undefined;
  decidedBy?: string | undefined;
  trail: readonly { event: string }[];
}

export interface AuditLine {
  event: string;
  automation: string;
  itemId?: string | undefined;
  approvalId?: string | undefined;
  command?: string | undefined;
  comment?: string | undefined;
}

/** Of one day. */
export interface Budget {
  automation: string;
  capUsd: number;
  /** What the day holds as spent or under way. */
  bookedUsd: number;
  /** What the lineage of all its items comes to. */
  paidUsd: number;
}

/** What `verify` says of an item that rests or has ended. */
export interface Verified {
  item: string;
  verdict: string;
  differences: readonly string[];
  notes: readonly string[];
  receipts: readonly { generation: number; status: string; at: string }[];
}

/** How often, by what is counted. */
export type Counts = Readonly<Record<string, number>>;

export interface Statistics {
  automation: string;
  /** What the hours hold more than before the run. */
  counted: Counts;
  /** What a recount of the run's items comes to. */
  recounted: Counts;
}

export interface Collected {
  posted: readonly Posted[];
  items: readonly Item[];
  calls: readonly Call[];
  /** Destinations that take a key of ours: a call may come again under it. */
  takesKeys: Readonly<Record<string, boolean>>;
  /** Calls of models in this run, and how many of them faults account for: in flight when a worker died, failed, or spoilt. */
  model: { calls: number; excused: number };
  /** Milliseconds by which clocks of functions differ. */
  clocksMs: number;
  said: readonly Said[];
  redrives: readonly { item: string; reason: string }[];
  approvals: readonly Approval[];
  audit: readonly AuditLine[];
  budgets: readonly Budget[];
  told: readonly { id: string; status: string; generation: number }[];
  verified: readonly Verified[];
  /** Empty where others use the application as well. */
  statistics: readonly Statistics[];
}
