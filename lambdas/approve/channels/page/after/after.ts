import { html } from 'hono/html';
import { errorFacts } from '../../../../kit/errors.ts';
import { logger } from '../../../../kit/telemetry.ts';
import type { Markup, Sheet } from '../../../../pages/layout.ts';
import { readSoon } from '../../../../tables/approvals/phases.ts';
import { getItem } from '../../../../tables/items/items.ts';
import { actsOn, becameOf } from '../../../decision/became.ts';
import { isUndoable } from '../../../decision/decide.ts';
import { waitsFor } from '../../../decision/mine.ts';
import { type After, decidedSheet, thanksSheet, votedSheet } from '../closed.ts';
import { familyPart } from '../reading/family.ts';
import { hiddenFields, type PageContext, type Visit } from '../visit.ts';

/** The page of an approval that is no longer open. `more` is what else the sender of a form has to know. */
export async function closedFor(context: PageContext, visit: Visit, more = ''): Promise<Sheet> {
  const { row, email } = visit;
  const after = await afterOf(context, visit);
  if (!isUndoable(row, email)) return decidedSheet(row, after, more);
  return thanksSheet(row, row.facts.summary, email, await undoFields(context, visit), after);
}

/** The page after a decision that was just recorded. */
export async function thanksFor(context: PageContext, visit: Visit, summary: string): Promise<Sheet> {
  const undo = isUndoable(visit.row, visit.email) ? await undoFields(context, visit) : '';
  return thanksSheet(visit.row, summary, visit.email, undo, await afterOf(context, visit));
}

export async function votedFor(context: PageContext, visit: Visit, summary: string): Promise<Sheet> {
  return votedSheet(visit.row, summary, await afterOf(context, visit));
}

function undoFields({ env }: PageContext, visit: Visit) {
  return hiddenFields(env.FORM_KEYS, visit, visit.row.digest);
}

/** A decision may be recorded by now: a neighbour's fault must not claim that nothing was changed. */
async function afterOf(context: PageContext, visit: Visit): Promise<After> {
  const { env } = context;
  const { row } = visit;
  const [item, next] = await Promise.all([
    actsOn(row) ? carefully(row.id, getItem(env.ITEM_TABLE, row.itemId)) : undefined,
    carefully(row.id, nextPart(context, visit)),
  ]);
  const became = becameOf(row, item);
  const again = became.state === 'acting' || became.state === 'undoable' || became.state === 'waiting';
  const ways = [
    ...(again ? [html`<a href="${hereOf(visit)}">See what became of it</a>`] : []),
    ...(next ? [next] : []),
  ];
  // In the console it stands beside the page, with the ways there.
  const family = visit.channel === 'console' ? '' : familyPart(item);
  return { became, family, ways: ways.length > 0 ? html`<p class="ways">${ways}</p>` : '' };
}

/** This page, opened anew: the answer to a form is no address. */
function hereOf({ token }: Visit): string {
  return token ? `?t=${token}` : '?';
}

/**
 * How many approvals are left, and the way to the next. A mailed link proves one approval: the way leads through the
 * console, which asks who it is, and names none of them here.
 */
async function nextPart({ env, settings }: PageContext, { row, email }: Visit): Promise<Markup | undefined> {
  const { rows, cut } = await readSoon(env.APPROVAL_TABLE);
  const left = rows.filter((it) => it.id !== row.id && waitsFor(it, email, settings)).length;
  if (left === 0) return undefined;
  const url = `${env.BASE_URL.replace(/\/+$/, '')}/console/next`;
  return html`<a class="next" href="${url}">Next approval (${cut ? `${left} or more` : left} left)</a>`;
}

async function carefully<T>(approval: string, reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    logger.warn('not read after the decision', { approval, reason: errorFacts(error).class });
    return undefined;
  }
}
