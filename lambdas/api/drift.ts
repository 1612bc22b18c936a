import { json, type Reply } from '../kit/http.ts';
import { driftView } from '../reports/drift/view.ts';
import { readDrift } from '../tables/drift/drift.ts';
import { readPinned } from '../tables/drift/pinned.ts';

/** `GET /v1/automations/{name}/drift`: how the last week differs from those before, as it was found today. */
export async function driftReply(automation: string, table: string): Promise<Reply> {
  const [{ drift }, pinned] = await Promise.all([
    readDrift(table, automation),
    readPinned(table, automation),
  ]);
  return json(200, driftView(automation, drift, true, pinned));
}
