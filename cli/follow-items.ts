import { about } from './about.ts';
import type { Client, Page } from './client.ts';
import type { Input } from './command.ts';
import { detailsOf } from './details.ts';
import { follow } from './follow.ts';
import { statusColour } from './format.ts';
import { shortIds } from './short-id.ts';
import { paint, type Terminal } from './terminal.ts';
import { cut, oneLine, pad, safeJson } from './text.ts';

type Listed = Page['items'][number];

const PAGE = 100;
/** Pages looked at each time: what is older changes seldom, and is in the list. */
const MOST_PAGES = 5;
/** Lines of what was there before. */
const FIRST = 10;
/** Statuses are no longer. */
const STATUS_WIDTH = 'waiting_approval'.length;

/** Prints the last ones, then one line for each item that comes or changes. */
export async function followItems(
  client: Client,
  query: Readonly<Record<string, string | number | undefined>>,
  input: Input,
  terminal: Terminal,
): Promise<void> {
  let seen = new Map<string, string>();
  let first = true;
  await follow(input, terminal, async () => {
    const found = await newest(client, query);
    const changed = found.filter(({ data: { id, status } }) => seen.get(id) !== status);
    // The list is newest first; who follows reads downwards.
    const shown = (first ? changed.slice(0, FIRST) : changed).toReversed();
    if (input.json) for (const { json } of shown) terminal.out(safeJson(json, 0));
    else await print(client, shown, [...seen.keys()], terminal);
    // Anew: what has left the filter is told again when it comes back.
    seen = new Map(found.map(({ data }) => [data.id, data.status]));
    first = false;
    return 'goes on';
  });
}

async function newest(client: Client, query: Readonly<Record<string, string | number | undefined>>) {
  const found: { data: Listed; json: unknown }[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { data, json } = await client.get<Page>('/v1/items', { ...query, limit: PAGE, cursor });
    const raw = (json as Page).items;
    found.push(...data.items.map((item, at) => ({ data: item, json: raw[at] })));
    cursor = data.cursor;
    if (cursor === undefined) break;
  }
  return found;
}

async function print(
  client: Client,
  shown: readonly { data: Listed }[],
  others: readonly string[],
  terminal: Terminal,
): Promise<void> {
  if (shown.length === 0) return;
  const ids = shown.map(({ data }) => data.id);
  const short = shortIds([...others, ...ids]);
  const known = new Map((await detailsOf(client, ids, true)).map(({ data }) => [data.id, data]));
  for (const { data } of shown) {
    const item = known.get(data.id);
    const { id, automation, status, label = '' } = data;
    const time = (item?.updatedAt ?? data.receivedAt).slice(11, 19);
    const head = [time, short(id), automation].join('  ');
    const words = oneLine(item ? about(item, terminal.now()) : label);
    const room = terminal.columns - head.length - STATUS_WIDTH - 4;
    const rest = [paint(terminal, statusColour(status), pad(status, STATUS_WIDTH)), cut(words, room)];
    terminal.out([head, ...rest].join('  ').trimEnd());
  }
}
