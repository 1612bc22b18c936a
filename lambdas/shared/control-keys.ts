import { isoNow } from './clock.ts';

/*
 * The keys of rows in the control table that more than one function knows, and the permissions go by. What only the console
 * keeps there (sessions, links, absences) is named where it is kept.
 */

/** What one automation has spent on one day (UTC). */
export function budgetKey(automation: string, day = isoNow().slice(0, 10)): string {
  return `budget#${automation}#${day}`;
}

/** The breaker and the line of one endpoint. */
export function endpointKey(name: string): string {
  return `endpoint#${name}`;
}

/** What a probe found at one endpoint. */
export function probeKey(endpoint: string): string {
  return `probe#${endpoint}`;
}

/** A calibration is for one prompt and one model: another of either looks sure in another way. */
export function calibrationKey(
  automation: string,
  step: string,
  promptVersion: string,
  model: string,
): string {
  return `calibration#${automation}#${step}#${promptVersion}#${model}`;
}

/** That the desk is behind with the questions of one automation. */
export function behindKey(automation: string): string {
  return `desk#${automation}`;
}
