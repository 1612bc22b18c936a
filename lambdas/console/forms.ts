import type { Context } from 'hono';
import { html } from 'hono/html';
import { readForm } from '../approve/channels/page/page.ts';
import type { Form } from '../approve/channels/page/proof.ts';
import { byAnyKey, readKey } from '../kit/signed/keys.ts';
import type { Markup } from '../pages/layout.ts';
import { makeNonce, nonceTime } from '../pages/links.ts';
import type { Session } from '../tables/sign-in/sessions.ts';
import { browserOf } from './sign-in/session.ts';

/** The subject, browser and purpose of a form: a nonce made for one purpose is void for another. */
export interface FormPlace {
  subject: string;
  browser: string;
  about: 'asking to sign in' | 'signing in' | 'the console';
}

export function placeOf(session: Session): FormPlace {
  return { subject: session.id, browser: browserOf(session), about: 'the console' };
}

export async function nonceField(secret: string, place: FormPlace): Promise<Markup> {
  const key = await readKey(secret);
  const nonce = makeNonce(key, { ...boundTo(place), browser: place.browser });
  return html`<input type="hidden" name="nonce" value="${nonce}">`;
}

/** Whether a form comes from a page that we made for this place. */
export async function isOurs(secret: string, place: FormPlace, form: Form): Promise<boolean> {
  const nonce = form.field('nonce') ?? '';
  const at = await byAnyKey(secret, (key) => nonceTime(key, nonce, boundTo(place), form));
  return at !== undefined;
}

function boundTo({ subject, about }: FormPlace) {
  return { subject, approvalId: about, digest: '' };
}

const NO_PAGE = { secure: true };

/** A form within a session: its cookie came along, or there would be no session. */
export async function sessionForm(c: Context, session: Session): Promise<Form> {
  return { ...(await readForm(c, NO_PAGE)), cookie: browserOf(session) };
}

export const OLD_FORM = 'This page was too old, or not made for you. Nothing was changed: please try again.';
