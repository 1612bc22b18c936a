import { time } from '../../lambdas/reports/words.ts';
import type { RecordEntry } from '../../lambdas/tables/audit/audit.ts';
import { auditCsv } from '../../lambdas/tables/audit/csv.ts';
import type { Audit, Client } from '../client.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { UsageError } from '../errors.ts';
import { inline } from '../format.ts';
import { pickId, shortApproval, shortId } from '../short-id.ts';
import { type Column, table } from '../table.ts';
import { printJson } from '../terminal.ts';

type Entry = Audit['entries'][number];

export const audit: Command = {
  name: 'audit',
  summary: 'Show who was asked and decided, what acted alone, and all commands',
  usage: `signalbox audit [options]

  --automation A  only of this automation
  --from T        from then on: 12h, 7d, 2026-11-01, or an ISO 8601 time (30d)
  --to T          and before then, likewise (now)
  --item ID       only about this item, by its short number or its id
  --csv           every fact of every entry, for a spreadsheet

For a token with the role operator or auditor.`,
  example: ['audit', '--from', '2026-11-01', '--to', '2026-12-01', '--csv'],
  arguments: [],
  options: { automation: 'text', from: 'text', to: 'text', item: 'text', csv: 'flag' },
  async run(input, terminal) {
    if (input.json && input.flag('csv')) throw new UsageError('say --json or --csv, not both');
    const asked = {
      automation: input.option('automation'),
      from: input.time('from', terminal.now()),
      to: input.time('to', terminal.now()),
    };
    const { data, json } = ofItem(await readAll(await connect(terminal), asked), input.option('item'));
    if (input.json) return printJson(terminal, json);
    // The last of these characters ends the printed line.
    if (input.flag('csv')) return terminal.out(auditCsv(data.entries as RecordEntry[]).slice(0, -1));
    if (data.entries.length === 0) return terminal.out(`nothing happened ${period(data)}`);
    terminal.out(table(columns, data.entries, terminal, (entry) => [below(entry)]));
    const { length } = data.entries;
    terminal.out(`\n${length} ${length === 1 ? 'entry' : 'entries'} ${period(data)}`);
  },
};

type Read = Awaited<ReturnType<typeof readAll>>;

function ofItem(read: Read, typed: string | undefined): Read {
  if (typed === undefined) return read;
  const { data, json } = read;
  const ids = data.entries.map(({ itemId }) => itemId).filter((id) => id !== undefined);
  const id = pickId(ids, typed);
  return {
    data: { ...data, entries: data.entries.filter(({ itemId }) => itemId === id) },
    json: { ...json, entries: json.entries.filter((entry) => (entry as Entry).itemId === id) },
  };
}

/** All pages as one: for people, and as received. */
async function readAll(client: Client, asked: { [name: string]: string | undefined }) {
  const entries: Entry[] = [];
  const raw: unknown[] = [];
  let query = asked;
  for (;;) {
    const { data, json } = await client.get<Audit>('/v1/audit', query);
    const { from, to, cursor } = data;
    entries.push(...data.entries);
    raw.push(...(json as Audit).entries);
    if (cursor === undefined) return { data: { from, to, entries }, json: { from, to, entries: raw } };
    query = { ...asked, from, to, cursor };
  }
}

function period({ from, to }: { from: string; to: string }): string {
  return `from ${moment(from, 16)} to ${moment(to, 16)} UTC`;
}

function moment(time: string, characters = 19): string {
  return time.slice(0, characters).replace('T', ' ');
}

const columns: Column<Entry>[] = [
  { title: 'time (UTC)', cell: ({ at }) => moment(at) },
  { title: 'event', cell: ({ event }) => event, colour: () => 'cyan' },
  { title: 'automation', cell: ({ automation }) => automation, least: 10 },
  { title: 'by', cell: ({ by }) => by ?? '', least: 8 },
];

function below(entry: Entry): string {
  if (!('approvalId' in entry)) {
    const { itemId, command, comment, reasons = [] } = entry;
    const facts = [command, comment && `"${comment}"`, ...reasons];
    return [itemId && shortId(itemId), facts.filter(Boolean).join(', ')].filter(Boolean).join(': ');
  }
  const { approvalId, event, to, decision, edits = [], comment, activeSeconds, channel, summary } = entry;
  const facts = [
    decision,
    ...edits.map(({ field, from, to: value }) => `${field}: ${inline(from)} -> ${inline(value)}`),
    to && `to ${to}`,
    comment && `"${comment}"`,
    event === 'asked' ? summary : undefined,
    channel && `by ${channel}`,
    activeSeconds === undefined ? undefined : `${time(activeSeconds * 1000)} on the page`,
  ];
  return [shortApproval(approvalId), facts.filter(Boolean).join(', ')].filter(Boolean).join(': ');
}
