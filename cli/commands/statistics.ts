import { time } from '../../lambdas/reports/words.ts';
import type { Statistics } from '../client.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { UsageError } from '../errors.ts';
import { outcomes } from '../outcomes.ts';
import { type Column, facts, prose, table } from '../table.ts';
import { paint, printJson, type Terminal } from '../terminal.ts';

const EXAMPLE = ['statistics', 'refund-request', '--by', 'hour'];

type Line = Statistics['byAutomation'][number];

export const statistics: Command = {
  name: 'statistics',
  summary: "Show statistics of an automation's items, or of the approvals",
  usage: `signalbox statistics [automation] [options]

  --days N    of the approvals: the last N days, 1 to 400 (30)
  --by day    or hour (day)
  --from TIME such as 30d, 12h, 2026-11-20 (30 days before the end; 1 with hour)
  --to TIME   (now)

With an automation: what became of its items, of 400 days at most, 31 by hour,
in UTC. An override is what a person rejected or edited; 'per done' counts
what was done as it was proposed and stands.

Without an automation: the work of the approvals, for a token with the role
operator or auditor.`,
  example: ['statistics', '--days', '7'],
  arguments: ['automation?'],
  options: { days: 'text', by: 'text', from: 'text', to: 'text' },
  async run(input, terminal) {
    const automation = input.argument(0);
    const days = input.number('days', 1, 400);
    if (automation !== undefined && days !== undefined)
      throw new UsageError("--days is of the approvals; an automation's statistics take --from:", EXAMPLE);
    if (automation !== undefined) return outcomes(automation, input, terminal);
    const extra = (['by', 'from', 'to'] as const).find((name) => input.option(name) !== undefined);
    if (extra) throw new UsageError(`--${extra} is of one automation: name it, as in:`, EXAMPLE);
    const client = await connect(terminal);
    const { data, json } = await client.get<Statistics>('/v1/statistics', { days });
    if (input.json) printJson(terminal, json);
    else terminal.out(report(data, terminal));
  },
};

function report(data: Statistics, terminal: Terminal): string {
  const { byAutomation, byGroup, attentionChecks, cut } = data;
  const cutShort = 'there are more entries than one answer reads: these statistics cover the newest';
  return [
    paint(terminal, 'bold', `${data.from.slice(0, 10)} to ${data.to.slice(0, 10)}`),
    facts(
      [
        [
          'open',
          data.oldestSeconds === null ? '0' : `${data.open}, the oldest for ${long(data.oldestSeconds)}`,
        ],
        ['waiting', spread(data.ageSeconds)],
        ['opened after', spread(data.timeToOpenSeconds)],
        ['decided after', spread(data.timeToDecideSeconds)],
        ['on the page', spread(data.activeSeconds)],
        ['arrived', data.arrivals === 0 ? undefined : String(data.arrivals)],
        ['decided', decided(data)],
        ['agreement', data.agreement === null ? undefined : `${percent(data.agreement)} as proposed`],
        ['attention', data.attention.seconds === 0 ? undefined : attention(data.attention)],
        [
          'attention checks',
          attentionChecks.shown === 0
            ? undefined
            : `${attentionChecks.shown} shown, ${attentionChecks.caught} caught, ${attentionChecks.missed} missed`,
        ],
      ],
      terminal,
    ),
    ...(cut ? ['', prose(cutShort, terminal)] : []),
    ...(byGroup.length > 1 ? ['', table(GROUP_COLUMNS, byGroup, terminal)] : []),
    ...(byAutomation.length > 0 ? ['', table(columns, byAutomation, terminal)] : []),
  ].join('\n');
}

function decided({ decided: count, shareFast, fastSeconds }: Statistics): string {
  return shareFast === null ? String(count) : `${count}, ${percent(shareFast)} in less than ${fastSeconds} s`;
}

function attention({ seconds, costUsd }: Statistics['attention']): string {
  return `${long(seconds)} on pages, US$ ${costUsd.toFixed(2)}`;
}

function spread({ p50, p95 }: { p50: number | null; p95: number | null }): string | undefined {
  if (p50 === null || p95 === null) return undefined;
  return `half within ${long(p50)}, 95 of 100 within ${long(p95)}`;
}

function long(seconds: number): string {
  return seconds === 0 ? '0 s' : time(seconds * 1000);
}

function percent(rate: number | null): string {
  return rate === null ? '' : `${Math.round(rate * 100)} %`;
}

function number(title: string, of: (line: Line) => number): Column<Line> {
  return { title, cell: (line) => String(of(line)), right: true, optional: true };
}

const columns: Column<Line>[] = [
  { title: 'automation', cell: ({ automation }) => automation, least: 10 },
  { title: 'override', cell: ({ overrideRate }) => percent(overrideRate), right: true },
  { title: 'decided', cell: ({ decided: count }) => String(count), right: true },
  number('approved', ({ approved }) => approved),
  number('edited', ({ edited }) => edited),
  number('rejected', ({ rejected }) => rejected),
  number('sent back', ({ sentBack }) => sentBack),
  number('expired', ({ expired }) => expired),
  number('undone', ({ undone }) => undone),
  { title: 'prompts', cell: ({ promptVersions }) => promptVersions, least: 8 },
];

const GROUP_COLUMNS: Column<Statistics['byGroup'][number]>[] = [
  { title: 'group', cell: ({ group }) => group, least: 8 },
  { title: 'arrived', cell: ({ arrivals }) => String(arrivals), right: true },
  { title: 'decided', cell: ({ decided: count }) => String(count), right: true },
  { title: 'agreement', cell: ({ agreement }) => percent(agreement), right: true, optional: true },
  { title: 'fast', cell: ({ shareFast }) => percent(shareFast), right: true, optional: true },
  { title: 'attention', cell: ({ attention: { seconds } }) => long(seconds), right: true },
];
