import { actOn } from '../../lambdas/act/act.ts';
import { actionViews } from '../../lambdas/tables/items/actions.ts';
import { destinationsAt } from '../support/destinations.ts';
import { ENV, ID, sqsRecord, stored } from '../support/fixtures.ts';
import type { Answer } from '../support/http.ts';
import { listing } from '../support/list.ts';
import { ledger } from './world.ts';

/* The three actions of the list, and what their one destination was asked to do. */

export interface Delivered {
  generation?: number;
  receives?: number;
  idempotent?: boolean;
  deadline?: number;
}

export function act({ generation = 1, receives = 1, idempotent = true, deadline }: Delivered = {}) {
  const DESTINATIONS = destinationsAt(ledger.url, { idempotent });
  const record = sqsRecord({ itemId: ID, generation }, receives);
  return actOn(record, { ...ENV, DESTINATIONS }, listing, deadline === undefined ? {} : { deadline });
}

export const OK: Answer = { status: 200, body: { reference: 'R-1' } };
export const REFUSED: Answer = { status: 422 };

export const BUSY: Answer = { status: 429 };
export const NO: Answer = { status: 409 };
/** It says so itself. */
export const NOTHING_DONE: readonly Answer[] = [REFUSED, BUSY, NO];

/** What the destination was asked to do, in its order. */
export const done = () => ledger.seen.map(({ body }) => (JSON.parse(body) as { action: string }).action);
export const bodies = () => ledger.seen.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
export const keys = () => ledger.seen.map(({ headers }) => headers['idempotency-key']);
export const states = () => actionViews(stored())?.map(({ status }) => status);
