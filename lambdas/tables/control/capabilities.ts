import type { ProbeRow } from '../../contract/endpoint.ts';
import { get, put } from '../../kit/dynamo/rows.ts';
import { probeKey } from '../keys.ts';

export function readFinding(table: string, endpoint: string): Promise<ProbeRow | undefined> {
  return get(table, probeKey(endpoint), { eventual: true });
}

export async function writeFinding(table: string, row: ProbeRow): Promise<void> {
  await put(table, row);
}
