import * as z from 'zod/mini';
import { actOn } from '../../lambdas/act/act.ts';
import { newApproval } from '../../lambdas/approve/ask/open.ts';
import type { ApprovalRow } from '../../lambdas/contract/approval.ts';
import type { Automation, Implementation } from '../../lambdas/contract/automation.ts';
import type { ProposalDocument } from '../../lambdas/contract/item/proposal-document.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { matching } from '../../lambdas/contract/parameters.ts';
import { processRecord } from '../../lambdas/process/process.ts';
import { registryEntry } from '../../lib/parts/registry.ts';
import { OPERATOR, type Request, through } from '../support/api.ts';
import { sealOf } from '../support/desk.ts';
import { destinationsAt } from '../support/destinations.ts';
import { ENDPOINT, ENV, gated, ID, SETTINGS, sqsRecord, stored } from '../support/fixtures.ts';
import { answer } from '../support/gateway.ts';
import { type Stub, stubServer } from '../support/http.ts';
import { CLOSE, listing, listOf, NOTE, REFUND } from '../support/list.ts';
import { time, world } from '../support/world.ts';

/* A list that is done, an operator who wants its refund back, and every room that has a part in it. */

const amount = matching(z.string().check(z.regex(/^\d{1,9}(?:\.\d{1,2})?$/)));
const reference = matching(z.string().check(z.regex(/^R-\d{1,9}$/)));

export const automation = {
  ...listing,
  actions: {
    ...listing.actions,
    refund: {
      ...listing.actions.refund,
      compensate: {
        action: 'charge',
        parameters: ({ parameters, reference: of }) => ({ amount: parameters.amount, refund: of }),
      },
    },
    note: {
      ...listing.actions.note,
      compensate: { action: 'unnote', parameters: ({ parameters }) => ({ note: parameters.refund }) },
    },
    charge: {
      ...{ destination: 'ledger', risk: 'routine', reversible: true },
      parameters: { amount, refund: reference },
      describe: ({ amount: value, refund }) => `Charge EUR ${value} again, for ${refund}`,
    },
    unnote: {
      ...{ destination: 'ledger', risk: 'routine', reversible: true },
      parameters: { note: reference },
      describe: ({ note }) => `Remove the note on ${note}`,
    },
  },
} as Automation;

export const BODY = { text: 'charged twice' };
export const REASON = 'refunded by mistake';
export let ledger: Stub;

export async function freshWorld(): Promise<void> {
  time.freezeLater();
  ledger = await stubServer({ status: 200, body: { reference: 'R-1' } });
  await begin();
}

/** The list, done. */
export async function begin(fields: Partial<ItemRow> = {}): Promise<void> {
  world.reset();
  ledger.seen.length = 0;
  world.queueNames.set('signalbox-test-demo-work', 'work');
  world.content.set(`bucket/items/${ID}/body.json`, JSON.stringify(BODY));
  gated({ ...fields }, listOf([REFUND, NOTE, CLOSE], { text: 'charged twice' }));
  await act(ID);
}

export function command(body: object = {}, given: Request = {}) {
  return through((event, caller) => answer(event, caller, [registryEntry(automation)]), {
    route: 'POST /v1/items/{id}/compensate',
    path: `/v1/items/${ID}/compensate`,
    params: { id: ID },
    body: { action: 1, reason: REASON, ...body },
    caller: OPERATOR,
    ...given,
  });
}

/** Nobody but code thinks about it. */
const nobody: Implementation = {
  prompts: {},
  evaluate: () => Promise.reject(new Error('no model may be asked')),
};

export function think(itemId: string, { generation = 1, receives = 1, of = automation, again = false } = {}) {
  const message = { itemId, generation, ...(again ? { again } : {}) };
  return processRecord(sqsRecord(message, receives), {
    ...{ env: ENV, endpoints: [ENDPOINT], automation: of, implementation: nobody },
  });
}

export function act(itemId: string, receives = 1): Promise<void> {
  const DESTINATIONS = destinationsAt(ledger.url);
  return actOn(sqsRecord({ itemId, generation: 1 }, receives), { ...ENV, DESTINATIONS }, automation);
}

export const documentOf = (id: string) =>
  JSON.parse(world.content.get(`bucket/${stored(id).proposalKey}`) ?? '{}') as ProposalDocument;

/** A person agrees, and the run sends it to its action. */
export function agreed(id: string): void {
  const { proposalKey = '', proposalDigest = '' } = stored(id);
  const fresh = newApproval(SETTINGS, documentOf(id), {
    ...{ itemId: id, generation: 1, digest: proposalDigest, proposalKey, asked: {} },
  });
  const decided = { ...fresh, status: 'decided', decision: 'approve', decidedBy: 'ann@example.com' };
  const row = { ...decided, carriedAt: new Date(time.at).toISOString() } as ApprovalRow;
  world.tables.put('approvals', { ...row, expiresAt: 2_000_000_000, seal: sealOf(row) });
  world.tables.put('items', { ...stored(id), status: 'processing', approvalId: fresh.id });
}

export const done = () => ledger.seen.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
export const children = () =>
  (world.tables.all('items') as unknown as ItemRow[]).filter(({ id }) => id !== ID);
