import { html } from 'hono/html';
import type { Automation } from '../../contract/automation.ts';
import type { Markup } from '../../pages/layout.ts';
import { usd } from '../../reports/words.ts';
import { type BreakerView, readBreakers } from '../../tables/control/breakers.ts';
import { budgetView, readBudget } from '../../tables/control/budgets.ts';
import { cautionView, readCaution } from '../../tables/control/caution.ts';
import { holdView, readHold, stateOf } from '../../tables/control/hold.ts';
import { type RedriveRow, readRedrive, runningRedrives } from '../../tables/redrives/redrives.ts';
import type { DeskContext } from '../context.ts';
import type { Screen } from '../frame.ts';
import { address, type Site } from '../site.ts';
import { counted, timeMark } from '../words.ts';
import { readFilter } from './filter.ts';
import { findItems, longUnderWay, MOST_FOUND, type Place } from './find.ts';
import { ITEMS, statusPart } from './items.ts';
import { type Reason, reasonsOf } from './reasons.ts';
import { REDRIVES } from './redrives.ts';

export const OVERVIEW = '/console/operate';
export const HOLD = '/console/operate/hold';
export const DEAD_LETTERS = '/console/operate/dead-letters';

/** One screen at night: what is stuck and why, what does not run, who gets no calls, and what is being set right. */
export async function overviewScreen(context: DeskContext): Promise<Screen> {
  const { env, site, declarations, neighbours } = context;
  const stuck = readFilter(
    () => '',
    declarations.map(({ name }) => name),
  );
  const [found, waiting, states, breakers, redrives] = await Promise.all([
    findItems(context, stuck, MOST_FOUND),
    longUnderWay(context),
    Promise.all(declarations.map((it) => standingOf(context, it))),
    readBreakers(env.CONTROL_TABLE, neighbours),
    redrivesNow(env.CONTROL_TABLE),
  ]);
  const title = found.items.length > 0 ? `${counted(found.items.length, 'item')} stuck` : 'Nothing is stuck';
  const more = found.next === undefined ? '' : ', at least';
  const body = html`<h1>${title}${found.items.length > 0 ? more : ''}</h1>
<p class="files"><a href="${address(site, ITEMS)}">Find items</a> <a href="${address(site, DEAD_LETTERS)}">Dead letters</a>${stuck.automation ? html` <span class="soft">Reasons are those of ${stuck.automation}.</span>` : ''}</p>
${reasonsPart(site, reasonsOf(found.items))}
${waitingPart(site, waiting)}
<div class="cols">${automationsPart(site, states)}
${breakersPart(breakers)}
${redrives.length > 0 ? redrivesPart(site, redrives) : ''}</div>`;
  return { status: 200, title, body, at: 'operate', wide: true };
}

/** They go on by themselves: once a breaker closes, an operator lets go, or a queue is shorter. */
function waitingPart(site: Site, waiting: readonly Place[]): Markup | string {
  const oldest = waiting.at(-1);
  if (!oldest) return '';
  const link = address(site, ITEMS, { status: 'under-way' });
  return html`<p class="note"><a href="${link}">${counted(waiting.length, 'item')}</a> under way for more than five minutes, the oldest since ${timeMark(oldest.order.slice(0, oldest.order.indexOf('#')))}: held neighbours and open breakers keep items waiting, and so do long queues.</p>`;
}

const REASON_HEADS = ['Why', 'Stopped in', 'Automation', 'Items', 'Newest'];

function reasonsPart(site: Site, reasons: readonly Reason[]): Markup | string {
  if (reasons.length === 0) return '';
  return html`<table class="list" role="table"><caption class="quiet">Why items are stuck, the most first</caption>
<thead role="rowgroup"><tr role="row">${REASON_HEADS.map((it) => html`<th role="columnheader" scope="col">${it}</th>`)}</tr></thead>
<tbody role="rowgroup">${reasons.map(
    ({
      words,
      kind,
      stage,
      status,
      automation,
      count,
      newest,
    }) => html`<tr role="row"><th role="rowheader" scope="row"><a class="row-link" href="${address(site, ITEMS, { automation, status, class: kind, stage })}">${words}</a><span class="soft">${kind || 'no error'}</span></th>
<td role="cell" data-name="Stopped in"><span>${stage || '–'}<span class="soft">${statusPart(status)}</span></span></td>
<td role="cell" data-name="Automation">${automation}</td>
<td role="cell" data-name="Items" class="number">${count}</td>
<td role="cell" data-name="Newest">${timeMark(newest)}</td></tr>`,
  )}</tbody></table>`;
}

async function standingOf({ env }: DeskContext, { name, budget }: Automation) {
  const [spent, caution, hold] = await Promise.all([
    readBudget(env.CONTROL_TABLE, name),
    readCaution(env.CONTROL_TABLE, name),
    readHold(env.CONTROL_TABLE, name),
  ]);
  const { mode, actions } = holdView(hold, false);
  const held = mode ? stateOf(hold, { suspended: false }) : actions.map((it) => `${it} is held`).join(', ');
  return { name, held, budget: budgetView(budget, spent), caution: cautionView(caution, true) };
}

type State = Awaited<ReturnType<typeof standingOf>>;

function automationsPart(site: Site, states: readonly State[]): Markup {
  return html`<section class="panel" aria-labelledby="automations"><h2 id="automations">Automations</h2>
<table class="log"><caption class="quiet">Budget of today, holds and caution</caption><thead><tr><th scope="col">Automation</th><th scope="col">Today</th></tr></thead>
<tbody>${states.map(
    ({
      name,
      held,
      budget,
      caution,
    }) => html`<tr><th scope="row"><a href="${address(site, ITEMS, { automation: name })}">${name}</a></th>
<td>${usd(budget.spentTodayUsd)} of ${usd(budget.perDayUsd + budget.extraUsd)}
${held ? html`<strong class="line late"><span aria-hidden="true">!</span> ${held}</strong>` : ''}
${budget.suspended ? html`<strong class="line late"><span aria-hidden="true">!</span> its budget is spent</strong>` : ''}
${caution.on ? html`<span class="line"><a href="${address(site, '/console/caution')}">asks a person about ${caution.everything ? 'everything' : [...caution.actions, ...caution.labels].join(', ')}</a></span>` : ''}
<span class="line"><a href="${address(site, HOLD, { automation: name })}">Hold, resume or allow more<span class="quiet"> of ${name}</span></a></span></td></tr>`,
  )}</tbody></table></section>`;
}

function breakersPart(breakers: readonly BreakerView[]): Markup {
  const open = breakers.filter(
    ({ state, reason, forced }) => state !== 'closed' || reason || (forced && forced.state !== 'auto'),
  );
  return html`<section class="panel" aria-labelledby="breakers"><h2 id="breakers">Breakers</h2>
${
  open.length === 0
    ? html`<p>${counted(breakers.length, 'neighbour')}: all get calls.</p>`
    : html`<table class="log"><caption class="quiet">Neighbours that get no calls, or are held</caption><tbody>${open.map(
        ({
          kind,
          name,
          state,
          reason,
          until,
          forced,
        }) => html`<tr><th scope="row">${name}<span class="line soft">${kind}</span></th>
<td><strong class="late">${state}</strong>${reason ? html`<span class="line">${reason}</span>` : ''}${until ? html`<span class="line soft">until ${timeMark(until)}</span>` : ''}
${forced && forced.state !== 'auto' ? html`<span class="line soft">held ${forced.state} by ${forced.by}: <q>${forced.reason}</q></span>` : ''}</td></tr>`,
      )}</tbody></table>`
}</section>`;
}

async function redrivesNow(table: string): Promise<RedriveRow[]> {
  const ids = await runningRedrives(table);
  const rows = await Promise.all(ids.slice(0, MOST_REDRIVES).map((id) => readRedrive(table, id)));
  return rows.filter((row) => row !== undefined);
}

const MOST_REDRIVES = 20;

function redrivesPart(site: Site, rows: readonly RedriveRow[]): Markup {
  return html`<section class="panel" aria-labelledby="redrives"><h2 id="redrives">Redrives under way</h2>
<table class="log"><caption class="quiet">How far each has come</caption><tbody>${rows.map(
    ({
      redrive,
      automation,
      done,
      failed,
      skipped,
      matched,
      by,
      reason,
    }) => html`<tr><th scope="row"><a href="${address(site, `${REDRIVES}/${redrive}`)}">${automation}</a></th>
<td>${done + failed + skipped} of ${matched}<span class="line soft">${by}: <q>${reason}</q></span></td></tr>`,
  )}</tbody></table></section>`;
}
