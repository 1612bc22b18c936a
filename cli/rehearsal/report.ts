import { VERDICTS } from '../../lambdas/contract/item/status.ts';
import type { Change, Rehearsal } from '../../lambdas/contract/steps/rehearsal.ts';
import { counted, time } from '../../lambdas/reports/words.ts';
import { count, usd } from '../format.ts';
import { type Column, facts, prose, table } from '../table.ts';
import { paint, type Terminal } from '../terminal.ts';

/** Items that are listed unless all are asked for. */
const LISTED = 20;

export const NOT_KEPT = 'nothing is kept of it';

export interface Told extends Rehearsal {
  automation: string;
  candidate: Readonly<Record<string, string>>;
  /** Items received from then on (ISO 8601). */
  since: string;
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
  const { automation, candidate, rehearsed, changed, leftOut, costUsd, medianMs, model, mostUsd, verdicts } =
    told;
  const tried = Object.values(candidate).join(', ');
  const listed = all ? changed : changed.slice(0, LISTED);
  const left = Object.entries({ ...leftOut, [NOT_KEPT]: told.skipped });
  return [
    paint(terminal, 'bold', `${automation} with ${tried}: ${counted(rehearsed, 'item')} thought about again`),
    facts(
      [
        ['changed', `${count(changed.length)} of ${count(rehearsed)}`],
        ...KINDS.map(([kind, says]): [string, string | undefined] => {
          const of = changed.filter((one) => one[kind] !== undefined).length;
          return [says, of === 0 ? undefined : count(of)];
        }),
        ...VERDICTS.map((verdict): [string, string | undefined] => {
          const [was, is] = [verdicts.kept[verdict], verdicts.candidate[verdict]];
          return [verdict, was + is === 0 ? undefined : `${count(was)} → ${count(is)}`];
        }),
        ['people decided', knownWords(changed)],
        ['cost', `${usd(costUsd.candidate)}, ${usd(costUsd.kept)} when they came`],
        ['budget', mostUsd === null ? undefined : usd(mostUsd)],
        ['half within', medianMs === null ? undefined : time(medianMs)],
        ['answered by', model],
      ],
      terminal,
    ),
    ...(told.blind
      ? [
          '',
          paint(
            terminal,
            'red',
            prose(
              'The sandbox model does not read prompts: what this one would change cannot be told. Set OPENAI_API_KEY.',
              terminal,
            ),
          ),
        ]
      : []),
    ...(listed.length > 0 ? ['', table(COLUMNS, listed, terminal)] : []),
    ...(listed.length < changed.length
      ? [prose(`${count(changed.length - listed.length)} more: --all lists them.`, terminal)]
      : []),
    ...left.flatMap(([why, items]) =>
      items > 0 ? [prose(`${count(items)} left out: ${why}`, terminal)] : [],
    ),
  ].join('\n');
}

/** Of what changed: whether people had decided it as the candidate would alone. */
function knownWords(changed: readonly Change[]): string | undefined {
  const [right, wrong] = [true, false].map((it) => changed.filter((one) => one.right === it).length);
  return right || wrong
    ? `${count(right ?? 0)} as it would alone, ${count(wrong ?? 0)} otherwise`
    : undefined;
}
