import type { ProposalDocument } from '../../lambdas/contract/item/proposal-document.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { ID } from './fixtures.ts';

/* What a proposal rests on beside its item: answers of sources, what a model looked up by itself, passages of a collection. */

const AT = '2026-12-01T08:29:40.000Z';

/** Two sources answered, two others were not there. */
export const LOOKED_UP: Partial<ProposalDocument> = {
  looked: [
    { lookup: 'order', source: 'shop', at: AT, found: true },
    { lookup: 'customer', source: 'crm', at: AT, found: true },
  ],
  degraded: [
    { step: 'parcel', reason: "source 'carrier' is down" },
    { step: 'credit-notes', reason: "source 'accounts' is not set up" },
  ],
  evidence: [
    {
      source: 'order',
      quote:
        'total: 64.00\nstatus: delivered\nlines.0.name: Kettle with temperature control, stainless steel, 1.7 litres',
    },
    { source: 'customer', quote: 'since: 2019-03-04\ncomplaints.year: 2' },
  ],
};

/** A value was read where approvers corrected a model before, and one that no page would be honest with. */
export const LEARNT: Partial<ProposalDocument> = {
  hinted: [
    { field: 'amount', label: 'to be paid back', instead: '46.00' },
    { field: 'orderId', label: 'order', instead: '<b>W1\u202e</b>' },
  ],
  reasons: ['a value is read where an approver corrected one before: compare it with the page'],
};

/** One that asked until it knew, and one that had to answer before. */
export const AGENTS: Partial<ProposalDocument> = {
  agents: [
    {
      agent: 'examine',
      turns: 4,
      looked: [
        {
          ...{ turn: 1, came: 'found', kind: 'lookup', of: 'order', asked: { orderId: 'W2378156' } },
          found: 'total: 64.00\nstatus: delivered\ndeliveredAt: 2026-11-24',
        },
        { turn: 1, came: 'unavailable', kind: 'lookup', of: 'parcel', asked: { orderId: 'W2378156' } },
        {
          ...{ turn: 2, came: 'found', kind: 'search', of: 'rules', asked: { query: 'broken on arrival' } },
          found:
            '0.id: rules/returns.md#3\n0.place: Returns › Damaged goods\n0.text: Goods that arrive broken are refunded whole within 30 days of delivery.',
        },
        {
          ...{ turn: 3, came: 'nothing', kind: 'lookup', of: 'customer' },
          asked: { email: 'mara@example.com', country: 'DE' },
        },
        { turn: 3, came: 'refused' },
        { turn: 3, came: 'refused', kind: 'lookup', of: 'order' },
      ],
    },
    { agent: 'second-opinion', turns: 1, looked: [], ended: 'money' },
  ],
};

/** Found passages, cited with where they stand. */
export const PASSAGES: Partial<ProposalDocument> = {
  evidence: [
    {
      source: 'rules/returns.md#3 (Returns › Damaged goods)',
      quote:
        'Goods that arrive broken are refunded whole within 30 days of delivery. A photo is enough; the customer need not send them back where they cost less than EUR 100.00.',
    },
    { source: 'handbook/kettles.pdf#12 (page 4)', quote: 'The lid of model K-17 is known to break.' },
  ],
};

const child = (number: number) => `shipment_${String(number).repeat(32)}`;

/** An item in the middle: another one's action made it, and its own made three. */
export const FAMILY: Required<Pick<ItemRow, 'ancestors' | 'children'>> = {
  ancestors: [`inbox_${'c'.repeat(32)}`],
  children: [
    { id: child(7), status: 'done', at: AT },
    { id: child(8), status: 'waiting_approval', at: AT },
    { id: child(9), status: 'quarantined', at: AT },
  ],
};

const keyOf = (at: number) => `${ID}-0000000000000000${at > 0 ? `_${at + 1}` : ''}`;
/** Of the list: the first is done, the second refused. */
export const PARTLY: Partial<ItemRow> = {
  action: { name: 'refund', status: 'done', idempotencyKey: keyOf(0), result: { status: 200 } },
  actions: ['refund', 'note', 'close'].map((name, at) => ({ name, idempotencyKey: keyOf(at) })),
  ledger: {
    '0000000000000000': { state: 'done', generation: 1, tries: 1, result: { status: 200 } },
    '0000000000000000_2': { state: 'failed', generation: 1, tries: 1 },
  },
  error: {
    class: 'InputError',
    message:
      "action 2 of 3 ('note'): destination 'help-desk' answered 422: it refused the action; action 1 is done, action 3 has not begun",
  },
};
