import type { Capability, Endpoint, ProbeRow } from '../contract/endpoint.ts';
import { clock } from '../kit/clock.ts';
import { errorFacts } from '../kit/errors.ts';
import { logger } from '../kit/telemetry.ts';
import { readFinding } from '../tables/control/capabilities.ts';
import { probeKey } from '../tables/keys.ts';

/** Whether a model of an endpoint can do something; undefined where nobody has found out. */
export type Capabilities = (endpoint: string, model: string, capability: Capability) => boolean | undefined;

/** A finding is used at most this much later. */
const KEEP_MS = 5 * 60 * 1000;

/** The configuration's capabilities, overridden by a probe's findings: the server knows itself better. */
export function capabilitiesOf(endpoints: readonly Endpoint[], findings: readonly ProbeRow[]): Capabilities {
  const configured = new Map(endpoints.map(({ name, capabilities }) => [name, capabilities]));
  const found = new Map(findings.map(({ id, models }) => [id, models]));
  return (endpoint, model, capability) =>
    found.get(probeKey(endpoint))?.[model]?.[capability] ?? configured.get(endpoint)?.[capability];
}

const kept = new Map<string, { row: ProbeRow | undefined; at: number }>();

/** The findings, kept for five minutes. If a row cannot be read, the last reading counts. */
export async function readCapabilities(table: string, endpoints: readonly Endpoint[]): Promise<Capabilities> {
  const rows = await Promise.all(endpoints.map(({ name }) => finding(table, name)));
  return capabilitiesOf(
    endpoints,
    rows.filter((row) => row !== undefined),
  );
}

async function finding(table: string, endpoint: string): Promise<ProbeRow | undefined> {
  const hit = kept.get(endpoint);
  if (hit && hit.at + KEEP_MS > clock.now()) return hit.row;
  let row = hit?.row;
  try {
    row = await readFinding(table, endpoint);
  } catch (error) {
    logger.warn('capabilities not read', { id: probeKey(endpoint), reason: errorFacts(error).message });
  }
  // Also after a fault: asking again for every step would add to whatever is wrong with the table.
  kept.set(endpoint, { row, at: clock.now() });
  return row;
}
