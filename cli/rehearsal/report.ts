import type { Change } from '../../local/rehearsal/change.ts';
import type { Rehearsal } from '../../local/rehearsal/rehearse.ts';
import { count, span, usd } from '../format.ts';
import { type Column, facts, prose, table } from '../table.ts';
import { paint, type Terminal } from '../terminal.ts';

/** Items that are listed unless all are asked for. */
const LISTED = 20;

export interface Told extends Rehearsal {
  automation: string;
  candidate: Readonly<Record<string, string>>;
  skipped: number;
}

const arrow = (pair: readonly [string, string] | undefined) => pair?.map((it) => it || 'none').join(' → ');

const COLUMNS: Column<Change>[] = [
  { title: 'item', cell: ({ id }) => id, least: 12 },
  { title: 'verdict', cell: ({ verdict }) => arrow(verdict) ?? '' },
  { title: 'label', cell: ({ label }) => arrow(label) ?? '', optional: true },
  { title: 'action', cell: ({ actions }) => arrow(actions) ?? '', optional: true },
  { title: 'amount', cell: ({ amount }) => arrow(amount) ?? '', optional: true },
  { title: 'parameters', cell: ({ parameters = [] }) => parameters.join(', '), optional: true },
  { title: 'people said', cell: ({ decision = '' }) => decision, optional: true },
];

/** What changed, by the field of a change. */
const KINDS = [
  ['verdict', 'verdicts'],
  ['label', 'labels'],
  ['actions', 'actions'],
  ['amount', 'amounts'],
  ['parameters', 'parameters'],
] as const satisfies readonly (readonly [keyof Change, string])[];

export function report(told: Told, terminal: Terminal, all: boolean): string {
  const { automation, candidate, rehearsed, changed, leftOut, costUsd, medianMs, model, mostUsd } = told;
  const tried = Object.values(candidate).join(', ');
  const listed = all ? changed : changed.slice(0, LISTED);
  const left = Object.entries({ ...leftOut, 'nothing is kept of it': told.skipped });
  return [
    paint(terminal, 'bold', `${automation} with ${tried}: ${count(rehearsed)} items thought about again`),
    facts(
      [
        ['changed', `${count(changed.length)} of ${count(rehearsed)}`],
        ...KINDS.map(([kind, says]): [string, string | undefined] => {
          const of = changed.filter((one) => one[kind] !== undefined).length;
          return [says, of === 0 ? undefined : count(of)];
        }),
        ['cost', `${usd(costUsd.candidate)}, ${usd(costUsd.kept)} when they came`],
        ['at most', mostUsd === null ? undefined : usd(mostUsd)],
        ['half within', medianMs === null ? undefined : span(medianMs, 1)],
        ['answered by', model],
      ],
      terminal,
    ),
    ...(listed.length > 0 ? ['', table(COLUMNS, listed, terminal)] : []),
    ...(listed.length < changed.length
      ? [prose(`${count(changed.length - listed.length)} more: --all lists them.`, terminal)]
      : []),
    ...left.flatMap(([why, items]) =>
      items > 0 ? [prose(`${count(items)} left out: ${why}`, terminal)] : [],
    ),
  ].join('\n');
}
