import { html } from 'hono/html';
import type { Form } from '../../approve/channels/page/proof.ts';
import type { ApprovalSettings, Role } from '../../contract/approval-settings.ts';
import { clock, DAY_SECONDS, isoNow } from '../../kit/clock.ts';
import type { Markup } from '../../pages/layout.ts';
import { type Away, clearAway, readPlan, writeAway } from '../../tables/control/away.ts';
import type { ConsoleContext } from '../context.ts';
import type { Screen } from '../frame.ts';
import { keysTable } from '../keys.ts';
import type { Person } from '../sign-in/identity.ts';
import { address } from '../site.ts';
import { option } from '../words.ts';

export interface MeView {
  nonce: unknown;
  keys: boolean;
  fault?: string;
  told?: string;
  typed?: (name: string) => string | undefined;
}

/** A person's own page: their roles, their absence, and whether the shortcuts are on. */
export async function meScreen(context: ConsoleContext, person: Person, view: MeView): Promise<Screen> {
  const approver = person.roles.includes('approver');
  const away = approver ? await readPlan(context.env.CONTROL_TABLE, person.email) : undefined;
  const title = view.fault ? 'Not saved' : 'Me';
  const body = html`<h1>${person.email}</h1>
${view.fault ? html`<p class="fault" role="alert">${view.fault}</p>` : ''}
${view.told ? html`<p class="note" role="status">${view.told}</p>` : ''}
<ul>${person.roles.map((role) => html`<li>${ROLES[role]}${role === 'approver' ? `: ${person.groups.join(', ')}` : ''}</li>`)}</ul>
<div class="cols">${approver ? awayPart(context, person, away, view) : ''}
${keysForm(context, view)}</div>`;
  return { status: view.fault ? 400 : 200, title, body, at: 'me', wide: true };
}

const ROLES: Record<Role, string> = {
  approver: 'Approver: you are asked and decide, in the groups',
  operator: 'Operator: you see everything',
  auditor: 'Auditor: you read and export everything; this role decides nothing',
  owner: 'Owner: you answer for automations, and review them',
};

const DAY_MS = DAY_SECONDS * 1000;

function awayPart(context: ConsoleContext, { email }: Person, away: Away | undefined, view: MeView): Markup {
  const planned = away && away.until > isoNow() ? away : undefined;
  const typed = view.typed ?? (() => undefined);
  const from = typed('from') ?? planned?.from.slice(0, 10) ?? '';
  const until = typed('until') ?? (planned ? lastDay(planned.until) : '');
  const colleagues = colleaguesOf(context.settings, email);
  return html`<section class="panel" aria-labelledby="away"><h2 id="away">Out of office</h2>
<p>${planned ? html`From ${planned.from.slice(0, 10)} to ${lastDay(planned.until)} (UTC), <b>${planned.delegate}</b> is asked instead of you.` : 'While you are away, somebody else is asked instead of you. Approvals you were asked about before stay with you as well.'}</p>
<form method="post" action="${address(context.site, '/console/me')}">${view.nonce}
<div class="fields"><div><label for="from">First day</label><input id="from" name="from" type="date" value="${from}" required></div>
<div><label for="until">Last day</label><input id="until" name="until" type="date" value="${until}" required></div>
<div><label for="delegate">Asked instead</label><select id="delegate" name="delegate" required>
${option('', 'choose', '')}${colleagues.map((it) => option(it, it, typed('delegate') ?? planned?.delegate ?? ''))}</select></div></div>
<div class="buttons"><button class="approve" name="what" value="away">Save</button>
${planned ? html`<button class="plain" name="what" value="back" formnovalidate>I am back: ask me again</button>` : ''}</div>
</form></section>`;
}

function keysForm({ site }: ConsoleContext, { keys, nonce }: MeView): Markup {
  return html`<section class="panel" aria-labelledby="keys-switch"><h2 id="keys-switch">Keyboard shortcuts</h2>
<p>They are ${keys ? 'on' : 'off'} in this browser. Everything can be done without them.</p>
${keysTable()}
<form method="post" action="${address(site, '/console/me')}">${nonce}
<div class="buttons"><button class="plain" name="what" value="${keys ? 'keys off' : 'keys on'}">Switch them ${keys ? 'off' : 'on'}</button></div></form></section>`;
}

/** What a form changed, in words, or what is wrong with it. */
export type Change = { told: string; keys?: boolean } | { fault: string };

export async function changeMe(
  { env, settings }: ConsoleContext,
  { email, roles }: Person,
  form: Form,
): Promise<Change> {
  const what = form.field('what');
  if (what === 'keys on' || what === 'keys off') {
    const keys = what === 'keys on';
    return { told: `Keyboard shortcuts are ${keys ? 'on' : 'off'} now.`, keys };
  }
  if (!roles.includes('approver')) return { fault: 'You are no approver, so you need no delegate.' };
  if (what === 'back') {
    await clearAway(env.CONTROL_TABLE, email);
    return { told: 'From now on you are asked again.' };
  }
  const away = readAbsence(settings, email, form);
  if (typeof away === 'string') return { fault: away };
  await writeAway(env.CONTROL_TABLE, email, away);
  return {
    told: `Saved: ${away.delegate} is asked instead of you from ${away.from.slice(0, 10)} to ${lastDay(away.until)}.`,
  };
}

const LONGEST_DAYS = 366;

function readAbsence(settings: ApprovalSettings, email: string, form: Form): Away | string {
  const [first, last] = [dayOf(form.field('from')), dayOf(form.field('until'))];
  const delegate = form.field('delegate') ?? '';
  if (first === undefined || last === undefined) return 'Please give both days, such as 2026-12-24.';
  const until = last + DAY_MS;
  if (last < first) return 'The last day must not be before the first.';
  if (until <= clock.now()) return 'The last day is in the past.';
  if (until - first > LONGEST_DAYS * DAY_MS) return `An absence may last ${LONGEST_DAYS} days at most.`;
  if (!colleaguesOf(settings, email).includes(delegate)) return 'Please choose who is asked instead of you.';
  return { delegate, from: new Date(first).toISOString(), until: new Date(until).toISOString() };
}

/** Milliseconds since 1970 at which a day begins (UTC), or undefined for an invalid day. */
function dayOf(text = ''): number | undefined {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00.000Z`) : Number.NaN;
  // JavaScript takes 30 February for 2 March.
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text ? undefined : at;
}

function lastDay(until: string): string {
  return new Date(Date.parse(until) - DAY_MS).toISOString().slice(0, 10);
}

function colleaguesOf({ groups }: ApprovalSettings, email: string): string[] {
  const all = new Set(Object.values(groups).flatMap((group) => group.map((it) => it.email)));
  all.delete(email);
  return [...all].sort();
}
