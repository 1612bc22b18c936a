import { html } from 'hono/html';
import type { Sample } from '../../contract/audits/sample.ts';
import { personHash } from '../../kit/digest.ts';
import type { Markup } from '../../pages/layout.ts';
import { whole } from '../../reports/words.ts';
import { approvalId } from '../../tables/keys.ts';
import { recentSamples, waitsFor } from '../../tables/samples/samples.ts';
import { thereOf } from '../../tables/samples/there.ts';
import type { DeskContext } from '../context.ts';
import { itemNumber } from '../operate/items.ts';
import type { Person } from '../sign-in/identity.ts';
import { address } from '../site.ts';
import { counted } from '../words.ts';

/** One that waits for somebody, with its automation's name. */
export interface Waiting {
  sample: Sample;
  automation: string;
}

/** What waits for this person, the oldest first. */
export async function waitingFor(
  { declarations, env }: Pick<DeskContext, 'declarations' | 'env'>,
  { email, groups }: Person,
): Promise<Waiting[]> {
  const mine = declarations.filter(({ audit }) => audit !== undefined && groups.includes(audit.group));
  const by = personHash(email);
  const waiting = await Promise.all(
    mine.map(async ({ name, labels }) => {
      const theirs = (await recentSamples(env.CONTROL_TABLE, name)).filter((it) => waitsFor(it, by));
      const there = await thereOf(env.ITEM_TABLE, theirs, labels);
      return there.map((sample): Waiting => ({ sample, automation: name }));
    }),
  );
  return waiting.flat().sort((a, b) => (a.sample.at < b.sample.at ? -1 : 1));
}

/**
 * Of one automation's items, those about which this person is still asked, by their id: what was done with them is not for them yet. One
 * read for a whole list, and none for whoever audits nothing of it.
 */
export async function askedOf(
  { declarations, env }: Pick<DeskContext, 'declarations' | 'env'>,
  person: Person,
  automation: string,
): Promise<ReadonlySet<string>> {
  const own = declarations.filter(({ name }) => name === automation);
  const waiting = await waitingFor({ declarations: own, env }, person);
  return new Set(waiting.map(({ sample }) => sample.itemId));
}

/** Instead of lines that would tell somebody what was done before they have said what is right. */
export function untoldPart({ site }: Pick<DeskContext, 'site'>, count: number): Markup | string {
  if (count === 0) return '';
  const audits = html`<a href="${address(site, '/console/audits')}">audits</a>`;
  return count === 1
    ? html`<p class="note">1 item is left out: it waits for you in your ${audits}, and its line would tell what was done.</p>`
    : html`<p class="note">${whole(count)} items are left out: they wait for you in your ${audits}, and their lines would tell what was done.</p>`;
}

/** A link that tells it from others of its automation and minute. */
export function auditLink({ site }: Pick<DeskContext, 'site'>, { sample, automation }: Waiting): Markup {
  const path = `/console/audits/${approvalId(sample.itemId, sample.generation)}`;
  return html`<a class="row-link" href="${address(site, path)}">${automation} <span class="number">${itemNumber(sample.itemId)}</span></a>`;
}

/** What to answer after this one. */
export async function nextPart(
  context: DeskContext,
  person: Person,
  { itemId, at }: Pick<Sample, 'itemId' | 'at'>,
): Promise<Markup> {
  // What was answered a moment ago may still be read as it was before.
  const others = (await waitingFor(context, person)).filter(({ sample }) => sample.itemId !== itemId);
  // One that somebody leaves out must not come again after each answer.
  const next = others.find(({ sample }) => sample.at > at) ?? others[0];
  if (!next) return html`<p>Nothing else waits for you.</p>`;
  return html`<p>Next: ${auditLink(context, next)}. ${counted(others.length, 'audit')} ${others.length === 1 ? 'waits' : 'wait'} for you.</p>`;
}
