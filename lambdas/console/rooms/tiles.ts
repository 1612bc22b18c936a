import { html } from 'hono/html';
import type { Share } from '../../kit/numbers/shares.ts';
import type { Markup } from '../../pages/layout.ts';
import type { Summary } from '../../reports/summary.ts';
import { AS_BEFORE, change, percent, pointsOf, time, usd, whole } from '../../reports/words.ts';
import type { budgetView } from '../../tables/control/budgets.ts';
import { WINDOW_DAYS } from '../../tables/samples/samples.ts';
import type { Weeks } from './figures.ts';

interface Tile {
  name: string;
  figure: string;
  /** Against the seven days before. */
  trend?: string;
  more?: string;
}

/** Volume, times, money and quality of the last seven days, each against the seven before. */
export function tilesPart(
  { now, before }: Weeks,
  budget: ReturnType<typeof budgetView>,
  audited?: Share,
): Markup {
  const today = `today ${usd(budget.spentTodayUsd)} of ${usd(budget.perDayUsd + budget.extraUsd)}`;
  const sections: [string, Tile[]][] = [
    ['Volume', volume(now, before)],
    [
      'Time and money',
      [
        { name: 'Half within', figure: time(now.p50Ms), trend: change(now.p50Ms, before.p50Ms) },
        { name: '95 of 100 within', figure: time(now.p95Ms), trend: change(now.p95Ms, before.p95Ms) },
        { name: 'Models', figure: usd(now.costUsd), trend: change(now.costUsd, before.costUsd), more: today },
        {
          ...{ name: 'AWS', figure: usd(now.awsUsd ?? null), more: 'estimated from what was done' },
          trend: change(now.awsUsd ?? null, before.awsUsd ?? null),
        },
        {
          ...{ name: 'For each item', figure: usd(now.costPerItemUsd), more: 'models and AWS' },
          trend: change(now.costPerItemUsd, before.costPerItemUsd),
        },
        {
          ...{ name: 'For each done', figure: usd(now.costPerDoneUsd), more: 'as proposed, and it stands' },
          trend: change(now.costPerDoneUsd, before.costPerDoneUsd),
        },
      ],
    ],
    ['Quality', quality(now, before, audited)],
    ['People', people(now, before)],
  ];
  return html`${sections.map(
    ([title, tiles]) =>
      html`<section aria-label="${title}"><h2>${title}</h2><div class="tiles">${tiles.map(tilePart)}</div></section>`,
  )}`;
}

function volume(now: Summary, before: Summary): Tile[] {
  const stopped = now.parked + now.quarantined;
  return [
    { name: 'Received', figure: whole(now.received), trend: change(now.received, before.received) },
    { name: 'Done', figure: whole(now.done), trend: change(now.done, before.done) },
    { name: 'Acted alone', figure: percent(now.alone), trend: pointsOf(now.alone, before.alone) },
    {
      ...{ name: 'Parked or quarantined', figure: whole(stopped) },
      trend: change(stopped, before.parked + before.quarantined),
    },
  ];
}

function quality(now: Summary, before: Summary, audited: Share | undefined): Tile[] {
  const errors = Object.entries(now.errors).map(([name, count]) => `${count} ${name}`);
  return [
    {
      ...{ name: 'Overridden', figure: percent(now.overrideRate), more: 'rejected or edited by people' },
      trend: pointsOf(now.overrideRate, before.overrideRate),
    },
    {
      ...{ name: 'Errors', figure: whole(Object.values(now.errors).reduce((sum, it) => sum + it, 0)) },
      more: errors.join(', '),
    },
    ...(now.promisesKept === null
      ? []
      : [
          {
            ...{ name: 'Promises kept', figure: percent(now.promisesKept) },
            trend: pointsOf(now.promisesKept, before.promisesKept),
          },
        ]),
    ...(audited && audited.n > 0
      ? [
          {
            ...{ name: 'Right, by audits', figure: percent(audited.value) },
            more: `${percent(audited.low)} to ${percent(audited.high)}, of ${whole(audited.n)} in ${WINDOW_DAYS} days`,
          },
        ]
      : []),
  ];
}

function people({ attention: now }: Summary, { attention: before }: Summary): Tile[] {
  return [
    { name: 'Asked', figure: whole(now.asked), trend: change(now.asked, before.asked) },
    {
      ...{ name: 'Looked at for', figure: time(now.p50Ms), more: 'half of the decisions took less' },
      trend: change(now.p50Ms, before.p50Ms),
    },
    {
      ...{ name: 'As proposed', figure: percent(now.agreement) },
      trend: pointsOf(now.agreement, before.agreement),
    },
    {
      ...{ name: 'Decided fast', figure: percent(now.shareFast) },
      trend: pointsOf(now.shareFast, before.shareFast),
    },
    {
      ...{ name: 'Their time', figure: usd(now.costUsd), more: time(now.seconds * 1000) },
      trend: change(now.costUsd, before.costUsd),
    },
  ];
}

function tilePart({ name, figure, trend = '', more = '' }: Tile): Markup {
  return html`<section class="tile"><h3>${name}</h3><p class="figure">${figure}</p>
${trend ? html`<p class="${trend === AS_BEFORE ? 'soft' : 'trend'}">${trend}</p>` : ''}${more ? html`<p class="soft">${more}</p>` : ''}</section>`;
}
