import { html } from 'hono/html';
import type { Markup } from '../../pages/layout.ts';
import type { Summary } from '../../reports/summary.ts';
import { time, usd } from '../../reports/words.ts';
import { type ChartOf, columns, figure, lines, totalOf } from '../views/statistics/chart.ts';
import { counted } from '../words.ts';
import { lastDays, type Weeks } from './figures.ts';

/* What happened by day (UTC), as pictures with their numbers beside them. */

const ENDS: readonly [name: string, colour: string, of: (it: Summary) => number][] = [
  ['done', 'approved', ({ done }) => done],
  ['refused or rejected', 'rejected', ({ refused, rejected }) => refused + rejected],
  ['parked or quarantined', 'sent-back', ({ parked, quarantined }) => parked + quarantined],
  ['expired or withdrawn', 'expired', ({ expired, withdrawn }) => expired + withdrawn],
];

/** @param marks what was changed on a day, such as a release */
export function dayCharts({ days }: Weeks, marks: ChartOf['marks'] = {}): Markup {
  const known = new Map(days.map(({ day, summary }) => [day, summary]));
  const bars = (of: (it: Summary | undefined) => number[]) =>
    lastDays().map((day) => ({ label: day, values: of(known.get(day)) }));
  const ends = { ...endsChart(bars((it) => ENDS.map(([, , count]) => (it ? count(it) : 0)))), marks };
  const money = { ...moneyChart(bars((it) => [it?.costUsd ?? 0, it?.awsUsd ?? 0])), marks };
  const times = { ...timesChart(bars((it) => [it?.p50Ms ?? Number.NaN, it?.p95Ms ?? Number.NaN])), marks };
  return html`<div class="charts">${figure(ends, columns(ends))}
<div class="cols">${figure(times, lines(times))}
${figure(money, columns(money))}</div></div>`;
}

function endsChart(bars: ChartOf['bars']): ChartOf {
  const sum = bars.reduce((all, bar) => all + totalOf(bar), 0);
  return {
    ...{ id: 'ends', title: 'What became of items, by day (UTC)', of: 'Day', bars },
    series: ENDS.map(([name, colour]) => ({ name, colour })),
    description: `${counted(sum, 'item')} came to an end or to rest in 14 days.`,
  };
}

function moneyChart(bars: ChartOf['bars']): ChartOf {
  const sum = bars.reduce((all, bar) => all + totalOf(bar), 0);
  return {
    ...{ id: 'money', title: 'What it costs, by day', of: 'Day', bars, tell: usd },
    ...{ fine: true, half: true },
    series: [
      { name: 'models', colour: 'plain' },
      { name: 'AWS, estimated', colour: 'expired' },
    ],
    description: `${usd(sum)} in 14 days.`,
  };
}

const LENGTHS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** In the unit in which the longest time is a number that people read. */
function timesChart(measured: ChartOf['bars']): ChartOf {
  const known = measured.flatMap(({ values }) => values.filter((ms) => !Number.isNaN(ms)));
  const most = Math.max(0, ...known);
  const [unit, length] = LENGTHS.find(([, ms]) => most >= 2 * ms) ?? ['ms', 1];
  const bars = measured.map(({ label, values }) => ({ label, values: values.map((ms) => ms / length) }));
  return {
    ...{ id: 'times', title: 'From arrival to the end', of: 'Day', bars, fine: true, half: true },
    series: [
      { name: 'half within', colour: 'plain' },
      { name: '95 of 100 within', colour: 'rejected' },
    ],
    tell: (value) => `${Number(value.toPrecision(3))} ${unit}`,
    description: known.length === 0 ? 'Nothing was measured.' : `The longest day had ${time(most)}.`,
  };
}
