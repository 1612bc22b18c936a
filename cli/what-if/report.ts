import type { Verdict } from '../../lambdas/contract/item/status.ts';
import { type Changed, type Comparison, LIMITS_LEFT_OUT } from '../../lambdas/gate/policy/what-if.ts';
import { counted } from '../../lambdas/reports/words.ts';
import { count } from '../format.ts';
import { type Column, facts, prose, table } from '../table.ts';
import { paint, type Terminal } from '../terminal.ts';
import { oneLine } from '../text.ts';

/** Items that are listed unless all are asked for. */
const LISTED = 20;

export interface Told extends Comparison {
  automation: string;
  tried: string;
  skipped: number;
  minutesSaved: number | null;
  /** The automation declares limits. */
  limited: boolean;
}

const VERDICTS: readonly [Verdict, string][] = [
  ['act', 'acts alone'],
  ['ask', 'asks a person'],
  ['refuse', 'is refused'],
];

const COLUMNS: Column<Changed>[] = [
  { title: 'item', cell: ({ id }) => id, least: 12 },
  { title: 'label', cell: ({ label = '' }) => label, least: 6, optional: true },
  { title: 'now', cell: ({ from }) => from },
  { title: 'then', cell: ({ to }) => to },
  { title: 'amount', cell: ({ amount }) => money(amount), right: true, optional: true },
  { title: 'people said', cell: ({ decision = '' }) => decision, optional: true },
  { title: 'why', cell: ({ reasons }) => oneLine(reasons.join('; ')), least: 12, optional: true },
];

export function report(told: Told, terminal: Terminal, all: boolean): string {
  const {
    automation,
    tried,
    items,
    failed,
    changed,
    known,
    skipped,
    cameOtherwise,
    minutesSaved,
    lessAsked,
    beyondLimits,
  } = told;
  const heading = paint(terminal, 'bold', `${automation} with ${tried}, over ${counted(items, 'item')}`);
  if (items === 0)
    return [
      heading,
      prose(
        `Nothing to ask about: ${counted(skipped, 'item')} ${skipped === 1 ? 'has' : 'have'} nothing kept.`,
        terminal,
      ),
    ].join('\n');
  const moved = Object.entries(told.moved).map(([currency, value]) => `${currency} ${value}`.trim());
  const lines = VERDICTS.map(
    ([verdict, says]): Line => ({ says, before: told.before[verdict], after: told.after[verdict] }),
  );
  const listed = all ? changed : changed.slice(0, LISTED);
  const decided = known.right + known.wrong;
  return [
    heading,
    '',
    table(OUTCOME, lines, terminal),
    '',
    facts(
      [
        ['changed', `${count(changed.length)} of ${count(items)}`],
        [
          'people had decided',
          decided === 0 ? undefined : `${decided}: ${known.right} as it would be, ${known.wrong} otherwise`,
        ],
        [
          'people asked',
          lessAsked === 0
            ? undefined
            : `${count(Math.abs(lessAsked))} ${lessAsked > 0 ? 'less' : 'more'} often`,
        ],
        [
          'their time',
          minutesSaved
            ? `${Math.abs(minutesSaved)} minutes ${minutesSaved > 0 ? 'saved' : 'more'}`
            : undefined,
        ],
        ['moved alone', moved.length === 0 ? undefined : moved.join(', ')],
        [
          'beyond a limit',
          beyondLimits === 0
            ? undefined
            : `${count(beyondLimits)} of those that would act: they are for more than ever moves alone, and ask`,
        ],
        ['left out', skipped === 0 ? undefined : `${count(skipped)} that nothing is kept of`],
        ['gate failed', failed === 0 ? undefined : `with ${count(failed)}: left out as well`],
        [
          'came otherwise',
          cameOtherwise === 0 ? undefined : `${count(cameOtherwise)}, by limits, caution or an earlier gate`,
        ],
      ],
      terminal,
    ),
    ...(told.limited ? [prose(`Without ${LIMITS_LEFT_OUT}`, terminal)] : []),
    ...(listed.length > 0 ? ['', table(COLUMNS, listed, terminal)] : []),
    ...(listed.length < changed.length
      ? [prose(`${count(changed.length - listed.length)} more: --all lists them.`, terminal)]
      : []),
  ].join('\n');
}

interface Line {
  says: string;
  before: number;
  after: number;
}

const OUTCOME: Column<Line>[] = [
  { title: 'an item', cell: ({ says }) => says },
  { title: 'now', cell: ({ before }) => count(before), right: true },
  { title: 'then', cell: ({ after }) => count(after), right: true },
  {
    title: '',
    cell: ({ before, after }) => (after === before ? '' : `${after > before ? '+' : ''}${after - before}`),
    right: true,
  },
];

function money(amount: Changed['amount']): string {
  return amount ? `${amount.currency ?? ''} ${amount.value}`.trim() : '';
}
