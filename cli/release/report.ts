import type { EndedRelease } from '../../lambdas/contract/steps/release.ts';
import {
  boundsWords,
  endWords,
  itemsWords,
  MEASURE_NAMES,
  SAYS_WORDS,
  servingWords,
  shadowFacts,
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
    ...ended.flatMap((one) => [
      prose(
        `${age(one.end.at, now)} ago: ${endWords(one as EndedRelease)}, by ${one.end.by}: ${one.end.reason}`,
        terminal,
      ),
      ...(one.shadow ? shadowLines(one.shadow, terminal) : []),
    ]),
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

function shadowLines(shadow: NonNullable<Running['shadow']>, terminal: Terminal): string[] {
  if (shadow.items === 0) return ['It has thought about no item yet.'];
  const { differing = [] } = shadow;
  const named = differing.map((id) => id.slice(0, id.indexOf('_') + 8)).join(' ');
  return [facts([...shadowFacts(shadow), ['such as', named || undefined]], terminal)];
}
