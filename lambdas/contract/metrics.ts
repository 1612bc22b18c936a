/** One service for all functions, in the environment's namespace (`POWERTOOLS_METRICS_NAMESPACE`). */
export const METRICS_SERVICE = 'signalbox';

/**
 * What alarms read, and nothing else: each metric costs by the month, for each set of dimensions. So the
 * service is their only dimension; the log line that carries one names the automation. Sent only when it
 * happens: an absent metric means zero.
 */
export const METRICS = {
  itemsParked: 'ItemsParked',
  itemsQuarantined: 'ItemsQuarantined',
  proposalsTampered: 'ProposalsTampered',
  approvalsLate: 'ApprovalsLate',
  breakerUnreadable: 'BreakerUnreadable',
  breakersOpen: 'BreakersOpen',
  budgetWarnings: 'BudgetWarnings',
  itemsSuspended: 'ItemsSuspended',
  auditChanged: 'AuditChanged',
  pollsFailed: 'PollsFailed',
  promisesBroken: 'PromisesBroken',
  reviewsOverdue: 'ReviewsOverdue',
  shiftsFound: 'ShiftsFound',
  rollbacks: 'Rollbacks',
} as const;

/** Only in the log, as a field of a line: Logs Insights sums it up on demand. */
export const LOGGED_COUNTS = {
  itemsAccepted: 'ItemsAccepted',
  itemsDuplicate: 'ItemsDuplicate',
  itemsDeferred: 'ItemsDeferred',
  itemsShed: 'ItemsShed',
  itemsSetGoing: 'ItemsSetGoing',
  verdicts: 'Verdicts',
  actionsDone: 'ActionsDone',
  actionRetries: 'ActionRetries',
  hintsLearnt: 'HintsLearnt',
  hintsLost: 'HintsLost',
  pagesOpened: 'ApprovalPagesOpened',
  decisionsPosted: 'ApprovalDecisionsPosted',
} as const;

/** Of each door with `silentHours`, by itself: an alarm reads that nothing came. */
export const DOOR_DELIVERED = 'DoorDelivered';
export const DOOR_DIMENSION = 'door';

export function doorDimension(automation: string, door: string): string {
  return `${automation} ${door}`;
}
