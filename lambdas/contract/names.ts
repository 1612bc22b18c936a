/*
 * Names that more than one place must know, each with its environment: two environments live side by side in one account and
 * region. An environment has no '-' in its name, so no two of these can be the same.
 */

/** Where a secret lies that the configuration, or the house, calls `signalbox/clients`: `signalbox/prod/clients`. */
export function secretName(environment: string, configured: string): string {
  return configured.replace(/^signalbox\//, `signalbox/${environment}/`);
}

export function busName(environment: string): string {
  return `signalbox-${environment}`;
}

/** What our functions count is CloudWatch's under this. */
export function metricsNamespace(environment: string): string {
  return `Signalbox/${environment}`;
}

export function stackName(environment: string, part: string): string {
  return `Signalbox-${environment}-${part}`;
}

/**
 * A log that AWS itself delivers. Under this prefix one statement of the account's resource policy serves all: with other names
 * each log adds to a policy that holds 5,120 characters, and the next deploy fails.
 */
export function vendedLog(kind: 'apis' | 'states', environment: string, automation?: string): string {
  return `/aws/vendedlogs/${kind}/signalbox-${environment}${automation ? `-${automation}` : ''}`;
}
/**
 * Name of an automation's work queue. The platform's functions know queues by this name only: they are deployed before the
 * automations that have them.
 */
export function workQueueName(stage: string, automation: string): string {
  return `signalbox-${stage}-${automation}-work`;
}
