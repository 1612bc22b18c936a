/** Answers of a running app, shortened. */
const ID = 'refund-request_d711acb4d2d7cb7ee63720e1060e4257';
export const OTHER_ID = 'support-triage_9f6a69cf6d55cbecf449afcc4d6fd8f5';

export const accepted = {
  id: ID,
  automation: 'refund-request',
  status: 'received',
  links: { self: `/v1/items/${ID}` },
};

export const waiting = {
  id: ID,
  automation: 'refund-request',
  status: 'waiting_approval',
  priority: 'normal',
  generation: 1,
  receivedAt: '2026-11-20T11:55:00.000Z',
  updatedAt: '2026-11-20T11:56:00.000Z',
  label: 'damaged',
  verdict: 'ask',
  reasons: ['the amount is at or above 100.00', 'a second reason'],
  proposal: {
    action: 'refund',
    parameters: { orderId: 'W9373487', amount: '109.27', currency: 'USD', rules: ['R3', 'R4'] },
    confidence: null,
    brief: 'The goods arrived broken: R3 grants the whole amount.',
    summary: 'Refund USD 109.27 to order W9373487',
    evidence: [{ source: 'R3', quote: 'Goods that arrive broken are refunded in full.' }],
  },
  approval: { status: 'pending', dueAt: '2026-11-20T14:00:00.000Z', expiresAt: '2026-11-21T09:00:00.000Z' },
  costUsd: 0.0001387,
  tokens: { input: 1192, output: 39 },
  timeline: [
    { at: '2026-11-20T11:55:00.000Z', event: 'received', client: 'local', priority: 'normal' },
    { at: '2026-11-20T11:55:02.270Z', event: 'prepared', characters: 156, suspicions: [] },
    { at: '2026-11-20T11:55:03.043Z', event: 'gated', verdict: 'ask', reasons: ['the amount is high'] },
    {
      at: '2026-11-20T11:56:00.000Z',
      event: 'waiting_approval',
      approvalId: `${ID}-g1`,
      group: 'refund-approvers',
    },
  ],
  lineage: [
    {
      step: 'route',
      model: 'gpt-6-luna',
      endpoint: 'openai',
      promptVersion: 'route.v1',
      cached: true,
      costUsd: 0.0000341,
      inputTokens: 1316,
      outputTokens: 5,
    },
    {
      step: 'diagnose',
      model: 'gpt-6-luna',
      endpoint: 'openai',
      promptVersion: 'diagnose.v1',
      cached: false,
      costUsd: 0.0001046,
      inputTokens: 876,
      outputTokens: 34,
    },
  ],
  links: { self: `/v1/items/${ID}` },
};

export const done = {
  ...waiting,
  status: 'done',
  approval: {
    status: 'decided',
    decision: 'approve',
    decidedBy: 'anna@example.com',
    decidedAt: '2026-11-20T11:58:00.000Z',
    activeSeconds: 41,
  },
  action: {
    name: 'refund',
    status: 'done',
    idempotencyKey: `${ID}.4f20e45246b53e89`,
    result: { status: 200, reference: 'refund-ledger-000003' },
  },
};

export const parked = {
  id: OTHER_ID,
  automation: 'support-triage',
  status: 'parked',
  priority: 'urgent',
  generation: 2,
  receivedAt: '2026-11-18T09:00:00.000Z',
  updatedAt: '2026-11-18T09:05:00.000Z',
  timeline: [{ at: '2026-11-18T09:00:00.000Z', event: 'received' }],
  error: { class: 'SystemError', message: 'the budget of the day is spent' },
  links: { self: `/v1/items/${OTHER_ID}` },
};

const listed = ({ id, automation, status, receivedAt, links }: typeof waiting | typeof parked) => ({
  id,
  automation,
  status,
  receivedAt,
  links,
});

export const page = {
  items: [
    { ...listed(waiting), priority: 'normal', label: 'damaged', verdict: 'ask', costUsd: 0.0001387 },
    { ...listed(parked), priority: 'urgent', costUsd: 0.0123 },
  ],
  cursor: 'MjAyNi0xMS0yMA',
};

export const refunds = {
  name: 'refund-request',
  owner: 'Payments Operations',
  purpose: 'Examine refund requests against the refund policy.',
  triggers: ['POST of a complaint by the shop'],
  data: ['order number, amount and the complaint'],
  failureModes: ['the ledger is down: the refund is retried, then parked'],
  lastReviewed: '2026-05-20',
  reviewEveryDays: 90,
  reviewOverdue: true,
  labels: ['damaged', 'other'],
  actions: [{ name: 'refund', destination: 'refund-ledger', risk: 'consequential', reversible: false }],
  prompts: [{ step: 'route', version: 'route.v1', release: 'stable' }],
  budget: {
    ...{ perDayUsd: 5, perItemUsd: 0.02, spentTodayUsd: 0.001565, spentTodayTokens: 1740 },
    ...{ extraUsd: 0, extraTokens: 0, warned: false, suspended: false },
  },
  schema: { type: 'object', required: ['orderId'] },
  examples: [
    { name: 'a small double charge', expect: 'act', body: { orderId: 'W1001', text: 'Tw\u001bice' } },
  ],
  state: 'running',
  hold: { actions: [], notes: [] },
  caution: { on: false, everything: false, actions: [], labels: [], notes: [] },
  limits: {},
  links: { self: '/v1/automations/refund-request', items: '/v1/automations/refund-request/items' },
};

const asked = {
  approvalId: `${ID}-g1`,
  itemId: ID,
  generation: 1,
  automation: 'refund-request',
  askedAt: '2026-11-20T11:56:00.000Z',
  action: 'refund',
  label: 'damaged',
  risk: 'consequential',
  reversible: false,
  summary: 'Refund USD 109.27 to order W9373487',
  reasons: ['the amount is at or above 100.00'],
  confidence: null,
  sources: ['R3'],
  promptVersions: ['route.v1', 'diagnose.v1'],
  models: ['gpt-6-luna'],
  policyVersion: '4f20e45246b5',
  askedDigest: '4f20e45246b53e89',
  month: '2026-11',
  expiresAt: 1_829_736_000,
};

export const audit = {
  from: '2026-10-21T12:00:00.000Z',
  to: '2026-11-20T12:00:00.000Z',
  entries: [
    {
      ...{ ...asked, at: '2026-11-20T11:56:00.000Z', event: 'asked', to: 'refund-approvers' },
      order: `2026-11-20T11:56:00.000Z#${ID}-g1#0000`,
    },
    {
      ...{ ...asked, at: '2026-11-20T11:58:00.000Z', event: 'decided', by: 'anna@example.com' },
      ...{ decision: 'approve', channel: 'mail', authenticatedBy: 'mailed link', activeSeconds: 41 },
      ...{ comment: '=only the goods', edits: [{ field: 'amount', from: '109.27', to: '99.00' }] },
      order: `2026-11-20T11:58:00.000Z#${ID}-g1#0001`,
    },
  ],
};

export const statistics = {
  from: '2026-10-21T12:00:00.000Z',
  to: '2026-11-20T12:00:00.000Z',
  cut: false,
  open: 3,
  oldestSeconds: 7300,
  ageSeconds: { p50: 2400, p95: 7300 },
  timeToOpenSeconds: { p50: 300, p95: 5400 },
  timeToDecideSeconds: { p50: 420, p95: 9000 },
  activeSeconds: { p50: 33, p95: 140 },
  decided: 12,
  shareFast: 0.0833,
  fastSeconds: 5,
  arrivals: 15,
  agreement: 0.75,
  attention: { seconds: 7200, costUsd: 120 },
  byGroup: [
    {
      ...{ group: 'refund-team', arrivals: 15, decided: 12, agreement: 0.75, shareFast: 0.0833 },
      ...{ activeSeconds: { p50: 33, p95: 140 }, attention: { seconds: 7200, costUsd: 120 } },
    },
  ],
  byAutomation: [
    {
      ...{
        automation: 'refund-request',
        promptVersions: 'route.v1, diagnose.v1',
        policyVersion: '4f20e45246b5',
      },
      ...{ decided: 11, approved: 8, edited: 1, rejected: 1, sentBack: 1, expired: 2, undone: 1 },
      ...{ approveRate: 0.8, editRate: 0.1, overrideRate: 0.2 },
    },
    {
      ...{
        automation: 'support-triage',
        promptVersions: '',
        decided: 1,
        approved: 0,
        edited: 0,
        rejected: 0,
      },
      ...{ sentBack: 1, expired: 0, undone: 0, approveRate: null, editRate: null, overrideRate: null },
    },
  ],
  attentionChecks: { shown: 4, caught: 3, missed: 1 },
};

export const cases = {
  cases: [
    {
      name: `edited by a person: ${ID}-g1`,
      body: { orderId: 'W9373487', amount: '109.27', currency: 'USD', text: 'It arrived torn.' },
      label: 'damaged',
      verdict: 'ask',
      origin: {
        approvalId: `${ID}-g1`,
        decision: 'approve',
        edits: [{ field: 'amount', from: '109.27', to: '99.00' }],
        comment: 'only the goods',
        promptVersions: ['route.v1', 'diagnose.v1'],
      },
    },
  ],
  skipped: 0,
};

export const problem = {
  type: 'about:blank',
  title: 'The request is not valid',
  status: 400,
  detail: 'the body does not fit the schema: 2 faults',
  instance: '/v1/automations/refund-request/items',
  errors: [
    { pointer: '/amount', message: 'is missing: must be a string' },
    { pointer: '', message: 'must be an object' },
  ],
};
