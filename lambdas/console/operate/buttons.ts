import { html } from 'hono/html';
import type { Form } from '../../approve/channels/page/proof.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { FINAL, type ItemStatus } from '../../contract/item/status.ts';
import type { Markup } from '../../pages/layout.ts';
import type { DeskContext } from '../context.ts';
import { OLD_FORM } from '../forms.ts';
import type { Person } from '../sign-in/identity.ts';
import { address, type Site } from '../site.ts';
import { option } from '../words.ts';
import { itemPath } from './items.ts';
import { press } from './press.ts';
import { HOW_WORDS, HOWS, howIn, howSaid, reasonField, reasonIn } from './reason.ts';
import type { News } from './story.ts';

/** What an operator can press about one item. Whether it may is for the command to say. */
export function buttonsPart(site: Site, { id, status, action }: ItemRow, nonce: unknown): Markup | string {
  const parts = [
    ...(ENDS.includes(status) ? [] : [redrivePart(site, id, status, nonce)]),
    ...(FINAL.includes(status) || status === 'acting' || action ? [] : [withdrawPart(site, id, nonce)]),
  ];
  return parts.length > 0 ? html`${parts}` : '';
}

/** Nothing goes on from there: the work is posted anew. */
export const ENDS: readonly ItemStatus[] = FINAL.filter((it) => it !== 'done');

function redrivePart(site: Site, id: string, status: ItemStatus, nonce: unknown): Markup {
  return html`<section aria-labelledby="redrive"><h2 id="redrive">Let it go on</h2>
<form method="post" action="${address(site, itemPath(id))}">${nonce}
<label for="how">How</label><select id="how" name="how">${HOWS.map((it) => option(it, HOW_WORDS[it], 'stopped'))}</select>
${reasonField('redrive-reason')}<input type="hidden" name="seen" value="${status}">
<div class="buttons"><button class="approve" name="what" value="redrive">Redrive this item</button></div></form></section>`;
}

function withdrawPart(site: Site, id: string, nonce: unknown): Markup {
  return html`<details><summary>Withdraw it</summary>
<form method="post" action="${address(site, itemPath(id))}">${nonce}
<p>It ends here, and does nothing. An open approval is closed.</p>
${reasonField('withdraw-reason')}
<div class="buttons"><button class="reject" name="what" value="withdraw">Withdraw this item</button></div></form></details>`;
}

/** @param form undefined where it is none of ours */
export async function pressButton(
  context: DeskContext,
  person: Person,
  id: string,
  form: Form | undefined,
): Promise<News> {
  if (!form) return { fault: OLD_FORM };
  const what = form.field('what');
  const said = reasonIn(form);
  if ('fault' in said) return said;
  if (what === 'redrive') {
    // What has moved on since the page was made is not what was meant.
    const seen = form.field('seen');
    const body = { ...said, ...howSaid(howIn(form)), ...(seen ? { ifStatus: seen } : {}) };
    const at = 'POST /v1/items/{id}/redrive';
    const pressed = await press(context, person, { at, params: { id }, body });
    if ('fault' in pressed) return pressed;
    return { told: `It goes on, as generation ${pressed.done.generation}.` };
  }
  if (what !== 'withdraw') return { fault: 'Nothing was done: please press one of the buttons.' };
  const pressed = await press(context, person, { at: 'DELETE /v1/items/{id}', params: { id }, body: said });
  return 'fault' in pressed ? pressed : { told: 'The item is withdrawn.' };
}
