import { html } from 'hono/html';
import type { Form } from '../../approve/channels/page/proof.ts';
import { isoNow } from '../../kit/clock.ts';
import type { Markup } from '../../pages/layout.ts';
import { type RedriveRow, readRedrive } from '../../tables/redrives/redrives.ts';
import type { DeskContext } from '../context.ts';
import { OLD_FORM } from '../forms.ts';
import type { Screen } from '../frame.ts';
import type { Person } from '../sign-in/identity.ts';
import { address } from '../site.ts';
import { counted, exactMark, option } from '../words.ts';
import { ENDS } from './buttons.ts';
import { type ItemFilter, readFilter, statusesOf } from './filter.ts';
import { ITEMS, statusWords } from './items.ts';
import { press } from './press.ts';
import { HOW_WORDS, HOWS, type How, howIn, howSaid, reasonField, reasonIn } from './reason.ts';

export const REDRIVES = '/console/operate/redrives';

const RATES = [60, 300, 1200, 6000] as const;

/** Below a list: everything that fits its filter, not only what is on the page. Nothing is done before a second page. */
export function manyPart({ site }: DeskContext, filter: ItemFilter, nonce: unknown): Markup | string {
  const statuses = statusesOf(filter);
  if (filter.search || !statuses || statuses.some((it) => ENDS.includes(it))) return '';
  if (!filter.automation)
    return html`<p class="soft">To let many items go on together, choose their automation.</p>`;
  return html`<section class="panel" aria-labelledby="many"><h2 id="many">Let all of these go on</h2>
<p>All that fit the filter, on every page. First you see how many they are; nothing is done yet.</p>
<form method="post" action="${address(site, REDRIVES)}">${nonce}${hiddenPart({ ...filter, until: '' })}
<div class="fields"><div><label for="many-how">How</label><select id="many-how" name="how">${HOWS.map((it) => option(it, HOW_WORDS[it], 'stopped'))}</select></div>
<div><label for="rate">How fast</label><select id="rate" name="rate">${RATES.map((it) => option(String(it), `${it} a minute`, '300'))}</select></div></div>
${reasonField('many-reason')}
<div class="buttons"><button class="plain" name="what" value="preview">See what would go on</button></div></form></section>`;
}

const FILTER = ['automation', 'status', 'class', 'stage', 'label', 'since'] as const;

function hiddenPart(filter: ItemFilter & { until: string }): Markup {
  return html`${[...FILTER, 'until' as const].map((name) => html`<input type="hidden" name="${name}" value="${filter[name]}">`)}`;
}

interface Wish {
  filter: ItemFilter & { until: string };
  rate: number;
  how: How;
  reason: string;
}

/** @param form undefined where it is none of ours */
export async function takeRedrives(
  context: DeskContext,
  person: Person,
  form: Form | undefined,
  nonce: unknown,
): Promise<Screen> {
  if (!form) return refused(context, OLD_FORM);
  const names = context.declarations.map(({ name }) => name);
  // What came after the first page was not seen on it.
  const until = readFilter((name) => (name === 'since' ? form.field('until') : ''), names).since || isoNow();
  const filter = { ...readFilter((name) => form.field(name), names), until };
  if (!filter.automation) return refused(context, 'Nothing was done: please choose an automation.');
  const said = reasonIn(form);
  if ('fault' in said) return refused(context, said.fault, filter);
  const rate = RATES.find((it) => String(it) === form.field('rate')) ?? 300;
  const wish = { filter, rate, how: howIn(form), ...said };
  const begins = form.field('what') === 'redrive';
  const pressed = await press(context, person, {
    at: 'POST /v1/automations/{name}/redrives',
    params: { name: filter.automation },
    body: { ...bodyOf(wish), dryRun: !begins },
  });
  if ('fault' in pressed) return refused(context, pressed.fault, filter);
  const id = String(pressed.done.id);
  const row = await readRedrive(context.env.CONTROL_TABLE, id);
  if (!row) return refused(context, 'It is not known how this redrive stands.', filter);
  return begins ? redriveScreen(context, row) : previewScreen(context, wish, row, nonce);
}

function bodyOf({ filter, rate, how, reason }: Wish) {
  const { class: kind, stage, label, since, until } = filter;
  const asked = { class: kind, stage, label, since, until };
  const given = Object.entries(asked).filter(([, value]) => value !== '');
  return {
    filter: { status: statusesOf(filter), ...Object.fromEntries(given) },
    ...{ ratePerMinute: rate, reason, ...howSaid(how) },
  };
}

function previewScreen(context: DeskContext, wish: Wish, row: RedriveRow, nonce: unknown): Screen {
  const { filter, rate, how, reason } = wish;
  const title = row.done > 0 ? `Let ${counted(row.done, 'item')} go on?` : 'Nothing would go on';
  const stays = row.matched - row.done;
  const body = html`${backPart(context, filter)}<h1>${title}</h1>
<p class="brief">Nothing has been done yet. ${counted(row.matched, 'item')} of ${filter.automation} ${row.matched === 1 ? 'fits' : 'fit'}${stays > 0 ? `; ${stays} of them may not go on now, and ${stays === 1 ? 'stays' : 'stay'} as ${stays === 1 ? 'it is' : 'they are'}` : ''}.</p>
<table class="log"><caption class="quiet">What was asked for</caption><tbody>${wordsOf(filter).map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}
<tr><th scope="row">How</th><td>${HOW_WORDS[how]}, ${rate} a minute</td></tr><tr><th scope="row">Why</th><td><q>${reason}</q></td></tr></tbody></table>
${
  row.done > 0
    ? html`<form id="confirm" method="post" action="${address(context.site, REDRIVES)}">${nonce}${hiddenPart(filter)}
<input type="hidden" name="how" value="${how}"><input type="hidden" name="rate" value="${rate}"><input type="hidden" name="reason" value="${reason}">
<div class="buttons"><button class="approve" name="what" value="redrive">Yes, redrive ${counted(row.done, 'item')}</button></div></form>`
    : ''
}`;
  return { status: 200, title, body, at: 'operate' };
}

function wordsOf(filter: Wish['filter']): [string, string][] {
  const statuses = statusesOf(filter) ?? [];
  const words: [string, string][] = [
    ['Automation', filter.automation],
    ['Status', statuses.map(statusWords).join(', ')],
    ['Error', filter.class],
    ['Stopped in', filter.stage],
    ['Label', filter.label],
    ['Received since', filter.since],
    ['Received before', filter.until],
  ];
  return words.filter(([, value]) => value !== '');
}

function refused(context: DeskContext, fault: string, filter?: ItemFilter): Screen {
  const body = html`${backPart(context, filter)}<h1>Nothing was done</h1><p class="fault" role="alert">${fault}</p>`;
  return { status: 400, title: 'Nothing was done', body, at: 'operate' };
}

function backPart({ site }: DeskContext, filter?: ItemFilter): Markup {
  const { automation = '', status = '', class: kind = '', stage = '', label = '' } = filter ?? {};
  const query = { automation, status, class: kind, stage, label };
  return html`<p class="back"><a href="${address(site, ITEMS, query)}">← Items</a></p>`;
}

/** How a redrive of many items stands. It goes on without anybody looking. */
export function redriveScreen(context: DeskContext, row: RedriveRow): Screen {
  const { automation, matched, done, failed, skipped, by, reason, startedAt, ratePerMinute } = row;
  const title = row.dryRun ? 'A redrive that was only looked at' : `Redrive: ${row.state}`;
  const lines: [string, Markup | string][] = [
    ['Automation', automation],
    ['Items that fitted', String(matched)],
    [row.dryRun ? 'Would go on' : 'Went on', String(done)],
    ['Stayed, for a fault of ours', String(failed)],
    ['Went on by themselves, or may not', String(skipped)],
    ['Pace', `${ratePerMinute} a minute`],
    ['Asked for', html`${exactMark(startedAt)} by ${by}: <q>${reason}</q>`],
  ];
  const body = html`<p class="back"><a href="${address(context.site, ITEMS, { automation })}">← Items of ${automation}</a></p>
<h1>${title}</h1>
<table class="log"><caption class="quiet">How far it has come</caption><tbody>${lines.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</tbody></table>
${row.state === 'running' ? html`<p><a href="${address(context.site, `${REDRIVES}/${row.redrive}`)}">Look again</a>. It goes on by itself, also when this page is closed.</p>` : ''}`;
  return { status: 200, title, body, at: 'operate' };
}
