import { html } from 'hono/html';
import type { Automation } from '../../contract/automation.ts';
import type { Markup } from '../../pages/layout.ts';
import { type DriftView, driftView } from '../../reports/drift/view.ts';
import {
  awaitedWords,
  heightName,
  heightTeller,
  isCompared,
  MEASURE_WORDS,
  valueWords,
} from '../../reports/drift/words.ts';
import { percent, whole } from '../../reports/words.ts';
import { readDrift } from '../../tables/drift/drift.ts';
import { readPinned } from '../../tables/drift/pinned.ts';
import type { DeskContext } from '../context.ts';
import type { Screen } from '../frame.ts';
import { type Person, seesAll } from '../sign-in/identity.ts';
import { address } from '../site.ts';
import { type ChartOf, figure, pairs } from '../views/statistics/chart.ts';
import { counted, timeMark } from '../words.ts';
import { roomPath } from './review.ts';

/** What of an automation drifts, as it was found today: two reads, whatever the number of items. */
export async function driftScreen(
  { env, site }: DeskContext,
  person: Person,
  { name }: Automation,
): Promise<Screen> {
  const [{ drift }, standing] = await Promise.all([
    readDrift(env.CONTROL_TABLE, name),
    readPinned(env.CONTROL_TABLE, name),
  ]);
  const view = driftView(name, drift, seesAll(person), standing);
  const awaited = awaitedWords(view);
  const { judgedAt, week, reference, pinned, heights, mixes } = view;
  const body = html`<nav class="back" aria-label="Back"><a href="${address(site, roomPath(name))}">${name}</a></nav>
<h1>Drift of ${name}</h1>
${awaited ? html`<p class="note">${awaited}</p>` : ''}
${
  week && reference && judgedAt
    ? html`<p class="soft">The seven days from ${week.from} beside the four weeks from ${reference.from}, judged ${timeMark(judgedAt)}.</p>${pinned ? html`<p class="note">These four weeks are pinned by ${pinned.by} since ${timeMark(pinned.at)}: ${pinned.reason}</p>` : ''}
${shiftsPart(view)}${pastPart(view)}
<div class="charts"><div class="cols">${mixes.map(mixPart)}</div></div>
${heightsPart(heights)}${tooFewPart(view)}`
    : html`<p class="empty">It was not judged yet: it is, once a day.</p>`
}`;
  return { status: 200, title: `Drift of ${name}`, body, at: 'automations', wide: true };
}

/** For the automation's own page. */
export function driftLine({ shifts, judgedAt, tooFew, mixes }: DriftView, link: string): Markup {
  const words =
    shifts.length > 0
      ? html`<strong class="late"><span aria-hidden="true">!</span> ${counted(shifts.length, 'shift')}</strong>: ${shifts[0]?.words ?? ''}`
      : judgedAt === null || (mixes.length === 0 && tooFew.length > 0)
        ? 'too little to compare yet'
        : 'the last week is like those before';
  return html`<p><a href="${link}">Drift</a>: ${words}</p>`;
}

export const driftPath = (name: string) => `${roomPath(name)}/drift`;

function shiftsPart(view: DriftView): Markup | string {
  const { shifts } = view;
  // That too little is there to compare is said below.
  if (!isCompared(view)) return '';
  if (shifts.length === 0) return html`<p class="note" role="status">Nothing shifted.</p>`;
  return html`<section class="panel report" aria-labelledby="shifts"><h2 id="shifts">What shifted</h2>
<ul>${shifts.map(({ words, since, advice }) => html`<li><b>${words}</b>, since ${since}<br><span class="soft">${advice}</span></li>`)}</ul></section>`;
}

function pastPart({ past }: DriftView): Markup | string {
  if (past.length === 0) return '';
  return html`<details><summary>What is over</summary><ul>${past.map(({ words, since, until }) => html`<li>${words} <span class="soft">${since} to ${until}</span></li>`)}</ul></details>`;
}

function mixPart({ measure, items, shares, shifted }: DriftView['mixes'][number]): Markup {
  const chart: ChartOf = {
    ...{
      id: measure,
      title: MEASURE_WORDS[measure],
      of: measure === 'length' ? 'Characters' : 'Value',
      half: true,
      tell: percent,
    },
    bars: inOrder(measure, shares).map(({ value, before, now }) => ({
      label: valueWords(measure, value).replace(/ characters?$/, ''),
      values: [before, now],
    })),
    series: [
      { name: `before, of ${whole(items.before)}`, colour: 'expired' },
      { name: `now, of ${whole(items.now)}`, colour: shifted ? 'rejected' : 'plain' },
    ],
    description: shifted ? 'It shifted.' : 'It did not shift.',
  };
  return figure(chart, pairs(chart));
}

/** Those that have an order in it; of others what changed most comes first. */
function inOrder<Share extends { value: string }>(
  measure: string,
  shares: readonly Share[],
): readonly Share[] {
  if (measure !== 'length' && measure !== 'confidence') return shares;
  return shares.toSorted((a, b) => Number(a.value) - Number(b.value));
}

function heightsPart(heights: DriftView['heights']): Markup | string {
  if (heights.length === 0) return '';
  const title = 'Times and costs';
  return html`<h2>${title}</h2><div class="wide" role="region" aria-label="${title}" tabindex="0"><table><caption class="quiet">${title}, before and now</caption>
<thead><tr><th scope="col">Measured</th><th scope="col">Within</th><th scope="col">Before</th><th scope="col">Now</th><th scope="col">Items</th></tr></thead>
<tbody>${heights.map((it) => {
    const as = heightTeller(it);
    return html`<tr><th scope="row">${heightName(it)}</th><td>${it.percent === 50 ? 'half' : '95 of 100'}</td><td>${as(it.before)}</td><td>${it.shifted ? html`<strong class="late"><span aria-hidden="true">!</span> ${as(it.now)}</strong>` : as(it.now)}</td><td>${whole(it.items.now)}</td></tr>`;
  })}</tbody></table></div>`;
}

function tooFewPart({ tooFew }: DriftView): Markup | string {
  if (tooFew.length === 0) return '';
  return html`<p class="soft">Too little to compare: ${tooFew.map((measure) => MEASURE_WORDS[measure].toLowerCase()).join(', ')}.</p>`;
}
