import type * as z from 'zod/mini';
import type { judgedSchema } from '../lambdas/api/openapi/reports/judged-schema.ts';
import type { Client } from './client.ts';
import type { Terminal } from './terminal.ts';

type Judged = z.output<typeof judgedSchema>;
export type JudgedItem = Judged['items'][number];

interface Read {
  items: JudgedItem[];
  skipped: number;
}

/** Spans of time that are read side by side. */
export const SPANS = 8;
/** A first page with fewer is no sign of many. */
const MANY = 200;

type Ask = (query: Record<string, string | undefined>) => Promise<Judged>;

/**
 * What the gate was given of an automation's items, as received: policies and models compare texts letter by letter. Where there are many,
 * what is behind the first page is read in spans of time at once: each page takes the API a while, and none waits for another.
 */
export async function readJudged(
  client: Pick<Client, 'get'>,
  automation: string,
  from: string | undefined,
  terminal: Pick<Terminal, 'err' | 'now'>,
  more: { readings?: 'true' } = {},
): Promise<Read> {
  const path = `/v1/automations/${encodeURIComponent(automation)}/judged`;
  let count = 0;
  const ask: Ask = async (query) => {
    const page = (await client.get<Judged>(path, { ...query, ...more })).json as Judged;
    count += page.items.length;
    if (page.cursor !== undefined) terminal.err(`${count} items read`);
    return page;
  };
  const first = await ask({ from });
  const { cursor, items } = first;
  if (cursor === undefined) return first;
  const last = items.length < MANY ? undefined : items.at(-1)?.receivedAt;
  const spans = spansOf(last === undefined ? terminal.now() : Date.parse(last), terminal.now());
  const read = await Promise.all(
    spans.map(([begin, to], at) => pages(ask, at === 0 ? { from, to, cursor } : { from: begin, to })),
  );
  const all = [first, ...read];
  return {
    items: all.flatMap((it) => it.items),
    skipped: all.reduce((sum, { skipped }) => sum + skipped, 0),
  };
}

/** Until there is no more. */
async function pages(ask: Ask, asked: Parameters<Ask>[0]): Promise<Read> {
  const read: Read = { items: [], skipped: 0 };
  let query = asked;
  for (;;) {
    const { items, skipped, cursor } = await ask(query);
    read.items.push(...items);
    read.skipped += skipped;
    if (cursor === undefined) return read;
    query = { ...query, cursor };
  }
}

/** Of one length; the last one has no end, as clocks differ. One alone where there is no time between. */
function spansOf(from: number, to: number): [from: string, to: string | undefined][] {
  const length = Math.floor((to - from) / SPANS);
  if (length < 1000) return [[iso(from), undefined]];
  return Array.from({ length: SPANS }, (_, at) => [
    iso(from + at * length),
    at === SPANS - 1 ? undefined : iso(from + (at + 1) * length),
  ]);
}

const iso = (at: number) => new Date(at).toISOString();
