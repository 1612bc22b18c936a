import type * as z from 'zod/mini';
import type { driftSchema } from '../../lambdas/api/openapi/reports/drift-schemas.ts';
import { heightName, heightTeller, MEASURE_WORDS, valueWords } from '../../lambdas/reports/drift/words.ts';
import { percent, whole } from '../../lambdas/reports/words.ts';
import type { Height } from '../../lambdas/tables/drift/drift.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { type Column, prose, table } from '../table.ts';
import { paint, printJson, type Terminal } from '../terminal.ts';

type Drift = z.output<typeof driftSchema>;
interface Line {
  what: string;
  before: string;
  now: string;
  items: string;
  shifted: boolean;
}

const COLUMNS: Column<Line>[] = [
  { title: 'compared', cell: ({ what, shifted }) => (shifted ? `! ${what}` : what), least: 24 },
  { title: 'before', cell: ({ before }) => before, right: true },
  { title: 'now', cell: ({ now }) => now, right: true },
  { title: 'items', cell: ({ items }) => items, right: true },
];

export const drift: Command = {
  name: 'drift',
  summary: 'Show how the last week differs from the weeks before it',
  usage: `signalbox drift <automation>

What shifted in the last seven days beside the four weeks before them: since
when, and what to do. Then what was compared: of each distribution the value
that changed most, and half and 95 of 100 of times and costs. It is judged
once a day. For a token with the role operator or auditor.`,
  example: ['drift', 'refund-request'],
  arguments: ['automation'],
  options: {},
  async run(input, terminal) {
    const automation = input.argument(0) ?? '';
    const client = await connect(terminal);
    const { data, json } = await client.get<Drift>(`/v1/automations/${encodeURIComponent(automation)}/drift`);
    if (input.json) printJson(terminal, json);
    else terminal.out(report(data, terminal));
  },
};

function report(data: Drift, terminal: Terminal): string {
  const { automation, week, shifts, past, tooFew } = data;
  if (!week) return prose(`${automation} was not judged yet: it is, once a day.`, terminal);
  const lines = linesOf(data);
  const missing = tooFew.map((measure) => MEASURE_WORDS[measure].toLowerCase()).join(', ');
  return [
    paint(terminal, 'bold', `${automation}, the seven days before ${week.to}`),
    ...(shifts.length === 0 ? ['Nothing shifted.'] : []),
    ...shifts.flatMap(({ words, since, advice }) => [
      prose(`! ${words}, since ${since}`, terminal),
      prose(`  ${advice}`, terminal),
    ]),
    ...past.map(({ words, since, until }) => prose(`Over: ${words}, ${since} to ${until}`, terminal)),
    ...(lines.length > 0 ? ['', table(COLUMNS, lines, terminal)] : []),
    ...(missing === '' ? [] : ['', prose(`Too little to compare: ${missing}.`, terminal)]),
  ].join('\n');
}

function linesOf({ mixes, heights }: Drift): Line[] {
  return [
    ...mixes.map(({ measure, shares, items, shifted }): Line => {
      const { value = '', before, now } = shares[0] ?? {};
      return {
        what: `${MEASURE_WORDS[measure]}: ${valueWords(measure, value)}`,
        ...{ before: percent(before), now: percent(now), items: whole(items.now), shifted },
      };
    }),
    ...heights.map((it): Line => {
      const height = { measure: it.measure as Height['measure'] };
      const as = heightTeller(height);
      return {
        what: `${heightName(height)}, ${it.percent === 50 ? 'half' : '95 of 100'}`,
        ...{ before: as(it.before), now: as(it.now), items: whole(it.items.now), shifted: it.shifted },
      };
    }),
  ];
}
