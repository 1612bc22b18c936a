/** One service for all functions, in the environment's namespace (`POWERTOOLS_METRICS_NAMESPACE`). */
export const METRICS_SERVICE = 'signalbox';

/**
 * What alarms of CloudWatch read, and nothing else: each metric costs by the month, for each set of dimensions. So the
 * service is their only dimension; the log line that carries one names the automation. Sent only when it
 * happens: an absent metric means zero. Other troubles are told to the clock (`tables/alarms/told.ts`): these are of records that
 * somebody changed, and of a table that cannot be read, of which no row should have to tell.
 */
export const METRICS = {
  proposalsTampered: 'ProposalsTampered',
  breakerUnreadable: 'BreakerUnreadable',
  auditChanged: 'AuditChanged',
} as const;

/** Only in the log, as a field of a line: Logs Insights sums it up on demand. */
export const LOGGED_COUNTS = {
  itemsParked: 'ItemsParked',
  itemsQuarantined: 'ItemsQuarantined',
  itemsSuspended: 'ItemsSuspended',
  approvalsLate: 'ApprovalsLate',
  breakersOpen: 'BreakersOpen',
  budgetWarnings: 'BudgetWarnings',
  pollsFailed: 'PollsFailed',
  promisesBroken: 'PromisesBroken',
  reviewsOverdue: 'ReviewsOverdue',
  shiftsFound: 'ShiftsFound',
  rollbacks: 'Rollbacks',
  similarOff: 'SimilarOff',
  runsFailed: 'RunsFailed',
  surrogatesOff: 'SurrogatesOff',
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
