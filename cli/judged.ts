import type * as z from 'zod/mini';
import type { judgedSchema } from '../lambdas/api/openapi/reports/judged-schema.ts';
import type { Client } from './client.ts';
import type { Terminal } from './terminal.ts';

type Judged = z.output<typeof judgedSchema>;
export type JudgedItem = Judged['items'][number];

/** What the gate was given of an automation's items, as received: policies and models compare texts letter by letter. */
export async function readJudged(
  client: Client,
  automation: string,
  from: string | undefined,
  terminal: Pick<Terminal, 'err'>,
): Promise<{ items: JudgedItem[]; skipped: number }> {
  const items: JudgedItem[] = [];
  let skipped = 0;
  let cursor: string | undefined;
  const path = `/v1/automations/${encodeURIComponent(automation)}/judged`;
  do {
    const { json } = await client.get<Judged>(path, { from, cursor });
    const page = json as Judged;
    items.push(...page.items);
    skipped += page.skipped;
    cursor = page.cursor;
    if (cursor !== undefined) terminal.err(`${items.length} items read`);
  } while (cursor !== undefined);
  return { items, skipped };
}
