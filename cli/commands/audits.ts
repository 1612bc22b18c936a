import type * as z from 'zod/mini';
import type { auditsSchema } from '../../lambdas/api/openapi/audit-schemas.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { type Column, facts, prose, table } from '../table.ts';
import { paint, printJson, type Terminal } from '../terminal.ts';

type Audits = z.output<typeof auditsSchema>;
type Share = Audits['precision'];
interface Line {
  label: string;
  precision: Share;
  recall: Share;
}

const COLUMNS: Column<Line>[] = [
  { title: 'label', cell: ({ label }) => label, least: 8 },
  { title: 'right', cell: ({ precision }) => shown(precision), right: true },
  { title: 'of', cell: ({ precision }) => String(precision.n), right: true },
  { title: 'found', cell: ({ recall }) => shown(recall), right: true },
  { title: 'of', cell: ({ recall }) => String(recall.n), right: true },
];

export const audits: Command = {
  name: 'audits',
  summary: 'Show what people found who looked at what ended alone',
  usage: `signalbox audits <automation> [--days N]

  --days N  items that ended in the last N days, 1 to 90 (28)

By label how much of it was right, and how much of what is such was found,
with the bounds that hold it 95 times of a hundred. Each item counts as often
as it stands for: some are chosen more often than others. For a token with the
role operator or auditor.`,
  example: ['audits', 'refund-request'],
  arguments: ['automation'],
  options: { days: 'text' },
  async run(input, terminal) {
    const automation = input.argument(0) ?? '';
    const path = `/v1/automations/${encodeURIComponent(automation)}/audits`;
    const client = await connect(terminal);
    const { data, json } = await client.get<Audits>(path, { days: input.number('days', 1, 90) });
    if (input.json) printJson(terminal, json);
    else terminal.out(report(data, terminal));
  },
};

function report(data: Audits, terminal: Terminal): string {
  const { automation, days, policy, samples, precision, byLabel, agreement, held, open, differs, unsure } =
    data;
  const heading = paint(terminal, 'bold', `${automation}, ${days} days`);
  if (policy === null && samples === 0)
    return [heading, prose("Nothing is audited: declare 'audit' in its automation.ts.", terminal)].join('\n');
  const lines = Object.entries(byLabel).map(([label, of]): Line => ({ label, ...of }));
  const chosen = `${samples}${open.length > 0 ? `, ${open.length} of them open` : ''}`;
  return [
    heading,
    facts(
      [
        ['target', policy === null ? undefined : percent(policy.target)],
        ['chosen', chosen],
        ['right', precision.value === null ? undefined : `${shown(precision)} of ${precision.n}`],
        ['could not tell', unsure > 0 ? `${unsure}, counted for nothing` : undefined],
        ['agreement', agreement.value === null ? undefined : `${percent(agreement.value)} of ${agreement.n}`],
        [
          'other values',
          Object.entries(differs)
            .map(([field, count]) => `${field} ${count}`)
            .join(', ') || undefined,
        ],
        ['asks a person', held.length > 0 ? held.join(', ') : undefined],
      ],
      terminal,
    ),
    ...(lines.length > 0 ? ['', table(COLUMNS, lines, terminal)] : []),
  ].join('\n');
}

function shown({ value, low, high }: Share): string {
  return value === null || low === null || high === null
    ? ''
    : `${percent(value)} (${percent(low)} to ${percent(high)})`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
