/**
 * Name of an automation's work queue. The platform's functions know queues by this name only: they are deployed before the
 * automations that have them.
 */
export function workQueueName(stage: string, automation: string): string {
  return `signalbox-${stage}-${automation}-work`;
}
