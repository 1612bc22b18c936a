/** One service for all functions, in the environment's namespace (`POWERTOOLS_METRICS_NAMESPACE`). */
export const METRICS_SERVICE = 'signalbox';

/**
 * What an alarm reads, and nothing else: each metric costs by the month, for each set of dimensions. So they have none but the
 * service; the line that carries one names the automation. Sent only when it happens: an absent metric means zero.
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
} as const;

/** What is in the log alone, as a field of a line: Logs Insights adds it up when somebody asks. */
export const LOGGED_COUNTS = {
  itemsAccepted: 'ItemsAccepted',
  itemsDuplicate: 'ItemsDuplicate',
  itemsDeferred: 'ItemsDeferred',
  itemsShed: 'ItemsShed',
  verdicts: 'Verdicts',
  actionsDone: 'ActionsDone',
  actionRetries: 'ActionRetries',
  pagesOpened: 'ApprovalPagesOpened',
  decisionsPosted: 'ApprovalDecisionsPosted',
} as const;
