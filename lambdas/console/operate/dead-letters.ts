import { html } from 'hono/html';
import type { Form } from '../../approve/channels/page/proof.ts';
import { clock } from '../../kit/clock.ts';
import { cutText, shownText } from '../../kit/text.ts';
import type { Markup } from '../../pages/layout.ts';
import type { DeskContext } from '../context.ts';
import { OLD_FORM } from '../forms.ts';
import type { Screen } from '../frame.ts';
import type { Person } from '../sign-in/identity.ts';
import { address, type Site } from '../site.ts';
import { age, counted, timeMark } from '../words.ts';
import { itemPath } from './items.ts';
import { DEAD_LETTERS, OVERVIEW } from './overview.ts';
import { press } from './press.ts';
import { reasonField, reasonIn } from './reason.ts';
import type { News } from './story.ts';

/* As the commands answer. */
interface Queues {
  queues: { queue: string; messages: number; oldest?: string }[];
}
interface Letters {
  messages: number;
  shown: Letter[];
}
interface Letter {
  id: string;
  sentAt?: string;
  receives: number;
  source?: string;
  message?: unknown;
  text?: string;
}

const MOST_TEXT = 2000;
const TAKE = 'take-';

/** Messages that nobody could handle: how many of each part. The commands' function looks, as for the API: the console reads no queue. */
export async function deadLettersScreen(context: DeskContext, person: Person): Promise<Screen> {
  const asked = await press(context, person, { at: 'GET /v1/dead-letters', params: {}, body: {} });
  if ('fault' in asked) return notKnown(context, asked.fault);
  const { queues } = asked.done as unknown as Queues;
  const some = queues.filter(({ messages }) => messages > 0);
  const all = some.reduce((sum, { messages }) => sum + messages, 0);
  const title = all > 0 ? counted(all, 'dead letter') : 'No dead letters';
  const body = html`${backPart(context.site, OVERVIEW, 'Operate')}<h1>${title}</h1>
<p class="brief">Messages that were delivered again and again, and that nobody could handle. ${all > 0 ? 'Remove the cause first, then move them back.' : html`Looked for those of ${counted(queues.length, 'queue')}.`}</p>
${all > 0 ? listPart(context.site, some) : ''}`;
  return { status: 200, title, body, at: 'operate' };
}

function listPart(site: Site, queues: Queues['queues']): Markup {
  return html`<table class="log"><caption class="quiet">Dead letters by automation</caption><thead><tr><th scope="col">Of</th><th scope="col">Messages</th><th scope="col">Oldest</th></tr></thead>
<tbody>${queues.map(
    ({ queue, messages, oldest }) =>
      html`<tr><th scope="row"><a href="${address(site, `${DEAD_LETTERS}/${queue}`)}">${queue}</a></th><td class="number">${messages}</td><td>${agePart(oldest)}</td></tr>`,
  )}</tbody></table>`;
}

function agePart(sentAt: string | undefined): Markup | string {
  return sentAt ? timeMark(sentAt, age((clock.now() - Date.parse(sentAt)) / 1000)) : '–';
}

/** Some messages of one part, decoded, with what can be pressed. @returns undefined where there is no such part */
export async function lettersScreen(
  context: DeskContext,
  person: Person,
  queue: string,
  nonce: unknown,
  news: News & { typed?: string } = {},
): Promise<Screen | undefined> {
  const { site, declarations } = context;
  if (queue !== 'platform' && !declarations.some(({ name }) => name === queue)) return undefined;
  const asked = await press(context, person, {
    ...{ at: 'GET /v1/dead-letters/{queue}', params: { queue }, body: {} },
  });
  if ('fault' in asked) return notKnown(context, asked.fault);
  const { messages, shown } = asked.done as unknown as Letters;
  const title =
    messages > 0 ? `${counted(messages, 'dead letter')} of ${queue}` : `No dead letters of ${queue}`;
  const body = html`${backPart(site, DEAD_LETTERS, 'Dead letters')}<h1>${title}</h1>
${news.fault ? html`<p class="fault" role="alert">${news.fault}</p>` : ''}
${news.told ? html`<p class="note" role="status">${news.told}</p>` : ''}
${messages > 0 ? formPart(site, queue, { messages, shown }, nonce, news.typed) : ''}`;
  return { status: news.fault ? 400 : 200, title, body, at: 'operate' };
}

function formPart(
  site: Site,
  queue: string,
  { messages, shown }: Pick<Letters, 'messages' | 'shown'>,
  nonce: unknown,
  typed = '',
): Markup {
  return html`${messages > shown.length ? html`<p class="soft">Here are ${shown.length} of them.</p>` : ''}
<form method="post" action="${address(site, `${DEAD_LETTERS}/${queue}`)}">${nonce}
${shown.map((one, at) => letterPart(site, one, at + 1))}
${reasonField('dead-reason', typed)}
<p class="soft">Each goes back to the queue that it came from; one that came before does nothing twice. Changes of a table came from a function, and stay: the runbook says what to do about them. What is deleted is gone for good: the clock finds its item, if it had one, and sets it going.</p>
<div class="buttons"><button class="approve" name="what" value="redrive">Move back what is marked</button>
<button class="plain" name="what" value="all">Move back all of them</button>
<button class="reject" name="what" value="delete">Delete what is marked</button></div></form>`;
}

function letterPart(site: Site, one: Letter, number: number): Markup {
  const { id, sentAt, receives, source, message, text } = one;
  const { itemId } = (message ?? {}) as { itemId?: unknown };
  const words = text === undefined ? JSON.stringify(message, undefined, 2) : text;
  return html`<fieldset><legend>Message ${number}</legend>
<p>${source ? html`From <strong>${source}</strong>` : 'Nobody knows from which queue'}, delivered ${counted(receives, 'time')}${sentAt ? html`, sent ${timeMark(sentAt)}, ${agePart(sentAt)} ago` : ''}${text === undefined ? '' : '. It is no JSON'}.</p>
<pre class="values">${shownText(cutText(words, MOST_TEXT))}</pre>
${typeof itemId === 'string' ? html`<p><a href="${address(site, itemPath(itemId))}">The story of its item</a></p>` : ''}
<label class="pick"><input type="checkbox" name="${TAKE}${id}" value="yes"> Mark message ${number}</label></fieldset>`;
}

/** @param form undefined where it is none of ours */
export async function pressDead(
  context: DeskContext,
  person: Person,
  queue: string,
  form: Form | undefined,
): Promise<News & { typed?: string }> {
  if (!form) return { fault: OLD_FORM };
  const said = reasonIn(form);
  const typed = form.field('reason') ?? '';
  if ('fault' in said) return { ...said, typed };
  const what = form.field('what');
  const ids = form.names.filter((it) => it.startsWith(TAKE)).map((it) => it.slice(TAKE.length));
  if (what !== 'all' && ids.length === 0) return { fault: 'Nothing was done: please mark a message.', typed };
  if (what !== 'all' && what !== 'redrive' && what !== 'delete')
    return { fault: 'Nothing was done: please press one of the buttons.', typed };
  const pressed = await press(context, person, {
    at: `POST /v1/dead-letters/{queue}/${what === 'delete' ? 'delete' : 'redrive'}`,
    params: { queue },
    body: { ...said, ...(what === 'all' ? {} : { ids }) },
  });
  if ('fault' in pressed) return { ...pressed, typed };
  const { moved, deleted, left } = pressed.done as { moved?: number; deleted?: number; left: number };
  const done = moved === undefined ? `${deleted} deleted.` : `${moved} moved back.`;
  return { told: left > 0 ? `${done} ${left} stay, or were not found.` : done };
}

function notKnown({ site }: DeskContext, fault: string): Screen {
  const title = 'Dead letters: not known';
  const body = html`${backPart(site, OVERVIEW, 'Operate')}<h1>${title}</h1><p class="fault" role="alert">${fault}</p>`;
  return { status: 500, title, body, at: 'operate' };
}

function backPart(site: Site, path: string, words: string): Markup {
  return html`<p class="back"><a href="${address(site, path)}">← ${words}</a></p>`;
}
