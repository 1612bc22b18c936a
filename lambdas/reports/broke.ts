import type { Figures } from '../tables/statistics/figures.ts';
import { viewOf } from '../tables/statistics/view.ts';
import type { Gathered, Line } from './gathered.ts';
import type { Summary } from './summary.ts';
import { percent, times, whole } from './words.ts';

const NO_RATES = { fastSeconds: 0, attentionUsdPerHour: 0 };

/** What went wrong in a week, and what operators had to do about it. */
export function brokeIn(figures: Figures, now: Summary, { known, daysSpent, commands }: Gathered): Line[] {
  const { errorsByStage, calls } = viewOf(figures, false, NO_RATES);
  const at = `/console/operate/items?automation=${known.name}`;
  const stopped = Object.entries(errorsByStage).flatMap(([stage, errors]) =>
    Object.entries(errors).map(([name, count]) => ({
      count,
      line: {
        words: `${whole(count)} stopped at ${stage}: ${name}`,
        link: `${at}&class=${name}&stage=${stage}`,
      },
    })),
  );
  const pressed = Object.entries(
    Object.groupBy(commands, ({ command = '' }) => command.split(' ')[0] ?? ''),
  ).filter(([command]) => MENDING.includes(command));
  return [
    ...stopped.sort((a, b) => b.count - a.count).map(({ line }) => line),
    ...(calls.failed > 0
      ? [{ words: `${whole(calls.failed)} of ${whole(calls.calls)} calls of models failed` }]
      : []),
    ...(now.promisesKept !== null && now.promisesKept < 1
      ? [{ words: `${percent(1 - now.promisesKept)} of the promises that came due were broken` }]
      : []),
    ...(now.expired > 0 ? [{ words: `${whole(now.expired)} expired: nobody decided in time` }] : []),
    ...(daysSpent.length > 0
      ? [
          {
            words: `its budget was spent on ${daysSpent.join(', ')}`,
            link: `/console/automations/${known.name}`,
          },
        ]
      : []),
    ...pressed.map(([command, of = []]) => ({
      words: `operators gave ${command} ${times(of.length)}`,
      link: '/console/audit',
    })),
  ];
}

/** Commands that set something right. */
const MENDING: readonly string[] = [
  'suspend',
  'drain',
  'resume',
  'redrive',
  'redrives',
  'compensate',
  'withdraw',
  'caution',
];
