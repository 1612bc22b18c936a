import { time } from '../lambdas/reports/words.ts';
import type { Outcomes } from './client.ts';
import type { Input } from './command.ts';
import { connect } from './connect.ts';
import { count, usd } from './format.ts';
import { type Column, prose, table } from './table.ts';
import { paint, printJson, type Terminal } from './terminal.ts';

type Row = Outcomes['rows'][number];

/** What became of the items of one automation, by hour or by day. */
export async function outcomes(automation: string, input: Input, terminal: Terminal): Promise<void> {
  const by = input.oneOf('by', ['hour', 'day']) ?? 'day';
  const query = { from: input.time('from', terminal.now()), to: input.time('to', terminal.now()), by };
  const client = await connect(terminal);
  const path = `/v1/automations/${encodeURIComponent(automation)}/statistics`;
  const { data, json } = await client.get<Outcomes>(path, query);
  if (input.json) printJson(terminal, json);
  else terminal.out(report(automation, data, terminal));
}

function report(automation: string, { from, to, by, rows }: Outcomes, terminal: Terminal): string {
  const of: Column<Row> = {
    title: by,
    cell: (row) => (by === 'day' ? row.from.slice(0, 10) : row.from.slice(0, 16).replace('T', ' ')),
  };
  return [
    paint(terminal, 'bold', `${automation}, ${from.slice(0, 16)} to ${to.slice(0, 16)} UTC`),
    rows.length > 0
      ? table([of, ...(rows.some((row) => row.auditPrecision) ? AUDITED : COLUMNS)], rows, terminal)
      : prose('Nothing happened in this time.', terminal),
    ...stagesOf(rows.at(-1), by, terminal),
  ].join('\n');
}

function number(title: string, of: (row: Row) => number): Column<Row> {
  return { title, cell: (row) => count(of(row)), right: true, optional: true };
}

type Stage = [name: string, times: Row['latencyMs'][string] | undefined];

/** What is slow: of the newest hour or day, as times of several do not add up. */
function stagesOf(row: Row | undefined, by: 'hour' | 'day', terminal: Terminal): string[] {
  if (!row) return [];
  const { total: _, ...stages } = row.latencyMs;
  const all: Stage[] = [['in a queue', row.queueAgeMs], ...Object.entries(stages)];
  const known = all.filter(([, times]) => times?.p50 !== null && times?.p50 !== undefined);
  if (known.length === 0) return [];
  const of = by === 'day' ? row.from.slice(0, 10) : `${row.from.slice(0, 16).replace('T', ' ')} UTC`;
  return ['', paint(terminal, 'bold', `By stage, ${of}`), table(STAGES, known, terminal)];
}

const STAGES: Column<Stage>[] = [
  { title: 'stage', cell: ([name]) => name },
  { title: 'half within', cell: ([, times]) => time(times?.p50), right: true },
  { title: '95 within', cell: ([, times]) => time(times?.p95), right: true },
  { title: '99 within', cell: ([, times]) => time(times?.p99), right: true },
];

const percent = (rate: number | null) => (rate === null ? '' : `${Math.round(rate * 100)} %`);
const within = (ms: number | null | undefined) => (ms === null || ms === undefined ? '' : time(ms));

const COLUMNS: Column<Row>[] = [
  number('received', ({ received }) => received),
  number('done', ({ done }) => done),
  number('refused', ({ refused }) => refused),
  number('rejected', ({ rejected }) => rejected),
  number('parked', ({ parked }) => parked),
  { title: 'half within', cell: (row) => within(row.latencyMs.total?.p50), right: true, optional: true },
  { title: '95 within', cell: (row) => within(row.latencyMs.total?.p95), right: true, optional: true },
  { title: 'override', cell: ({ overrideRate }) => percent(overrideRate), right: true, optional: true },
  { title: 'promises', cell: ({ slaMet }) => percent(slaMet), right: true, optional: true },
  {
    title: 'models',
    cell: ({ costUsd }) => usd(costUsd.model),
    ...{ right: true, optional: true },
  },
  { title: 'AWS', cell: ({ costUsd }) => usd(costUsd.aws), right: true, optional: true },
  {
    title: 'per done',
    cell: ({ costPerDoneUsd }) => usd(costPerDoneUsd ?? undefined),
    ...{ right: true, optional: true },
  },
  number('expired', ({ expired }) => expired),
  number('withdrawn', ({ withdrawn }) => withdrawn),
  number('quarantined', ({ quarantined }) => quarantined),
];

/** Where something is audited, what was found right stands behind what people overrode. */
const AUDITED: Column<Row>[] = COLUMNS.flatMap((column) =>
  column.title === 'override'
    ? [
        column,
        {
          title: 'right',
          cell: ({ auditPrecision }) => percent(auditPrecision?.value ?? null),
          ...{ right: true, optional: true },
        },
      ]
    : [column],
);
