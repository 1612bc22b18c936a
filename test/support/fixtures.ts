import type { SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import type { ApprovalSettings } from '../../lambdas/contract/approval-settings.ts';
import type { Automation, Implementation, StepRunner } from '../../lambdas/contract/automation.ts';
import type { Endpoint } from '../../lambdas/contract/endpoint.ts';
import type { ProposalDocument, Question } from '../../lambdas/contract/item/proposal-document.ts';
import type { ItemRow, LineageEntry } from '../../lambdas/contract/item/row.ts';
import { STATUSES } from '../../lambdas/contract/item/status.ts';
import { timelineOf } from '../../lambdas/contract/item/timeline.ts';
import { matching } from '../../lambdas/contract/parameters.ts';
import { judgedOf, sealVerdict } from '../../lambdas/gate/seal.ts';
import { digest } from '../../lambdas/kit/digest.ts';
import type { Runner } from '../../lambdas/models/runner.ts';
import { executionArn, executionName } from '../../lambdas/tables/items/runs.ts';
import { noOtherSteps } from '../../local/no-steps.ts';
import { GATE_KEY, world } from './world.ts';

/* One small automation and one item, as every stage's tests need them. */

export const ARN = 'arn:aws:states:us-east-1:000000000000:stateMachine:demo';

/** The environment of every function at once; each reads its own part. */
export const ENV = {
  STAGE: 'test',
  ITEM_DAYS: '400',
  CONTENT_DAYS: '90',
  ITEM_TABLE: 'items',
  IDEMPOTENCY_TABLE: 'idempotency',
  APPROVAL_TABLE: 'approvals',
  LINK_TABLE: 'links',
  CONTROL_TABLE: 'control',
  AUDIT_TABLE: 'audit',
  ...{ CONTENT_BUCKET: 'bucket', POLICY_VERSION: 'policy-1' },
  ...{ WORK_QUEUE_URL: 'work', READ_QUEUE_URL: 'reads', UPLOAD_BUCKET: 'uploads' },
  ARRIVAL_QUEUE_URL: 'arrivals',
  ...{ WORK_QUEUE_URL: 'work', URGENT_QUEUE_URL: 'none', READ_QUEUE_URL: 'reads', UPLOAD_BUCKET: 'uploads' },
  ...{ MAIL_BUCKET: 'mails', DROP_BUCKET: 'drops' },
  ACTION_QUEUE_URL: 'actions',
  APPROVALS_QUEUE_URL: 'questions',
  CALLBACK_QUEUE_URL: 'callbacks',
  EVENT_BUS: 'bus',
  PUBLISHED: STATUSES.join(),
  STATE_MACHINE_ARN: ARN,
  MAX_RECEIVES: '5',
  LIMIT_SECONDS: '300',
  GATE_KEYS: 'signalbox/gates/demo',
  DECISION_KEYS: 'signalbox/decisions',
  CLIENTS_SECRET: 'signalbox/clients',
  EDGE_SECRET: 'none',
  FORM_KEYS: 'signalbox/approvals',
  ...{ SLACK_SECRET: 'signalbox/slack', OIDC_SECRET: 'signalbox/oidc' },
  ...{ BASE_URL: 'https://desk.example', WAITS_AT_MOST: '4' },
  ...{ CURSOR_KEYS: 'signalbox/cursors', SUBJECT_TABLE: 'subjects', SUBJECT_SECRET: 'signalbox/subjects' },
  ...{ AUDIT_BUCKET: 'archive', COMMANDS_FUNCTION: 'commands' },
  RECEIPT_TABLE: 'receipts',
  ...{ ALARM_TOPICS: 'operators', PARKED_PER_MINUTE: '60' },
  KEPT_DAYS: '{"*":{"itemDays":400,"contentDays":90}}',
  ...{ SOURCES: '{}', KNOWLEDGE_BUCKET: 'knowledge', RETRY_SCHEDULE_SECONDS: '[60,300,1800]' },
};

/** What the desk's functions are told of the configuration. */
export const SETTINGS: ApprovalSettings = {
  sender: 'desk@example.com',
  mailPerSecond: Number.POSITIVE_INFINITY,
  groups: {
    leads: [{ email: 'ann@example.com' }, { email: 'bob@example.com' }],
    bosses: [{ email: 'eve@example.com' }],
  },
  operators: ['olga@example.com'],
  owners: {},
  reportTo: [],
  auditors: [],
  calendars: {},
  undoSeconds: 10,
  claimMinutes: 15,
  sessionHours: 8,
  fastSeconds: 5,
  attentionUsdPerHour: 60,
  itemDays: 400,
};

export const ENDPOINT: Endpoint = {
  kind: 'endpoint',
  name: 'house',
  baseUrl: 'http://127.0.0.1:9/v1',
  secret: 'signalbox/endpoint',
  timeoutSeconds: 5,
  residency: 'own',
  capabilities: {},
  models: [
    {
      ...{ name: 'small', kind: 'chat', tier: 'small', pricedAt: '2026-11-20' },
      ...{ inputUsdPerMillion: 1, cachedUsdPerMillion: 0.1, outputUsdPerMillion: 4 },
      ...{ maxOutputTokens: 100, contextTokens: 8000 },
    },
  ],
};

/** One call of a model, or what was made of its answer. */
export function lineageEntry(fields: Partial<LineageEntry> = {}): LineageEntry {
  return {
    ...{ at: '2026-12-01T09:00:00.000Z', step: 'route', model: 'small', endpoint: 'house' },
    ...{ promptVersion: 'route.v1', promptHash: '0'.repeat(12), route: 'small is enough', cached: false },
    ...{ costUsd: 0.0001, inputTokens: 100, cachedTokens: 0, outputTokens: 10 },
    ...{ price: 'small 1/0.1/4 of 2026-11-20', milliseconds: 40, ...fields },
  };
}

/** The door to the model as the processor is given it, with one answer to everything. */
export function door(answer: unknown = { label: 'Billing' }, lineage: LineageEntry[] = []): Runner {
  const model = async () => answer as never;
  const blind = { sees: false, see: async () => '', modelInside: model, agentWith: model, traces: [] };
  return { ...scripted(), ...blind, model, lost: [], close: async () => {}, lineage };
}

export interface Demo {
  subject?: string | undefined;
  text?: string | undefined;
  html?: string | undefined;
}

export const automation: Automation<Demo> = {
  name: 'demo',
  owner: 'Demo Team',
  purpose: 'Show how it goes.',
  triggers: ['a POST'],
  data: ['the text'],
  failureModes: ['none'],
  lastReviewed: '2026-11-20',
  reviewEveryDays: 90,
  schema: z.strictObject({
    subject: z.optional(z.string().check(z.maxLength(20, 'must be at most 20 characters'))),
    text: z.optional(z.string()),
    html: z.optional(z.string()),
  }),
  examples: [],
  content: ({ subject, text, html }) => ({ subject, text, html }),
  labels: ['Billing', 'other'],
  actions: {
    pay: {
      destination: 'ledger',
      risk: 'consequential',
      reversible: false,
      parameters: { amount: matching(z.string().check(z.regex(/^\d{1,9}(?:\.\d{1,2})?$/))) },
      describe: ({ amount }) => `Pay EUR ${amount}`,
    },
    erase: {
      destination: 'ledger',
      risk: 'catastrophic',
      reversible: false,
      describe: () => 'Erase the account',
    },
    tell: { destination: 'desk', risk: 'routine', reversible: true, describe: () => 'Tell the help desk' },
  },
  prompts: { route: 'route.v1' },
  gate: () => ({ verdict: 'act', reasons: ['the policy allows it'] }),
  handOver: (_item, reason) => ({
    action: 'tell',
    parameters: {},
    confidence: null,
    brief: reason,
    evidence: [],
  }),
  approval: { group: 'leads', escalateTo: 'bosses', timeoutMinutes: 60, escalationMinutes: 120 },
  budget: { perDayUsd: 1, perItemUsd: 0.1 },
  maxConcurrency: 10,
};

export const PAY = {
  action: 'pay',
  parameters: { amount: '24.90' },
  confidence: null,
  brief: 'Charged twice.',
  evidence: [],
};

export const implementation: Implementation<Demo> = {
  prompts: { route: { version: 'route.v1', text: 'Sort the message.' } },
  evaluate: async () => PAY,
};

/** A door to the model with scripted answers; each is given once, an Error is thrown. */
export function scripted(...answers: unknown[]): StepRunner & { asked: string[] } {
  const asked: string[] = [];
  const model = async (name: string): Promise<never> => {
    asked.push(name);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer as never;
  };
  return {
    ...noOtherSteps,
    asked,
    model,
    confidence: () => null,
    embed: () => Promise.reject(new Error('no embeddings are scripted')),
  };
}

export const ID = `demo_${'a1'.repeat(16)}`;

/** Of the run of that item's generation. */
export const runName = (generation = 1) => executionName({ ...itemRow(), generation });
export const runArn = (generation = 1) => executionArn(ARN, { ...itemRow(), generation });

export function itemRow(fields: Partial<ItemRow> = {}): ItemRow {
  const receivedAt = '2026-12-01T08:00:00.000Z';
  return {
    id: ID,
    automation: 'demo',
    client: 'shop',
    status: 'received',
    generation: 1,
    priority: 'normal',
    receivedAt,
    order: `${receivedAt}#${fields.id ?? ID}`,
    updatedAt: receivedAt,
    expiresAt: 2_000_000_000,
    bodyKey: `items/${ID}/body.json`,
    timeline: [{ at: receivedAt, event: 'received' }],
    ...fields,
  };
}

export const QUESTION: Question = {
  terms: {
    group: 'leads',
    escalateTo: 'bosses',
    quorum: 1,
    timeoutMinutes: 60,
    escalationMinutes: 120,
    remindMinutes: 30,
    promiseMinutes: 60,
  },
  confirm: '24.90',
  edits: {},
};

export function proposal(fields: Partial<ProposalDocument> = {}): ProposalDocument {
  return {
    itemId: ID,
    automation: 'demo',
    generation: 1,
    verdict: 'ask',
    label: 'Billing',
    destination: 'ledger',
    risk: 'consequential',
    reversible: false,
    summary: 'Pay EUR 24.90',
    reasons: ['the amount is large'],
    promptVersions: ['route.v1'],
    models: ['small'],
    policyVersion: 'policy-1',
    question: QUESTION,
    ...PAY,
    ...fields,
  };
}

/** The proposal as it is where the gate asks nobody. */
export function unasked({ question: _, ...document }: ProposalDocument): ProposalDocument {
  return { ...document, verdict: 'act' };
}

/** An item behind the gate, with its proposal in the bucket. */
export function gated(fields: Partial<ItemRow> = {}, given = proposal()): ItemRow {
  const document = fields.verdict === 'ask' ? given : unasked(given);
  const proposalKey = `items/${ID}/proposal-g1.json`;
  world.content.set(`bucket/${proposalKey}`, JSON.stringify(document));
  const row = itemRow({
    status: 'processing',
    label: 'Billing',
    verdict: 'act',
    proposalKey,
    proposalDigest: digest(document),
    proposalSeal: sealVerdict(GATE_KEY, judgedOf({ proposalDigest: digest(document) }, document)),
    ...(document.verdict === 'ask' ? { executionArn: runArn() } : {}),
    ...fields,
  });
  world.tables.put('items', row);
  if (!row.executionArn) return row;
  world.executions.set(runName(), { input: {}, status: 'RUNNING' });
  world.tokens.add('token-1');
  return row;
}

export function sqsRecord(body: object, receives = 1): SQSRecord {
  const attributes = { ApproximateReceiveCount: String(receives) };
  return { messageId: 'm-1', receiptHandle: 'handle-1', body: JSON.stringify(body), attributes } as SQSRecord;
}

export function stored(id = ID): ItemRow {
  const row = world.tables.row<ItemRow>('items', id);
  if (!row) throw new Error(`there is no item '${id}'`);
  return row;
}

export function eventsOf(id = ID): string[] {
  return timelineOf(stored(id)).map(({ event }) => event);
}
