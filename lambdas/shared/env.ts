/**
 * The one table of what each function is told. `lib/handler.ts` types a function's environment from it, `readEnv` reads it:
 * a variable that is missing does not compile in `lib/`, and one that is not listed cannot be read.
 */
export const ENV = {
  'authorize/authorize': ['CLIENTS_SECRET'],
  'intake/intake': [
    'STAGE',
    'ITEM_DAYS',
    'ITEM_TABLE',
    'IDEMPOTENCY_TABLE',
    'APPROVAL_TABLE',
    'CONTROL_TABLE',
    'CONTENT_BUCKET',
    'WORK_QUEUE_URL',
    'WAITS_AT_MOST',
  ],
  'process/process': [
    'ITEM_TABLE',
    'IDEMPOTENCY_TABLE',
    'APPROVAL_TABLE',
    'CONTROL_TABLE',
    'CONTENT_BUCKET',
    'CONTENT_DAYS',
    'POLICY_VERSION',
    'STATE_MACHINE_ARN',
    'GATE_SECRET',
    'WORK_QUEUE_URL',
    'MAX_RECEIVES',
  ],
  'act/act': [
    'ITEM_TABLE',
    'IDEMPOTENCY_TABLE',
    'APPROVAL_TABLE',
    'CONTROL_TABLE',
    'CONTENT_BUCKET',
    'ACTION_QUEUE_URL',
    'GATE_SECRET',
    'DECISION_SECRET',
    'DESTINATIONS',
    'RETRY_LADDER_SECONDS',
  ],
  'approve/ask': [
    'ITEM_TABLE',
    'APPROVAL_TABLE',
    'LINK_TABLE',
    'CONTROL_TABLE',
    'CONTENT_BUCKET',
    'APPROVALS_QUEUE_URL',
    'BASE_URL',
    'SLACK_SECRET',
  ],
  'approve/desk': [
    'APPROVAL_TABLE',
    'LINK_TABLE',
    'AUDIT_TABLE',
    'CONTENT_BUCKET',
    'DESK_SECRET',
    'DECISION_SECRET',
    'APPROVALS_QUEUE_URL',
    'BASE_URL',
  ],
  'approve/console': [
    'ITEM_TABLE',
    'APPROVAL_TABLE',
    'AUDIT_TABLE',
    'CONTROL_TABLE',
    'CONTENT_BUCKET',
    'DESK_SECRET',
    'DECISION_SECRET',
    'OIDC_SECRET',
    'APPROVALS_QUEUE_URL',
    'BASE_URL',
  ],
  'approve/slack': ['APPROVAL_TABLE', 'CONTENT_BUCKET', 'SLACK_SECRET', 'DECISION_SECRET'],
  'approve/wake': ['ITEM_TABLE', 'LINK_TABLE', 'AUDIT_TABLE', 'APPROVALS_QUEUE_URL'],
  'approve/sweep': [
    'APPROVAL_TABLE',
    'CONTROL_TABLE',
    'CONTENT_BUCKET',
    'DESK_SECRET',
    'APPROVALS_QUEUE_URL',
  ],
  'api/api': [
    'STAGE',
    'ITEM_TABLE',
    'APPROVAL_TABLE',
    'AUDIT_TABLE',
    'CONTROL_TABLE',
    'CONTENT_BUCKET',
    'WAITS_AT_MOST',
    'CURSOR_SECRET',
    'ITEM_DAYS',
  ],
  'operate/probe': ['CONTROL_TABLE', 'AUDIT_TABLE', 'ITEM_DAYS'],
  'observe/publish': ['EVENT_BUS', 'CALLBACK_QUEUE_URL', 'AUDIT_TABLE'],
  'observe/archive': ['AUDIT_BUCKET'],
  'observe/callback': ['STAGE', 'CLIENTS_SECRET'],
} as const;

export type HandlerName = keyof typeof ENV;
export type EnvFor<H extends HandlerName> = Record<(typeof ENV)[H][number], string>;

/** The environment of one function, every variable present. @throws Error naming all that are missing. */
export function readEnv<H extends HandlerName>(handler: H): EnvFor<H> {
  const names: readonly string[] = ENV[handler];
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length > 0) throw new Error(`'${handler}' lacks environment variables: ${missing.join(', ')}`);
  return Object.fromEntries(names.map((name) => [name, process.env[name]])) as EnvFor<H>;
}
