import type { Client, Item, Page } from '../client.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { age } from '../format.ts';
import { type Column, table } from '../table.ts';
import { printJson, type Terminal } from '../terminal.ts';

const PAGE = 100;
/** Parallel requests that leave the API room for its work. */
const AT_A_TIME = 8;

export const approvals: Command = {
  name: 'approvals',
  summary: 'List what waits for a person, longest wait first',
  usage: `signalbox approvals [options]

  --automation A  only of this automation

Approvers decide by the link in their mail, not from here.

  signalbox approvals --automation refund-request`,
  arguments: [],
  options: { automation: 'text' },
  async run(input, terminal) {
    const client = await connect(terminal);
    const waiting = await readWaiting(client, input.option('automation'));
    if (input.json) return printJson(terminal, { items: waiting.map(({ json }) => json) });
    const items = waiting.map(({ data }) => data);
    if (items.length === 0) return terminal.out('nothing waits for a person');
    terminal.out(table(columns(terminal), items, terminal, below));
    terminal.out(`\n${items.length} ${items.length === 1 ? 'waits' : 'wait'} for a person`);
  },
};

async function readWaiting(client: Client, automation: string | undefined) {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { automation, status: 'waiting_approval', limit: PAGE, cursor };
    const { data } = await client.get<Page>('/v1/items', query);
    ids.push(...data.items.map(({ id }) => id));
    cursor = data.cursor;
  } while (cursor);
  const found = [];
  for (let at = 0; at < ids.length; at += AT_A_TIME) {
    found.push(...(await Promise.all(ids.slice(at, at + AT_A_TIME).map((id) => client.item(id)))));
  }
  // Somebody may have decided while the list was read.
  const waiting = found.filter(({ data }) => data.status === 'waiting_approval');
  return waiting.sort((a, b) => Date.parse(askedAt(a.data)) - Date.parse(askedAt(b.data)));
}

/** Events since a person was asked; before that there may be an earlier run of the same item. */
function asking({ timeline }: Item): Item['timeline'] {
  return timeline.slice(
    Math.max(
      0,
      timeline.findLastIndex(({ event }) => event === 'waiting_approval'),
    ),
  );
}

function askedAt(item: Item): string {
  return asking(item)[0]?.at ?? item.updatedAt;
}

function columns(terminal: Terminal): Column<Item>[] {
  return [
    { title: 'id', cell: ({ id }) => id, colour: () => 'yellow' },
    { title: 'waiting', cell: (item) => age(askedAt(item), terminal.now()), right: true },
    { title: 'asked', cell: asked, least: 5 },
  ];
}

/** The groups that got the mail, in order. */
function asked(item: Item): string {
  const groups = asking(item).map(({ group }) => group);
  return groups.filter((group) => typeof group === 'string').join(', then ');
}

function below({ proposal, reasons = [] }: Item): string[] {
  return [proposal?.summary ?? 'the proposal is no longer kept', ...reasons.map((reason) => `- ${reason}`)];
}
