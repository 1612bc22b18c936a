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
  'breaker/held': 'routine',
  'breaker/open': 'routine',
  'breaker/unreadable': 'routine',
  'budget/spent': 'urgent',
  'budget/warning': 'routine',
  'door/silent': 'routine',
  'drift/found': 'routine',
  'function/errors': 'routine',
  'function/throttles': 'routine',
  'items/parked': 'routine',
  'items/quarantined': 'routine',
  'promises/broken': 'urgent',
  'queue/dead-letters': 'urgent',
  'queue/oldest-message': 'urgent',
  'release/rolled-back': 'routine',
  'reviews/overdue': 'routine',
  'schedules/failing': 'routine',
  'similar/off': 'routine',
  'surrogate/off': 'routine',
  'workflow/failed': 'routine',
} as const;

/** Names of alarms: each is the heading of its entry in docs/runbook.md. */
export type AlarmName = keyof typeof SEVERITY;

/** What to type first, behind `signalbox`: it looks, and changes nothing. The runbook's entry says what to do about what it shows. */
const PRESS: Readonly<Partial<Record<AlarmName, string>>> = {
  'approvals/late': 'approvals',
  'approvals/tampered': 'items --status waiting_approval',
  'audit/changed': 'audit --from 24h',
  'breaker/held': 'breakers',
  'breaker/open': 'breakers',
  'budget/spent': 'items --status suspended --limit 100',
  'budget/warning': 'automations',
  'drift/found': 'drift',
  'items/parked': 'items --status parked --since 24h',
  'items/quarantined': 'items --status quarantined --since 24h',
  'promises/broken': 'items --status waiting_approval --since 24h',
  'release/rolled-back': 'release status',
  'reviews/overdue': 'automations',
  'schedules/failing': 'breakers',
  'similar/off': 'automations',
  'surrogate/off': 'automations',
};
const OF_STAGE: readonly AlarmName[] = ['queue/dead-letters'];

/** The command of an alarm; `health` says in one screen what stands still. @param automation whose it is, if it is of one */
export function pressOf(name: AlarmName, environment: string, automation?: string): string {
  const newest =
    automation === undefined ? 'items --limit 10' : `items --automation ${automation} --limit 10`;
  const own = name === 'door/silent' ? newest : PRESS[name];
  const typed = own ?? `${OF_STAGE.includes(name) ? 'dlq' : 'health'} --stage ${environment}`;
  return `npm run signalbox -- ${typed}`;
}

/** What an alarm says of itself: its severity first, and last where to look. */
export function alarmText(name: AlarmName, impact: string, environment: string, automation?: string): string {
  return `${SEVERITY[name]}: ${impact}. Press: ${pressOf(name, environment, automation)}. Runbook: docs/runbook.md, "${name}"`;
}

/** How long a condition lasts before it is an alarm, and what a caller, an approver or the operator will notice. */
export interface Judged {
  lastsMinutes?: number;
  impact: string;
}

/**
 * Alarms that the clock judges, each minute, by what functions wrote down of it or by what it finds. CloudWatch would take money for each
 * of them by the month, and for each automation.
 */
export const JUDGED = {
  'approvals/late': {
    lastsMinutes: 10,
    impact: 'approvals are overdue; low-priority work is deferred or turned away',
  },
  'breaker/held': { lastsMinutes: 15, impact: 'a person holds the breaker of a neighbour' },
  'breaker/open': {
    lastsMinutes: 5,
    impact:
      'the breaker of an endpoint, a source or a destination is open: questions go to another endpoint, or items and actions wait',
  },
  'budget/spent': {
    impact:
      'the budget of today of an automation is spent: items wait, and go on tomorrow or when it is raised',
  },
  'budget/warning': {
    impact:
      'four fifths of the budget of today of an automation are booked; at all of it its items wait for tomorrow',
  },
  'drift/found': {
    impact:
      'the last week of an automation differs from the weeks before it: its prompts, gate or models may no longer fit',
  },
  'items/parked': {
    impact:
      'items were parked: those of a neighbour that was down go on by themselves, the others wait for a person',
  },
  'items/quarantined': {
    impact: 'items are put aside: they could not be read, or a destination refused their action',
  },
  'promises/broken': {
    impact:
      'items have not ended by when their label promises it: callers wait for longer than they were told',
  },
  'queue/oldest-message': { impact: 'work is late' },
  'release/rolled-back': {
    impact:
      'a prompt or model that was tried was worse, and serves nobody any more; items that it judged stay judged',
  },
  'reviews/overdue': {
    impact: 'automations run whose review is overdue, or whose owner is nobody in the configuration',
  },
  'schedules/failing': {
    lastsMinutes: 10,
    impact: 'a source that is polled gives no answer of use: its new records are not taken in yet',
  },
  'similar/off': {
    impact:
      'answers to similar questions were wrong more often than may be: the step asks a model about every question again',
  },
  'surrogate/off': {
    impact:
      "what answered in a model's place disagrees with it too often, and answers no more: the model is asked and paid again",
  },
  'workflow/failed': { impact: 'a run ended without writing down how: its item stands where it was' },
} as const satisfies Readonly<Partial<Record<AlarmName, Judged>>>;

export type JudgedAlarm = keyof typeof JUDGED;

/** Those that functions tell of, of one automation; the clock finds the others by itself. */
export type ToldAlarm = Exclude<JudgedAlarm, 'breaker/held' | 'breaker/open' | 'queue/oldest-message'>;

/** So old the oldest message of a queue may be, in minutes, and what is late then, by the queue's place in its stack. */
export const OLDEST = {
  work: { minutes: 30, carries: 'items between intake and their verdict' },
  // One that is late by so much is late for whoever called it urgent.
  urgent: { minutes: 5, carries: 'urgent items between intake and their verdict' },
  actions: { minutes: 30, carries: 'what was allowed, and is to be done' },
  reads: { minutes: 30, carries: 'items whose documents are not read yet' },
  arrivals: { minutes: 15, carries: 'what came by doors and is no item yet' },
  approvals: { minutes: 15, carries: 'questions to approvers' },
  callbacks: { minutes: 60, carries: 'status callbacks to callers' },
  events: {
    minutes: 60,
    carries: 'bounces and complaints: until then actions mail these addresses again',
  },
} as const;
