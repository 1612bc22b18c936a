/** What most of those have that work on items. */
const CORE = ['ITEM_TABLE', 'APPROVAL_TABLE', 'CONTROL_TABLE', 'CONTENT_BUCKET'] as const;

/**
 * The one table of each function's variables. `lib/parts/handler.ts` types a function's environment from it,
 * `readEnv` reads it: a missing variable does not compile in `lib/`, and an unlisted one cannot be read.
 */
export const ENV = {
  'api/authorize': ['CLIENTS_SECRET'],
  'intake/intake': [
    ...CORE,
    'STAGE',
    'ITEM_DAYS',
    'IDEMPOTENCY_TABLE',
    'WORK_QUEUE_URL',
    'READ_QUEUE_URL',
    'UPLOAD_BUCKET',
    'WAITS_AT_MOST',
  ],
  'read/read': [
    'ITEM_TABLE',
    'CONTENT_BUCKET',
    'UPLOAD_BUCKET',
    'READ_QUEUE_URL',
    'WORK_QUEUE_URL',
    'MAX_RECEIVES',
    'LIMIT_SECONDS',
  ],
  'process/process': [
    ...CORE,
    'IDEMPOTENCY_TABLE',
    'CONTENT_DAYS',
    'POLICY_VERSION',
    'STATE_MACHINE_ARN',
    'GATE_SECRET',
    'WORK_QUEUE_URL',
    'READ_QUEUE_URL',
    'ACTION_QUEUE_URL',
    'MAX_RECEIVES',
    'LIMIT_SECONDS',
  ],
  'act/act': [
    ...CORE,
    'ACTION_QUEUE_URL',
    'MAX_RECEIVES',
    'GATE_SECRET',
    'DECISION_SECRET',
    'DESTINATIONS',
    'RETRY_SCHEDULE_SECONDS',
  ],
  'approve/ask': [...CORE, 'LINK_TABLE', 'APPROVALS_QUEUE_URL', 'BASE_URL', 'SLACK_SECRET'],
  'approve/page': [
    'ITEM_TABLE',
    'APPROVAL_TABLE',
    'LINK_TABLE',
    'AUDIT_TABLE',
    'CONTENT_BUCKET',
    'APPROVALS_SECRET',
    'DECISION_SECRET',
    'APPROVALS_QUEUE_URL',
    'BASE_URL',
  ],
  'console/console': [
    ...CORE,
    'AUDIT_TABLE',
    'APPROVALS_SECRET',
    'DECISION_SECRET',
    'OIDC_SECRET',
    'APPROVALS_QUEUE_URL',
    'BASE_URL',
  ],
  'approve/slack': ['APPROVAL_TABLE', 'CONTENT_BUCKET', 'SLACK_SECRET', 'DECISION_SECRET'],
  'approve/on-change': ['ITEM_TABLE', 'LINK_TABLE', 'AUDIT_TABLE', 'APPROVALS_QUEUE_URL'],
  'approve/timekeeper': [
    'APPROVAL_TABLE',
    'CONTROL_TABLE',
    'CONTENT_BUCKET',
    'APPROVALS_SECRET',
    'APPROVALS_QUEUE_URL',
  ],
  'api/api': [...CORE, 'IDEMPOTENCY_TABLE', 'AUDIT_TABLE', 'WAITS_AT_MOST', 'CURSOR_SECRET', 'BASE_URL'],
  'operate/commands': [...CORE, 'STAGE', 'AUDIT_TABLE', 'CURSOR_SECRET', 'ITEM_DAYS'],
  'operate/probe': ['CONTROL_TABLE', 'AUDIT_TABLE', 'ITEM_DAYS'],
  'record/publish': ['EVENT_BUS', 'CALLBACK_QUEUE_URL', 'APPROVALS_QUEUE_URL', 'AUDIT_TABLE', 'PUBLISHED'],
  'record/archive': ['AUDIT_BUCKET'],
  'record/callback': ['STAGE', 'CLIENTS_SECRET', 'CALLBACK_QUEUE_URL'],
} as const;

export type HandlerName = keyof typeof ENV;
export type EnvFor<H extends HandlerName> = Record<(typeof ENV)[H][number], string>;
