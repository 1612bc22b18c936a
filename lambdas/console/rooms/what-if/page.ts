import { html } from 'hono/html';
import type { Automation } from '../../../contract/automation.ts';
import { type Changed, hasLimits, LIMITS_LEFT_OUT } from '../../../gate/policy/what-if.ts';
import type { Markup } from '../../../pages/layout.ts';
import { whole } from '../../../reports/words.ts';
import { askedOf, untoldPart } from '../../audits/waiting.ts';
import type { DeskContext } from '../../context.ts';
import type { Screen } from '../../frame.ts';
import { itemNumber, itemPath } from '../../operate/items.ts';
import { mayHold, type Person } from '../../sign-in/identity.ts';
import { address, type Site } from '../../site.ts';
import { counted, timeMark } from '../../words.ts';
import { roomPath } from '../review.ts';
import { cell } from '../tables.ts';
import { whatIfForm, whatIfPath } from './form.ts';
import { MOST_ITEMS, type Sample, sampleOf } from './sample.ts';
import { type Tried, triedIn } from './values.ts';

const LISTED = 50;

/**
 * What other thresholds would have done with the newest items. Figures, labels and amounts are for whoever sees the automation's page; what
 * an item says, and why the policy would decide so, are not on it: reasons may repeat words of an item.
 */
export async function whatIfScreen(
  context: DeskContext,
  person: Person,
  automation: Automation,
  queries: (name: string) => readonly string[] | undefined,
): Promise<Screen | Response> {
  const { site } = context;
  const { name } = automation;
  const tried = triedIn(automation, queries);
  if (tried.clean) {
    const location = address(site, whatIfPath(name), tried.clean);
    return new Response(null, { status: 303, headers: { location } });
  }
  const found = tried.fault ? undefined : await foundWith(context, person, automation, tried);
  const sample = found?.sample;
  const title = `What if: ${name}`;
  const body = html`<nav class="back" aria-label="Back"><a href="${address(site, roomPath(name))}">${name}</a></nav>
<h1>What another threshold would have done</h1>
<p>The gate of ${name} is asked again about items that it judged, with another number. Nothing is called, paid or changed.</p>
${tried.fault ? html`<p class="fault" role="alert">${tried.fault}</p>` : ''}
<div class="beside"><section class="panel" aria-label="What to try">${whatIfForm(site, automation, tried, sample?.amounts)}</section>
${sample ? resultPart(automation, tried, sample) : ''}</div>
${found ? changedPart(site, found.sample, found.asked, mayHold(person)) : ''}`;
  return { status: tried.fault ? 400 : 200, title, body, at: 'automations', wide: true };
}

async function foundWith(context: DeskContext, person: Person, automation: Automation, tried: Tried) {
  const [sample, asked] = await Promise.all([
    sampleOf(context, automation, tried),
    askedOf(context, person, automation.name),
  ]);
  return { sample, asked };
}

const VERDICTS = [
  ['act', 'acts alone'],
  ['ask', 'asks a person'],
  ['refuse', 'is refused'],
] as const;

function resultPart(automation: Automation, tried: Tried, sample: Sample): Markup {
  const { before, after, items } = sample;
  const words = wordsOf(automation, tried);
  const title = words ? `With ${words}` : 'As it is';
  return html`<section class="panel known" aria-labelledby="result"><h2 id="result">${title}</h2>
${items === 0 ? html`<p>Nothing is kept of the items of the last ${tried.days} days.</p>` : ''}
<table class="figures"><caption class="quiet">${title}, over ${counted(items, 'item')}</caption>
<thead><tr><th scope="col">An item</th><th scope="col">Now</th><th scope="col">Then</th><th scope="col">Change</th></tr></thead>
<tbody>${VERDICTS.map(([verdict, says]) => html`<tr><th scope="row">${says}</th><td>${whole(before[verdict])}</td><td>${whole(after[verdict])}</td><td>${signed(after[verdict] - before[verdict])}</td></tr>`)}</tbody></table>
${factsPart(sample)}
${hasLimits(automation) ? html`<p class="soft">Without ${LIMITS_LEFT_OUT}</p>` : ''}
${boundPart(tried, sample)}
${words ? html`<p>The same in the terminal, over all of them, with the reasons: <code>${commandOf(automation, tried)}</code></p>` : ''}</section>`;
}

/** `amount 150 instead of 100` */
function wordsOf({ thresholds = {} }: Automation, { values }: Tried): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value} instead of ${thresholds[name]?.value}`)
    .join(', ');
}

function commandOf({ name }: Automation, { values, days }: Tried): string {
  const thresholds = Object.entries(values).map(([of, value]) => `${of}=${value}`);
  return `npm run signalbox -- what-if ${name} --threshold ${thresholds.join(',')} --since ${days}d`;
}

function factsPart({
  items,
  changed,
  known,
  lessAsked,
  minutesSaved,
  moved,
  beyondLimits,
  skipped,
  cameOtherwise,
  failed,
}: Sample) {
  const decided = known.right + known.wrong;
  const money = Object.entries(moved).map(([currency, value]) => `${currency} ${value}`.trim());
  const facts: [string, string | false][] = [
    ['Would change', `${whole(changed.length)} of ${whole(items)}`],
    [
      'People had decided',
      decided > 0 &&
        `${whole(decided)} of them: ${whole(known.right)} as it would, ${whole(known.wrong)} otherwise`,
    ],
    [
      'People asked',
      lessAsked !== 0 && `${whole(Math.abs(lessAsked))} ${lessAsked > 0 ? 'less' : 'more'} often`,
    ],
    [
      'Their time',
      minutesSaved !== null &&
        minutesSaved !== 0 &&
        `${Math.abs(minutesSaved)} minutes ${minutesSaved > 0 ? 'saved' : 'more'}`,
    ],
    ['Moved alone', money.length > 0 && money.join(', ')],
    [
      'Beyond a limit',
      beyondLimits > 0 &&
        `${whole(beyondLimits)} of those that would act: they are for more than ever moves alone, and ask`,
    ],
    ['Left out', skipped > 0 && `${whole(skipped)} of which nothing is kept`],
    ['Gate failed', failed > 0 && `with ${whole(failed)}: left out as well`],
    ['Came otherwise', cameOtherwise > 0 && `${whole(cameOtherwise)}, by limits, caution or an earlier gate`],
  ];
  return html`<dl>${facts.map(([name, says]) => (says === false ? '' : html`<div><dt>${name}</dt><dd>${says}</dd></div>`))}</dl>`;
}

function boundPart({ days }: Tried, { cutAt }: Sample): Markup {
  return cutAt === undefined
    ? html`<p class="soft">All items of the last ${days} days.</p>`
    : html`<p class="note">A sample: the newest ${whole(MOST_ITEMS)} items, back to ${timeMark(cutAt)}. There are more in the last ${days} days, and they are not counted here.</p>`;
}

function signed(change: number): string {
  return change === 0 ? '–' : `${change > 0 ? '+' : '−'}${whole(Math.abs(change))}`;
}

const HEADS = ['Item', 'Now', 'Then', 'Amount', 'People said'];

function changedPart(
  site: Site,
  { changed }: Sample,
  asked: ReadonlySet<string>,
  opens: boolean,
): Markup | string {
  if (changed.length === 0) return '';
  const title = 'What would change';
  const told = changed.filter(({ id }) => !asked.has(id));
  const untold = untoldPart({ site }, changed.length - told.length);
  if (told.length === 0) return html`<h2>${title}</h2>${untold}`;
  const more = told.length > LISTED ? `The newest ${LISTED} of ${whole(told.length)}.` : '';
  return html`<h2>${title}</h2>${untold}
<p class="soft">${more} ${opens ? '' : 'Operators can open these items.'}</p>
<table class="list" role="table"><caption class="quiet">${title}, newest first</caption>
<thead role="rowgroup"><tr role="row">${HEADS.map((it) => html`<th role="columnheader" scope="col">${it}</th>`)}</tr></thead>
<tbody role="rowgroup">${told.slice(0, LISTED).map((it) => changedLine(site, it, opens))}</tbody></table>`;
}

function changedLine(site: Site, { id, label, from, to, amount, decision }: Changed, opens: boolean): Markup {
  const number = opens
    ? html`<a class="row-link number" href="${address(site, itemPath(id))}">${itemNumber(id)}</a>`
    : html`<span class="number">${itemNumber(id)}</span>`;
  return html`<tr role="row"><th role="rowheader" scope="row">${number} <span class="soft">${label ?? ''}</span></th>
${cell('Now', VERDICT_WORDS[from])}${cell('Then', VERDICT_WORDS[to])}${cell('Amount', amount ? `${amount.currency ?? ''} ${amount.value}`.trim() : '')}${cell('People said', decision ?? '')}</tr>`;
}

const VERDICT_WORDS = Object.fromEntries(VERDICTS) as Record<Changed['from'], string>;
