/*
 * Names that several places must know, by environment: two environments may share an account and region. An
 * environment's name has no '-', so no two of these can be equal.
 */

/** The secret that the configuration, or the house, calls `signalbox/clients`: `signalbox/prod/clients`. */
export function secretName(environment: string, configured: string): string {
  return configured.replace(/^signalbox\//, `signalbox/${environment}/`);
}

/** Makes the keys of a purpose of the platform. */
export function keysFunction(environment: string, purpose: string): string {
  return `signalbox-${environment}-keys-${purpose}`;
}

export function busName(environment: string): string {
  return `signalbox-${environment}`;
}

/** The prefix of our metrics in CloudWatch. */
export function metricsNamespace(environment: string): string {
  return `Signalbox/${environment}`;
}

export function stackName(environment: string, part: string): string {
  return `Signalbox-${environment}-${part}`;
}

/**
 * A log that AWS itself delivers. Under this prefix one statement of the account's resource policy serves
 * all: with other names each log adds to a policy of at most 5,120 characters, and a later deploy fails.
 */
export function vendedLog(kind: 'apis' | 'states', environment: string, automation?: string): string {
  return `/aws/vendedlogs/${kind}/signalbox-${environment}${automation ? `-${automation}` : ''}`;
}

/**
 * Names by convention, so that approvals may answer every automation's run and no other state machine of the
 * account. Alarms of an automation are called so too.
 */
export function workflowName(environment: string, automation: string): string {
  return `signalbox-${environment}-${automation}`;
}

/** A work queue's name. The platform knows queues only by it: it is deployed before the automations. */
export function workQueueName(environment: string, automation: string): string {
  return `signalbox-${environment}-${automation}-work`;
}

/** Of the queue for urgent items, where they have a lane of their own. No automation's work queue ends like it. */
export function urgentQueueName(environment: string, automation: string): string {
  return `${workQueueName(environment, automation)}-urgent`;
}

/** What nobody could handle, of an automation or of `platform`. Operators' commands know it only by this name. */
export function deadLettersName(environment: string, part: string): string {
  return `signalbox-${environment}-${part}-dead-letters`;
}

/** The rule of an automation's mail door. The platform's bucket lets those of its environment in. */
export function receiptRuleName(environment: string, automation: string): string {
  return `signalbox-${environment}-${automation}`;
}

/** The function that takes in what others forward to an automation. They know it only by its name: each is deployed alone. */
export function forwardName(environment: string, automation: string): string {
  return `signalbox-${environment}-${automation}-forward`;
}

/** Mails of actions are sent with it, so that SES tells of those that bounce. */
export function configurationSetName(environment: string): string {
  return `signalbox-${environment}`;
}

/** CloudFront adds it to each request, where the API takes nothing that did not come that way. */
export const EDGE_HEADER = 'x-signalbox-edge';

/** CloudFront takes rules from one region alone. */
export const EDGE_REGION = 'us-east-1';

/** The stack of these rules: no automation can have the name, as none begins with that of the platform. */
export function edgeStackName(environment: string): string {
  return stackName(environment, 'platform-edge');
}
