import { askedAt, dueCell, overdue, whoHas } from '../about.ts';
import type { Client, Item, Page } from '../client.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { detailsOf } from '../details.ts';
import { age } from '../format.ts';
import { shortIds } from '../short-id.ts';
import { type Column, table } from '../table.ts';
import { printJson, type Terminal } from '../terminal.ts';

const PAGE = 100;

export const approvals: Command = {
  name: 'approvals',
  summary: 'List what waits for a person, longest wait first',
  usage: `signalbox approvals [options]

  --automation A  only of this automation

Who is the person who works on it, or the groups that were asked. Approvers
decide by the link in their mail or in the console, not from here.`,
  example: ['approvals', '--automation', 'refund-request'],
  arguments: [],
  options: { automation: 'text' },
  async run(input, terminal) {
    const client = await connect(terminal);
    const waiting = await readWaiting(client, input.option('automation'));
    if (input.json) return printJson(terminal, { items: waiting.map(({ json }) => json) });
    const items = waiting.map(({ data }) => data);
    if (items.length === 0) return terminal.out('nothing waits for a person');
    const short = shortIds(items.map(({ id }) => id));
    terminal.out(table(columns(short, terminal), items, terminal, below));
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
  const found = await detailsOf(client, ids);
  // Somebody may have decided while the list was read.
  const waiting = found.filter(({ data }) => data.status === 'waiting_approval');
  return waiting.sort((a, b) => Date.parse(askedAt(a.data)) - Date.parse(askedAt(b.data)));
}

function columns(short: (id: string) => string, terminal: Terminal): Column<Item>[] {
  const now = terminal.now();
  return [
    { title: 'id', cell: ({ id }) => short(id), colour: () => 'yellow' },
    { title: 'automation', cell: ({ automation }) => automation, least: 10 },
    { title: 'waiting', cell: (item) => age(askedAt(item), now), right: true },
    {
      title: 'due',
      cell: (item) => dueCell(item, now),
      colour: (item) => (overdue(item, now) ? 'red' : undefined),
    },
    { title: 'label', cell: ({ label }) => label ?? '', optional: true },
    { title: 'who', cell: whoHas, least: 20, wraps: Number.isFinite(terminal.columns) },
  ];
}

function below({ proposal, reasons = [] }: Item): string[] {
  return [proposal?.summary ?? 'the proposal is no longer kept', ...reasons.map((reason) => `- ${reason}`)];
}
