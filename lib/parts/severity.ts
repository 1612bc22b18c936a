/**
 * How much each alarm hurries, by its name. `urgent`: work stands still, somebody outside notices, or a record is not what it was.
 * It goes to `onCall` too, at any hour. `routine`: it can wait for the morning.
 */
export const SEVERITY = {
  'api/errors': 'urgent',
  'approvals/late': 'routine',
  'approvals/tampered': 'urgent',
  'approvals/timekeeper': 'urgent',
  'audit/changed': 'urgent',
  'breaker/open': 'routine',
  'breaker/unreadable': 'routine',
  'budget/spent': 'urgent',
  'budget/warning': 'routine',
  'door/silent': 'routine',
  'function/errors': 'routine',
  'function/throttles': 'routine',
  'items/parked': 'routine',
  'items/quarantined': 'routine',
  'promises/broken': 'urgent',
  'queue/dead-letters': 'urgent',
  'queue/oldest-message': 'urgent',
  'schedules/failing': 'routine',
  'stream/failed-batches': 'urgent',
  'workflow/failed': 'routine',
} as const;

/** Names of alarms: each is the heading of its entry in docs/runbook.md. */
export type AlarmName = keyof typeof SEVERITY;
