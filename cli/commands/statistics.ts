import type { Statistics } from '../client.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { span } from '../format.ts';
import { type Column, facts, prose, table } from '../table.ts';
import { paint, printJson, type Terminal } from '../terminal.ts';

type Line = Statistics['byAutomation'][number];

export const statistics: Command = {
  name: 'statistics',
  summary: 'Show statistics of the approvals',
  usage: `signalbox statistics [options]

  --days N  of the last N days, 1 to 400 (30)

Rates count what was approved, edited or rejected; an override is one of the
last two. For a token with the role operator or auditor.`,
  example: ['statistics', '--days', '7'],
  arguments: [],
  options: { days: 'text' },
  async run(input, terminal) {
    const days = input.number('days', 1, 400);
    const client = await connect(terminal);
    const { data, json } = await client.get<Statistics>('/v1/statistics', { days });
    if (input.json) printJson(terminal, json);
    else terminal.out(report(data, terminal));
  },
};

function report(data: Statistics, terminal: Terminal): string {
  const { byAutomation, attentionChecks, cut } = data;
  const cutShort = 'there are more entries than one answer reads: these statistics cover the newest';
  return [
    paint(terminal, 'bold', `${data.from.slice(0, 10)} to ${data.to.slice(0, 10)}`),
    facts(
      [
        [
          'open',
          data.oldestSeconds === null ? '0' : `${data.open}, the oldest for ${time(data.oldestSeconds)}`,
        ],
        ['waiting', spread(data.ageSeconds)],
        ['opened after', spread(data.timeToOpenSeconds)],
        ['decided after', spread(data.timeToDecideSeconds)],
        ['on the page', spread(data.activeSeconds)],
        ['decided', decided(data)],
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
    ...(byAutomation.length > 0 ? ['', table(columns, byAutomation, terminal)] : []),
  ].join('\n');
}

function decided({ decided: count, shareFast, fastSeconds }: Statistics): string {
  return shareFast === null ? String(count) : `${count}, ${percent(shareFast)} in less than ${fastSeconds} s`;
}

function spread({ p50, p95 }: { p50: number | null; p95: number | null }): string | undefined {
  if (p50 === null || p95 === null) return undefined;
  return `half within ${time(p50)}, 95 of 100 within ${time(p95)}`;
}

function time(seconds: number): string {
  return span(seconds * 1000);
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
