import { percent, whole } from '../../lambdas/reports/words.ts';
import type { Releases } from '../commands/release.ts';
import { age } from '../format.ts';
import { type Column, facts, prose, table } from '../table.ts';
import { type Colour, paint, type Terminal } from '../terminal.ts';

type Running = NonNullable<Releases['running']>;
type Measure = Running['comparison']['measures'][number];
type Serving = Running['stable'];

const NAMES: Readonly<Record<Measure['name'], string>> = {
  failed: 'could not be judged',
  overridden: 'people rejected or edited',
  asked: 'people were asked',
  refused: 'were refused',
  cost: 'cost of an item',
  time: 'time to judge it',
};

const SAYS: Readonly<Record<Measure['says'], string>> = {
  better: 'better',
  worse: 'worse',
  other: 'differs',
  same: 'no difference beyond chance',
  open: 'too few yet',
};

const COLOURS: Partial<Record<Measure['says'], Colour>> = { better: 'green', worse: 'red', other: 'yellow' };

const COLUMNS: Column<Measure>[] = [
  { title: 'measure', cell: ({ name }) => NAMES[name], least: 16 },
  { title: 'stable', cell: ({ name, stable }) => value(name, stable), right: true },
  { title: 'candidate', cell: ({ name, candidate }) => value(name, candidate), right: true },
  { title: 'of', cell: ({ n }) => `${whole(n.stable)} / ${whole(n.candidate)}`, right: true, optional: true },
  { title: 'difference', cell: bounds, right: true, optional: true },
  { title: 'says', cell: ({ says }) => SAYS[says], colour: ({ says }) => COLOURS[says] },
];

/** What serves each step, what runs and how it goes, and what was. */
export function report(data: Releases, terminal: Terminal): string {
  const { automation, serving, running, ended } = data;
  const now = terminal.now();
  const steps = Object.entries(serving).map(([step, it]): [string, string] => [step, words(it)]);
  return [
    paint(terminal, 'bold', automation),
    facts(steps, terminal),
    ...(running ? ['', ...runningLines(running, terminal)] : ['', 'No release runs.']),
    ...(ended.length > 0 ? ['', paint(terminal, 'bold', 'Before')] : []),
    ...ended.map(({ step, candidate, mode, end }) =>
      prose(
        `${age(end.at, now)} ago: ${step} ${words(candidate)}, ${mode}: ${end.as} by ${end.by} after ${whole(end.items)} items: ${end.reason}`,
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
      `${step}: ${words(stable)} → ${words(candidate)}, ${mode} ${percent(share)}, for ${age(at, terminal.now())}, by ${by}: ${reason}`,
      terminal,
    ),
    ...(until ? [`until ${until}`] : []),
    ...(shadow ? shadowLines(shadow, terminal) : []),
    ...(mode === 'shadow'
      ? []
      : [
          `${paint(terminal, colour[verdict], verdict)}: ${why}`,
          `${whole(items.stable)} items with the stable one, ${whole(items.candidate)} with the candidate${promotes ? '; promoted by itself once it is better' : ''}`,
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

function words({ prompt, model }: Serving): string {
  return model ? `${prompt} by ${model.endpoint}/${model.name}` : prompt;
}

function value(name: Measure['name'], of: number | null): string {
  if (of === null) return '–';
  if (name === 'cost') return `$${Number(of.toPrecision(3))}`;
  return name === 'time' ? `${whole(Math.round(of))} ms` : percent(of);
}

function bounds({ low, high }: Measure): string {
  if (low === null || high === null) return '–';
  const sign = (of: number) => `${of < 0 ? '−' : '+'}${percent(Math.abs(of))}`;
  return `${sign(low)} to ${sign(high)}`;
}
