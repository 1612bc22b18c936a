import {
  boundsWords,
  itemsWords,
  MEASURE_NAMES,
  SAYS_WORDS,
  servingWords,
  valueWords,
} from '../../lambdas/reports/release/words.ts';
import { percent, whole } from '../../lambdas/reports/words.ts';
import type { Releases } from '../commands/release.ts';
import { age } from '../format.ts';
import { type Column, facts, prose, table } from '../table.ts';
import { type Colour, paint, type Terminal } from '../terminal.ts';

type Running = NonNullable<Releases['running']>;
type Measure = Running['comparison']['measures'][number];

const COLOURS: Partial<Record<Measure['says'], Colour>> = { better: 'green', worse: 'red', other: 'yellow' };

const COLUMNS: Column<Measure>[] = [
  { title: 'measure', cell: ({ name }) => MEASURE_NAMES[name], least: 16 },
  { title: 'stable', cell: ({ name, stable }) => valueWords(name, stable), right: true },
  { title: 'candidate', cell: ({ name, candidate }) => valueWords(name, candidate), right: true },
  { title: 'of', cell: ({ n }) => `${whole(n.stable)} / ${whole(n.candidate)}`, right: true, optional: true },
  { title: 'difference', cell: boundsWords, right: true, optional: true },
  { title: 'says', cell: ({ says }) => SAYS_WORDS[says], colour: ({ says }) => COLOURS[says] },
];

/** What serves each step, what runs and how it goes, and what was. */
export function report(data: Releases, terminal: Terminal): string {
  const { automation, serving, running, ended } = data;
  const now = terminal.now();
  const steps = Object.entries(serving).map(([step, it]): [string, string] => [step, servingWords(it)]);
  return [
    paint(terminal, 'bold', automation),
    facts(steps, terminal),
    ...(running ? ['', ...runningLines(running, terminal)] : ['', 'No release runs.']),
    ...(ended.length > 0 ? ['', paint(terminal, 'bold', 'Before')] : []),
    ...ended.map(({ step, candidate, mode, end }) =>
      prose(
        `${age(end.at, now)} ago: ${step} ${servingWords(candidate)}, ${mode}: ${end.as} by ${end.by} after ${itemsWords(end.items)}: ${end.reason}`,
        terminal,
      ),
    ),
  ].join('\n');
}

function runningLines(running: Running, terminal: Terminal): string[] {
  const { step, mode, share, stable, candidate, by, at, reason, comparison, promotes, until, shadow } =
    running;
  const { verdict, items, measures, why } = comparison;
  const colour = { WORSE: 'red', BETTER: 'green', INCONCLUSIVE: 'yellow' } as const;
  return [
    prose(
      `${step}: ${servingWords(stable)} → ${servingWords(candidate)}, ${mode} ${percent(share)}, for ${age(at, terminal.now())}, by ${by}: ${reason}`,
      terminal,
    ),
    ...(until ? [prose(`until ${until}`, terminal)] : []),
    ...(shadow ? shadowLines(shadow, terminal) : []),
    ...(mode === 'shadow'
      ? []
      : [
          paint(terminal, colour[verdict], prose(`${verdict}: ${why}`, terminal)),
          prose(
            `${itemsWords(items.stable)} with the stable one, ${whole(items.candidate)} with the candidate${promotes ? '; promoted by itself once it is better' : ''}`,
            terminal,
          ),
          '',
          table(COLUMNS, measures, terminal),
        ]),
  ];
}

function shadowLines(
  { items, same, label, verdict, actions, failed, microUsd }: NonNullable<Running['shadow']>,
  terminal: Terminal,
): string[] {
  if (items === 0) return ['It has thought about no item yet.'];
  return [
    facts(
      [
        ['thought beside', whole(items)],
        ['the same', `${whole(same)} (${percent(same / items)})`],
        ['another label', whole(label)],
        ['another verdict', whole(verdict)],
        ['other actions', whole(actions)],
        ['failed', whole(failed)],
        ['cost', `$${(microUsd / 1e6).toFixed(6)}`],
      ],
      terminal,
    ),
  ];
}
