import { html } from 'hono/html';
import type { Form } from '../../approve/channels/page/proof.ts';
import type { Automation } from '../../contract/automation.ts';
import { budgetView, readBudget } from '../../tables/control/budgets.ts';
import type { ConsoleContext } from '../context.ts';
import { OLD_FORM } from '../forms.ts';
import type { Screen } from '../frame.ts';
import type { Person } from '../sign-in/identity.ts';
import { address } from '../site.ts';
import { counted } from '../words.ts';
import { readFilter } from './filter.ts';
import { findItems, MOST_FOUND } from './find.ts';
import { OVERVIEW, RESUME } from './overview.ts';
import { press } from './press.ts';
import { reasonField, reasonIn } from './reason.ts';
import type { News } from './story.ts';

/** What waits for an automation's budget, and the button that lets it go on. */
export async function resumeScreen(
  context: ConsoleContext,
  { name, budget }: Automation,
  nonce: unknown,
  news: News & { typed?: string } = {},
): Promise<Screen> {
  const { env, site } = context;
  const asked = { automation: name, status: 'suspended' } as Record<string, string>;
  const [waiting, spent] = await Promise.all([
    findItems(
      context,
      readFilter((field) => asked[field], [name]),
      MOST_FOUND,
    ),
    readBudget(env.CONTROL_TABLE, name),
  ]);
  const { spentTodayUsd, perDayUsd, extraUsd } = budgetView(budget, spent);
  const some = waiting.next === undefined ? '' : ' or more';
  const title = news.fault ? 'Nothing was resumed' : `Resume ${name}`;
  const body = html`<p class="back"><a href="${address(site, OVERVIEW)}">← Overview</a></p><h1>${title}</h1>
${news.fault ? html`<p class="fault" role="alert">${news.fault}</p>` : ''}
${news.told ? html`<p class="note" role="status">${news.told}</p>` : ''}
<p class="brief">${counted(waiting.items.length, 'item')}${some} of ${name} ${waiting.items.length === 1 ? 'waits' : 'wait'} for its budget. Today it has spent US$ ${spentTodayUsd.toFixed(2)} of ${(perDayUsd + extraUsd).toFixed(2)}.</p>
<form method="post" action="${address(site, RESUME)}">${nonce}<input type="hidden" name="automation" value="${name}">
<label for="usd">Allow more for today, in US$ <span>may stay empty</span></label>
<input id="usd" name="usd" inputmode="decimal" maxlength="12" autocomplete="off">
${reasonField('resume-reason', news.typed)}
<div class="buttons"><button class="approve">Resume ${name}</button></div></form>`;
  return { status: news.fault ? 400 : 200, title, body, at: 'operate' };
}

/** @param form undefined where it is none of ours */
export async function pressResume(
  context: ConsoleContext,
  person: Person,
  { name }: Automation,
  form: Form | undefined,
): Promise<News & { typed?: string }> {
  if (!form) return { fault: OLD_FORM };
  const said = reasonIn(form);
  const typed = form.field('reason') ?? '';
  if ('fault' in said) return { ...said, typed };
  const usd = form.field('usd')?.trim() ?? '';
  if (usd !== '' && !/^\d{1,5}(?:\.\d{1,6})?$/.test(usd))
    return { fault: 'Nothing was done: please give an amount such as 5 or 2.50.', typed };
  const pressed = await press(context, person, {
    at: 'POST /v1/automations/{name}/resume',
    params: { name },
    body: { ...said, ...(usd === '' ? {} : { addUsd: Number(usd) }) },
  });
  if ('fault' in pressed) return { ...pressed, typed };
  const { queued, cursor } = pressed.done;
  const rest = cursor === undefined ? '' : ' There are more: resume once more, without adding.';
  return { told: `${counted(Number(queued), 'item')} queued.${rest}` };
}
