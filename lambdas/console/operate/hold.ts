import { html } from 'hono/html';
import type { Form } from '../../approve/channels/page/proof.ts';
import type { Automation } from '../../contract/automation.ts';
import type { Markup } from '../../pages/layout.ts';
import { budgetView, readBudget } from '../../tables/control/budgets.ts';
import {
  type AutomationState,
  type HoldRow,
  type HoldView,
  heldWhole,
  holdView,
  readHold,
  stateOf,
} from '../../tables/control/hold.ts';
import type { DeskContext } from '../context.ts';
import { OLD_FORM } from '../forms.ts';
import type { Screen } from '../frame.ts';
import type { Person } from '../sign-in/identity.ts';
import { address } from '../site.ts';
import { counted, option, timeMark } from '../words.ts';
import { readFilter } from './filter.ts';
import { findItems, MOST_FOUND } from './find.ts';
import { HOLD, OVERVIEW } from './overview.ts';
import { type Command, press } from './press.ts';
import { reasonField, reasonIn } from './reason.ts';
import type { News } from './story.ts';

/** What a form did, and what was typed into it. */
type HoldNews = News & { typed?: string };

const EVERYTHING = 'everything';

/** Whether an automation runs, what of it waits, and the buttons that hold it or let it go on. */
export async function holdScreen(
  context: DeskContext,
  { name, budget, actions }: Automation,
  nonce: unknown,
  news: HoldNews = {},
): Promise<Screen> {
  const { env, site } = context;
  const asked = { automation: name, status: 'suspended' } as Record<string, string>;
  const [waiting, spent, hold] = await Promise.all([
    findItems(
      context,
      readFilter((field) => asked[field], [name]),
      MOST_FOUND,
    ),
    readBudget(env.CONTROL_TABLE, name),
    readHold(env.CONTROL_TABLE, name),
  ]);
  const money = budgetView(budget, spent);
  const { notes = [], ...view } = holdView(hold, true);
  const some = waiting.next === undefined ? '' : ' or more';
  const many = waiting.items.length !== 1;
  const title = news.fault ? 'Nothing was changed' : `Hold or resume ${name}`;
  const body = html`<p class="back"><a href="${address(site, OVERVIEW)}">← Overview</a></p><h1>${title}</h1>
${news.fault ? html`<p class="fault" role="alert">${news.fault}</p>` : ''}
${news.told ? html`<p class="note" role="status">${news.told}</p>` : ''}
<p class="brief">${stateSaid(hold, money.suspended)}${actionsSaid(view)} ${counted(waiting.items.length, 'item')}${some} ${many ? 'wait' : 'waits'}. Today it has spent US$ ${money.spentTodayUsd.toFixed(2)} of ${(money.perDayUsd + money.extraUsd).toFixed(2)}.</p>
${notes.length > 0 ? html`<ul>${notes.map((note) => html`<li><b>${note.mode} ${note.of}</b>: <q>${note.reason}</q> <span class="soft">${note.by}, ${timeMark(note.at)}</span></li>`)}</ul>` : ''}
${resumePart(context, name, view, nonce, news)}
${holdPart(context, name, Object.keys(actions), nonce, news, notes.length === 0 && waiting.items.length === 0)}`;
  return { status: news.fault ? 400 : 200, title, body, at: 'operate' };
}

const SAID: Record<AutomationState, string> = {
  running: 'It runs.',
  suspended: 'It is suspended: nothing of it goes on.',
  draining: 'It drains: what is begun is finished, and nothing new is begun.',
  drained: 'It is drained: what was begun is finished, and nothing new is begun.',
};

function stateSaid(hold: HoldRow | undefined, spent: boolean): string {
  if (!heldWhole(hold) && spent) return 'Its budget of today is spent.';
  return SAID[stateOf(hold, { suspended: false })];
}

function actionsSaid({ mode, actions }: HoldView): string {
  if (mode !== undefined || actions.length === 0) return '';
  return ` Nothing is done of ${actions.join(', ')}.`;
}

function resumePart(
  { site }: DeskContext,
  name: string,
  { actions }: HoldView,
  nonce: unknown,
  { typed }: HoldNews,
): Markup {
  return html`<section aria-labelledby="go-on"><h2 id="go-on">Let it go on</h2>
<form method="post" action="${address(site, HOLD)}">${nonce}<input type="hidden" name="automation" value="${name}">
${actions.length > 0 ? whatPart('resume-of', actions) : ''}
<label for="usd">Allow more for today, in US$ <span>may stay empty</span></label>
<input id="usd" name="usd" inputmode="decimal" maxlength="12" autocomplete="off">
${reasonField('resume-reason', typed)}
<div class="buttons"><button class="approve" name="what" value="resume">Resume ${name}</button></div></form></section>`;
}

function holdPart(
  { site }: DeskContext,
  name: string,
  actions: readonly string[],
  nonce: unknown,
  { typed, fault }: HoldNews,
  nothingWaits: boolean,
): Markup {
  return html`<details${nothingWaits || (fault && typed) ? html` open` : ''}><summary>Hold it</summary>
<p>Work is still accepted, and waits; nothing of it is lost. <b>Suspend</b>: nothing goes on, within five seconds. <b>Drain</b>: what is begun is finished, and nothing new is begun.</p>
<form method="post" action="${address(site, HOLD)}">${nonce}<input type="hidden" name="automation" value="${name}">
${whatPart('hold-of', actions)}
${reasonField('hold-reason', typed)}
<div class="buttons"><button class="reject" name="what" value="suspend">Suspend</button>
<button class="plain" name="what" value="drain">Drain</button></div></form></details>`;
}

function whatPart(id: string, actions: readonly string[]): Markup {
  return html`<label for="${id}">What</label><select id="${id}" name="of">${[EVERYTHING, ...actions].map((it) => option(it, it === EVERYTHING ? it : `action ${it}`, EVERYTHING))}</select>`;
}

/** @param form undefined where it is none of ours */
export async function pressHold(
  context: DeskContext,
  person: Person,
  { name, actions }: Automation,
  form: Form | undefined,
): Promise<HoldNews> {
  if (!form) return { fault: OLD_FORM };
  const said = reasonIn(form);
  const typed = form.field('reason') ?? '';
  if ('fault' in said) return { ...said, typed };
  const of = form.field('of') ?? EVERYTHING;
  if (of !== EVERYTHING && !Object.hasOwn(actions, of))
    return { fault: 'Nothing was done: please choose everything, or one of the actions.', typed };
  const command = commandOf(form, of);
  if ('fault' in command) return { ...command, typed };
  const pressed = await press(context, person, {
    at: command.at,
    params: { name },
    body: { ...said, ...command.body },
  });
  if ('fault' in pressed) return { ...pressed, typed };
  return { told: toldOf(name, command, pressed.done) };
}

function commandOf(form: Form, of: string): Pick<Command, 'at' | 'body'> | { fault: string } {
  const only = of === EVERYTHING ? {} : { actions: [of] };
  switch (form.field('what')) {
    case 'suspend':
      return { at: 'POST /v1/automations/{name}/suspend', body: only };
    case 'drain':
      if (of !== EVERYTHING)
        return { fault: 'Nothing was done: an action can be suspended; only everything drains.' };
      return { at: 'POST /v1/automations/{name}/drain', body: {} };
    case 'resume': {
      const usd = form.field('usd')?.trim() ?? '';
      if (usd !== '' && !/^\d{1,5}(?:\.\d{1,6})?$/.test(usd))
        return { fault: 'Nothing was done: please give an amount such as 5 or 2.50.' };
      const more = usd === '' ? {} : { addUsd: Number(usd) };
      return { at: 'POST /v1/automations/{name}/resume', body: { ...more, ...only } };
    }
    default:
      return { fault: 'Nothing was done: please press one of the buttons.' };
  }
}

function toldOf(
  name: string,
  { at, body }: Pick<Command, 'at' | 'body'>,
  done: Readonly<Record<string, unknown>>,
): string {
  if (!at.endsWith('/resume'))
    return `${at.endsWith('/drain') ? 'From now on it drains' : 'It is held'}: ${body.actions ?? name}.`;
  const rest = done.cursor === undefined ? '' : ' There are more: resume once more, without adding.';
  return `${counted(Number(done.queued), 'item')} queued.${rest}`;
}
