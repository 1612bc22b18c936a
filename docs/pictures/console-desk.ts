import { SHIFTS, USUAL } from '../../bench/drift-weeks.ts';
import type { ApprovalRow } from '../../lambdas/contract/approval.ts';
import type { ProposalDocument } from '../../lambdas/contract/item/proposal-document.ts';
import { weeklyReport } from '../../lambdas/operate/report/weekly.ts';
import { auditEntries } from '../../lambdas/tables/audit/audit.ts';
import { setCaution } from '../../lambdas/tables/control/caution.ts';
import { registryEntry } from '../../lib/parts/registry.ts';
import { AGENTS, FAMILY, LOOKED_UP, PASSAGES } from '../../test/support/approval-found.ts';
import {
  freshHouse,
  house,
  inMinutes,
  put,
  putClosed,
  SETTINGS,
  served,
  signedIn,
} from '../../test/support/console.ts';
import { drifted } from '../../test/support/drifted.ts';
import { automation, ENV, itemRow, QUESTION } from '../../test/support/fixtures.ts';
import { fortnight, happened } from '../../test/support/hours.ts';
import { COMPENSATES, takenBack } from '../../test/support/taken-back.ts';
import { BY_AMOUNT, judgedItem } from '../../test/support/what-if.ts';
import { world } from '../../test/support/world.ts';
import { audits } from './console-audits.ts';
import { ANN, OLGA } from './console-shots.ts';

/* Made-up approvals of a busy desk, for the pictures of the console. */

interface Asked {
  id: string;
  automation: string;
  label: string;
  summary: string;
  amount?: string;
  more?: Partial<ApprovalRow> & { risk?: ApprovalRow['facts']['risk']; promise?: number };
  document?: Partial<ProposalDocument>;
}

function lay(
  { id, automation, label, summary, amount, more = {}, document = {} }: Asked,
  closed?: number,
): ApprovalRow {
  const stake = amount ? { value: amount, currency: 'EUR' } : undefined;
  const parameters = { ...(amount ? { amount, currency: 'EUR' } : {}), orderId: `W${id.slice(-6)}` };
  const about: Partial<ProposalDocument> = {
    ...{ automation, label, summary, parameters, reasons: ['the amount is at or above 100.00'] },
    evidence: [{ source: 'order', quote: 'Delivered on 24 November, signed for by the customer.' }],
    question: { ...QUESTION, ...(stake ? { amount: stake } : {}) },
    ...document,
  };
  const fields = { automation, ...more };
  const row = closed === undefined ? put(id, fields, about) : putClosed(id, closed, fields, about);
  const facts = { ...row.facts, ...(stake ? { amount: stake } : {}) };
  const kept = { ...row, facts };
  world.tables.put('approvals', kept);
  return kept;
}

const REFUND = { automation: 'refund-request', label: 'damaged' };
const TICKET = { automation: 'support-ticket', label: 'shipping' };

function open(): void {
  lay({
    ...REFUND,
    id: 'refunds_111c0ffee1',
    summary: 'Refund EUR 182.50 to order W2378156',
    amount: '182.50',
    more: { risk: 'consequential', promise: -12 },
  });
  lay({
    ...REFUND,
    id: 'refunds_111c0ffee2',
    summary: 'Refund EUR 4,800.00 to order W7781230',
    amount: '4800.00',
    more: {
      risk: 'catastrophic',
      promise: 35,
      quorum: 2,
      votes: { 'bob@example.com': { at: inMinutes(-4), digest: '' } },
    },
  });
  lay({
    ...REFUND,
    id: 'refunds_111c0ffee3',
    label: 'late',
    summary: 'Refund EUR 64.00 to order W5061109',
    amount: '64.00',
    more: { risk: 'consequential', promise: 48, claim: { by: 'bob@example.com', until: inMinutes(9) } },
  });
  const replies = [
    'Tell the customer that parcel 7731 arrives on Thursday',
    'Send the return label for order W5512908',
    'Answer that the kettle has a two-year warranty',
    'Ask for a photo of the broken lamp',
  ];
  for (const [at, summary] of replies.entries())
    lay({
      ...TICKET,
      id: `tickets_11117a1c2e${at + 4}`,
      summary,
      more: { promise: 150 + at * 40, createdAt: inMinutes(-22 - at * 9) },
    });
  lay({
    ...REFUND,
    id: 'refunds_111c0ffee4',
    label: 'other',
    summary: 'Refund EUR 12.90 to order W4410092',
    amount: '12.90',
    more: { promise: 900 },
  });
}

/** What a proposal rests on, and an item in the middle of others. */
function found(): void {
  const summary = 'Refund EUR 64.00 to order W5061109';
  const of = { ...REFUND, summary, amount: '64.00' };
  const evidence = [...(LOOKED_UP.evidence ?? []), ...(PASSAGES.evidence ?? [])];
  const document = { ...LOOKED_UP, ...AGENTS, evidence };
  lay({ ...of, id: 'refunds_111f00d0001', more: { risk: 'consequential', promise: 70 }, document });
  const { id, itemId } = lay({ ...of, id: 'refunds_111f00d0002', more: { risk: 'consequential' } }, 50);
  world.tables.put('items', itemRow({ id: itemId, approvalId: id, status: 'done', ...FAMILY }));
  const [made] = FAMILY.children;
  if (made) {
    const next = lay({ ...TICKET, id: made.id, summary: 'Send a new kettle' }, 40);
    world.tables.put('items', itemRow({ id: made.id, approvalId: next.id, status: 'done' }));
  }
}

const ENDS: Partial<ApprovalRow>[] = [
  {},
  { decision: 'reject', comment: 'The photo shows another lamp.' },
  { edits: [{ field: 'amount', from: '182.50', to: '150.00' }] },
  {},
  { decision: 'again', comment: 'Please look at the second parcel as well.' },
  { status: 'expired' },
];

const PARKED = {
  status: 'parked',
  error: { class: 'SystemError', message: "destination 'orders' answered 422" },
} as const;

/** A refund that is taken back, and the question about that. */
function back(): void {
  const summary = 'Refund EUR 24.90 to order W2378156';
  const { id, itemId } = lay({ ...REFUND, summary, amount: '24.90', id: 'refunds_111f00d0003' }, 1);
  const done = takenBack(itemRow({ id: itemId, approvalId: id, status: 'done' }), 'received');
  world.tables.put('items', done);
  const reasons = [`'ops' asks to take back action 1 ('refund') of item ${itemId.slice(-7)}`];
  const compensates = { ...COMPENSATES, item: itemId, summary, approvalId: id };
  const charge = lay({
    ...{ ...REFUND, id: 'refunds_111c0ffee5', summary: 'Charge EUR 24.90 to order W2378156 again' },
    ...{ amount: '24.90', more: { risk: 'consequential', promise: 55 } },
    document: { compensates, reasons, evidence: [] },
  });
  const { facts, ...row } = charge;
  world.tables.put('approvals', { ...row, facts: { ...facts, compensates: { item: itemId, action: 1 } } });
  const of = { item: itemId, action: 1, name: 'refund', by: 'ops' };
  const child = { status: 'waiting_approval', compensates: of, ancestors: [itemId] } as const;
  world.tables.put('items', itemRow({ id: charge.itemId, approvalId: charge.id, ...child }));
}

/** What the gate was given of two weeks of items, and an automation that declares the amount above which it asks. */
function whatIf(): void {
  house.policy = BY_AMOUNT as never;
  for (let at = 0; at < 260; at += 1) {
    const cents = ((at * 7919) % 34_000) + 400;
    const said =
      cents < 10_000 ? undefined : ['approve', 'approve', 'approve', 'approve with edits', 'reject'][at % 5];
    judgedItem(40 + at * 70, (cents / 100).toFixed(2), said);
  }
}

/** Three weeks of decisions, some more on some days, with their entries in the audit. */
function past(): void {
  for (let at = 0; at < 140; at += 1) {
    const day = (at * at) % 29;
    const ends = ENDS[at % 11 < 6 ? 0 : at % 6] ?? {};
    const minutes = 3 + day * 1440 + ((at * 37) % 600);
    const what = at % 3 === 0 ? TICKET : REFUND;
    const id = `${what === REFUND ? 'refunds' : 'tickets'}_111${(0xdec1de1 + at * 4099).toString(16)}`;
    const seconds = 20 + ((at * 53) % 9000);
    const { createdAt, ...rest } = { createdAt: inMinutes(-minutes - seconds / 60), ...ends };
    const summary =
      what === REFUND
        ? `Refund EUR ${20 + at}.00 to order W${2378000 + at}`
        : `Answer about parcel ${7000 + at}`;
    const row = lay(
      {
        ...what,
        id: at === 0 ? 'refunds_1110dec1de1' : id,
        summary,
        ...(what === REFUND ? { amount: `${20 + at}.00` } : {}),
        more: { ...rest, createdAt, activeSeconds: 8 + ((at * 11) % 70) },
      },
      minutes,
    );
    const end = row.status === 'expired' ? ('expired' as const) : ('decided' as const);
    const { decidedAt = '', decision, decidedBy, comment, edits, activeSeconds = 0 } = row;
    const said =
      end === 'decided' && decision
        ? {
            by: decidedBy,
            decision,
            channel: 'console' as const,
            activeSeconds,
            ...(comment ? { comment } : {}),
            ...(edits ? { edits } : {}),
          }
        : {};
    row.trail = [
      { at: createdAt, event: 'asked', to: 'leads' },
      { at: decidedAt, event: end, ...said } as ApprovalRow['trail'][number],
    ];
    world.tables.put('approvals', row);
    world.tables.put(
      'items',
      itemRow({ id: row.itemId, approvalId: row.id, ...(at % 17 === 1 ? PARKED : { status: 'done' }) }),
    );
    for (const entry of auditEntries(row)) world.tables.put('audit', entry);
  }
}

/** The desk at an address, with people signed in. */
const CAUTION = {
  ...{ on: true, actions: [], labels: ['Billing'], reason: 'the new price list', by: OLGA },
};
const REPORTED = { ...SETTINGS, owners: { 'Demo Team': [ANN] }, reportTo: [ANN] };

export async function busyDesk() {
  freshHouse();
  const server = await served();
  const people = new Map<string, Awaited<ReturnType<typeof signedIn>>>();
  for (const email of [ANN, OLGA]) people.set(email, await signedIn(email));
  past();
  open();
  found();
  back();
  await audits();
  await fortnight();
  await happened(60, { TransientError: 9 }, { of: [['stage', 'act']] });
  await happened(60, { SystemError: 5 }, { of: [['stage', 'route']] });
  await happened(90, { calls: 240, failed: 11, promised: 120, met: 114 });
  await drifted(SHIFTS.find(({ as }) => as === 'language')?.to ?? USUAL);
  whatIf();
  await setCaution('control', 'demo', CAUTION);
  await weeklyReport([registryEntry(automation as never)], REPORTED, {
    ...ENV,
    BASE_URL: 'https://signalbox.example',
  });
  return {
    /** What went out as the report of the week. */
    mail: world.mails.at(-1)?.html ?? '',
    url: server.url,
    close: () => server.close(),
    cookies: async (email: string) =>
      [...(people.get(email)?.cookies ?? [])].map(([name, value]) => ({ name, value, url: server.url })),
  };
}
