import type * as z from 'zod/mini';
import type { driftSchema, referenceSchema } from '../../lambdas/api/openapi/reports/drift-schemas.ts';
import {
  awaitedWords,
  heightName,
  heightTeller,
  isCompared,
  MEASURE_WORDS,
  valueWords,
} from '../../lambdas/reports/drift/words.ts';
import { percent, whole } from '../../lambdas/reports/words.ts';
import type { Height } from '../../lambdas/tables/drift/drift.ts';
import type { Command, Input } from '../command.ts';
import { connect } from '../connect.ts';
import { UsageError } from '../errors.ts';
import { ofAll } from '../of-all.ts';
import { type Column, prose, table } from '../table.ts';
import { paint, printJson, type Terminal } from '../terminal.ts';

type Drift = z.output<typeof driftSchema>;
type Reference = z.output<typeof referenceSchema>;
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
  usage: `signalbox drift [automation] [--pin [--from DAY]|--unpin] [--reason "…"]

  --pin          hold the last week against four weeks that stay the same:
                 those before it, from the next judgement on
  --from DAY     the first day of these weeks, such as 2026-11-02
  --unpin        hold it against the weeks before it again
  --reason TEXT  why, for the next operator: 3 to 300 characters

What shifted in the last seven days beside the four weeks before them: since
when, and what to do. Then what was compared: of each distribution the value
that changed most, and half and 95 of 100 of times and costs. Without a name,
what shifted of every automation. It is judged once a day. For a token with the
role operator or auditor; to pin, for an operator's.`,
  example: ['drift', 'refund-request'],
  arguments: ['automation?'],
  options: { pin: 'flag', unpin: 'flag', from: 'text', reason: 'text' },
  async run(input, terminal) {
    const automation = input.argument(0);
    const order = orderOf(input);
    const client = await connect(terminal);
    if (automation === undefined) {
      if (order) throw new UsageError('say of which automation the weeks are to be pinned or unpinned');
      const all = await ofAll<Drift>(client, pathOf);
      if (input.json) printJson(terminal, { automations: all.map(({ json }) => json) });
      else terminal.out(all.map(({ data }) => shiftsOf(data, terminal).join('\n')).join('\n'));
      return;
    }
    const path = pathOf(encodeURIComponent(automation));
    if (order) {
      const { data, json } = await client.post<Reference>(path, JSON.stringify(order), {});
      if (input.json) printJson(terminal, json);
      else terminal.out(pinnedWords(data));
      return;
    }
    const { data, json } = await client.get<Drift>(path);
    if (input.json) printJson(terminal, json);
    else terminal.out(report(data, terminal));
  },
};

const pathOf = (automation: string) => `/v1/automations/${automation}/drift`;

/** @returns undefined where nothing is to be pinned or unpinned */
function orderOf(input: Input): object | undefined {
  const [pin, unpin, from, reason] = [
    ...[input.flag('pin'), input.flag('unpin')],
    ...[input.option('from'), input.option('reason')],
  ] as const;
  if (!pin && !unpin) {
    if (from ?? reason) throw new UsageError('--from and --reason go with --pin or --unpin');
    return undefined;
  }
  if (pin && unpin) throw new UsageError('say either --pin or --unpin');
  if (reason === undefined) throw new UsageError('--reason is missing: say why, for the next operator');
  return { pin, ...(from === undefined ? {} : { from }), reason };
}

function pinnedWords({ automation, pinned }: Reference): string {
  return pinned
    ? `${automation}: held against the four weeks from ${pinned.from} to ${pinned.to}, from the next judgement on`
    : `${automation}: held against the four weeks before the last one again, from the next judgement on`;
}

function report(data: Drift, terminal: Terminal): string {
  if (!data.week) return shiftsOf(data, terminal).join('\n');
  const lines = linesOf(data);
  const missing = data.tooFew.map((measure) => MEASURE_WORDS[measure].toLowerCase()).join(', ');
  return [
    ...shiftsOf(data, terminal),
    ...data.past.map(({ words, since, until }) => prose(`Over: ${words}, ${since} to ${until}`, terminal)),
    ...(lines.length > 0 ? ['', table(COLUMNS, lines, terminal)] : []),
    ...(missing === '' ? [] : ['', prose(`Too little to compare: ${missing}.`, terminal)]),
  ].join('\n');
}

function shiftsOf(data: Drift, terminal: Terminal): string[] {
  const { automation, week, reference, pinned, shifts } = data;
  const awaited = awaitedWords(data);
  const told = awaited === undefined ? [] : [prose(awaited, terminal)];
  if (!week) return [prose(`${automation} was not judged yet: it is, once a day.`, terminal), ...told];
  return [
    paint(terminal, 'bold', `${automation}, the seven days before ${week.to}`),
    ...(pinned && reference
      ? [prose(`Pinned by ${pinned.by}: the four weeks from ${reference.from}. ${pinned.reason}`, terminal)]
      : []),
    ...told,
    ...(shifts.length === 0 && isCompared(data) ? ['Nothing shifted.'] : []),
    ...shifts.flatMap(({ words, since, advice }) => [
      prose(`! ${words}, since ${since}`, terminal),
      prose(`  ${advice}`, terminal),
    ]),
  ];
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
