import type { Page } from 'playwright-core';
import { failureOf } from '../../lambdas/approve/channels/mail/failure-mail.ts';
import { letterOf } from '../../lambdas/approve/channels/mail/mail.ts';
import { pageApp } from '../../lambdas/approve/channels/page/page.ts';
import { becameOf } from '../../lambdas/approve/decision/became.ts';
import type { ApprovalRow } from '../../lambdas/contract/approval.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { ProposalDocument } from '../../lambdas/contract/item/proposal-document.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { editsIn } from '../../lambdas/gate/list/edit-fields.ts';
import { marksOf } from '../../lambdas/gate/marks.ts';
import { digest } from '../../lambdas/kit/digest.ts';
import { AGENTS, FAMILY, LEARNT, LOOKED_UP, PARTLY, PASSAGES } from './approval-found.ts';
import { ANN, APPROVAL, context, editable, link, question, tell } from './desk.ts';
import { automation, ENV, ID, itemRow, proposal, QUESTION, SETTINGS } from './fixtures.ts';
import { stubServer } from './http.ts';
import { CLOSE, listing, listOf, NOTE, REFUND } from './list.ts';
import { CHARGE, takenBack } from './taken-back.ts';
import { time, world } from './world.ts';

/* The approval page in each of its states, and each of its mails: for a browser that looks at them. */

const CAME = `Hello,

my kettle arrived on Tuesday with a broken lid. I have attached a photo. I would like my money back,
not another kettle: this is the second one that breaks.

Order W2378156, paid by card. You can reach me on 0170 5550182.

Kind regards
Mara Lindqvist`;
const REPLY = `Dear Mara Lindqvist,

we are sorry that the second kettle broke as well. We have sent EUR 64.00 back to your card; it takes
three to five days to arrive. You need not return the kettle.

Kind regards
Customer Support`;

const NAME = 'refund-request';
const EVIDENCE = [
  { source: 'rules, R3', quote: 'Goods that arrive broken are refunded whole within 30 days of delivery.' },
  { source: 'order W2378156', quote: 'Delivered on 24 November; paid EUR 64.00 by card.' },
];
const REASONS = [
  'the amount is at or above EUR 50.00',
  'it is the second complaint of this customer this year',
];

const EDITS = { amount: { label: 'Amount', type: 'money', least: '0.01', most: '64.00' } } as const;

const short = (fields: Partial<ProposalDocument> = {}): ProposalDocument => {
  const parameters = { orderId: 'W2378156', amount: '64.00', currency: 'EUR' };
  return editable(EDITS, {
    ...{
      parameters,
      shows: ['orderId', 'amount', 'currency'],
      label: 'damaged',
      reasons: REASONS,
      text: CAME,
    },
    ...{
      automation: NAME,
      summary: 'Refund EUR 64.00 to order W2378156',
      brief: 'It arrived broken, six days ago.',
    },
    ...{ confidence: 0.82, evidence: EVIDENCE, ...fields },
  });
};
const long = (fields: Partial<ProposalDocument> = {}): ProposalDocument => {
  const parameters = { to: 'mara@example.com', subject: 'Your kettle', reply: REPLY, orderId: 'W2378156' };
  return proposal({
    ...{ parameters, shows: ['to', 'subject', 'reply'], label: 'damaged', reasons: REASONS, text: CAME },
    ...{
      automation: NAME,
      summary: 'Send the reply to mara@example.com',
      brief: 'It answers what she asks.',
      evidence: EVIDENCE,
    },
    ...{ words: marksOf(parameters, ['reply']), risk: 'routine', ...fields },
  });
};
const catastrophic = (): ProposalDocument => ({
  ...short(),
  ...{ action: 'erase', risk: 'catastrophic', summary: 'Erase the account of mara@example.com for ever' },
  ...{
    parameters: { account: 'mara@example.com', keepInvoices: true },
    shows: ['account', 'keepInvoices'],
  },
  question: { ...QUESTION, confirm: 'mara@example.com' },
});

/** Money back, a note that names the refund, and the ticket closed. */
const list = (fields: Partial<ProposalDocument> = {}): ProposalDocument => {
  const { question: asked = QUESTION, ...rest } = listOf();
  const { label, reasons, text, evidence, brief, confidence } = short();
  const edits = editsIn(listing.actions, [REFUND, NOTE, CLOSE], {});
  return {
    ...{ ...rest, label, reasons, evidence, brief, confidence, automation: NAME },
    ...(text === undefined ? {} : { text }),
    question: { ...asked, edits },
    ...fields,
  };
};

const AT = '2026-12-01T08:50:00.000Z';
const DECIDED: Partial<ApprovalRow> = {
  ...{ status: 'decided', decision: 'approve', decidedBy: 'ann@example.com', decidedAt: AT, carriedAt: AT },
  ...{ phase: 'closed#2026-12', votes: { 'ann@example.com': { at: AT, digest: 'd' } } },
};
const REASON = "destination 'ledger' answered 503, after 3 tries";

/** A question, its item, and the decided approvals and the next ones that pages tell of. */
function put(
  document: ProposalDocument,
  fields: Partial<ApprovalRow> = {},
  item: Partial<ItemRow> = {},
): string {
  const row = question(document, fields);
  world.tables.put('items', itemRow({ approvalId: APPROVAL, status: 'waiting_approval', ...item }));
  for (const number of [4, 5, 6]) {
    const id = `demo_${String(number).repeat(32)}-g1`;
    const { decision: _, ...open } = row;
    world.tables.put('approvals', {
      ...open,
      id,
      status: 'pending',
      phase: 'open',
      claim: undefined,
      votes: {},
    });
  }
  return `/approvals/${APPROVAL}?t=${ANN}`;
}

/** Sent back by bob, and proposed anew. */
function sentBack(): string {
  put(long(), {
    ...{ ...DECIDED, decision: 'again', decidedBy: 'bob@example.com', votes: {} },
    comment: 'Kinder, please, and say that she may keep the kettle.',
  });
  const reply = REPLY.replace('we are sorry that', 'we are very sorry that').replace(
    'You need not return the kettle.',
    'Please keep the kettle; there is nothing that you need to send back.',
  );
  const next = { ...long({ parameters: { ...long().parameters, reply } }), generation: 2 };
  const id = `${ID}-g2`;
  const proposalKey = `items/${ID}/proposal-g2.json`;
  world.content.set(`bucket/${proposalKey}`, JSON.stringify(next));
  const {
    decision: _,
    decidedBy: __,
    decidedAt: ___,
    carriedAt: ____,
    comment: _____,
    ...open
  } = world.tables.row<ApprovalRow>('approvals', APPROVAL) as ApprovalRow;
  world.tables.put('approvals', {
    ...open,
    ...{ id, generation: 2, status: 'pending', phase: 'open', proposalKey, askedKey: proposalKey },
    ...{ digest: digest(next), askedDigest: digest(next) },
  });
  world.tables.put('items', itemRow({ generation: 2, approvalId: id, sentBack: [APPROVAL] }));
  link(ANN, 'ann@example.com', id);
  return `/approvals/${id}?t=${ANN}`;
}

export interface State {
  name: string;
  path(): string;
  /** What somebody does there, before it is looked at. */
  act?(page: Page): Promise<void>;
}

const press = (name: RegExp) => async (page: Page) => {
  await page.getByRole('button', { name }).first().click();
  await page.waitForLoadState();
};
const withReason = (name: RegExp) => async (page: Page) => {
  await page.locator('#comment').fill('The photo shows it.');
  await press(name)(page);
};

/** Of a body that came broken, with an amount in another form and a field that nobody knows. */
const REPAIRS: ProposalDocument['repairs'] = [
  { pointer: '', from: "{'order_id': 'W1001', amount: '1.250,00',}", by: 'json' },
  { pointer: '/orderId', source: '/order_id', from: 'W1001', to: 'W1001', by: 'name' },
  { pointer: '/amount', from: '1.250,00', to: '1250.00', by: 'type' },
  { pointer: '/shop', from: { id: 7 }, by: 'unknown' },
];

export const STATES: readonly State[] = [
  { name: 'open', path: () => put(short()) },
  { name: 'open-long', path: () => put(long()) },
  { name: 'asked-again', path: sentBack },
  {
    name: 'claimed',
    path: () => put(short(), { claim: { by: 'bob@example.com', until: '2026-12-01T09:10:00.000Z' } }),
  },
  { name: 'catastrophic', path: () => put(catastrophic()) },
  { name: 'confirm', path: () => put(short()), act: withReason(/^Approve/) },
  { name: 'undo', path: () => put(tell({ automation: NAME, text: CAME })), act: press(/^Approve/) },
  { name: 'decided', path: () => put(tell({ automation: NAME, reversible: false })), act: press(/^Approve/) },
  { name: 'second-approver', path: () => put(long(), { quorum: 2 }), act: press(/^Approve/) },
  { name: 'done', path: () => put(short(), DECIDED, { status: 'done' }) },
  {
    name: 'failed',
    path: () =>
      put(short(), DECIDED, { status: 'parked', error: { class: 'TransientError', message: REASON } }),
  },
  { name: 'list', path: () => put(list()) },
  {
    name: 'list-failed',
    path: () => put(list(), DECIDED, { status: 'parked', ...PARTLY }),
  },
  { name: 'expired', path: () => put(short(), { status: 'expired', phase: 'closed#2026-12' }) },
  { name: 'repaired', path: () => put({ ...short(), repairs: REPAIRS }) },
  { name: 'looked-up', path: () => put({ ...short(), ...LOOKED_UP }) },
  { name: 'learnt', path: () => put({ ...short(), ...LEARNT }) },
  { name: 'agents', path: () => put({ ...short(), ...AGENTS }) },
  { name: 'passages', path: () => put({ ...short(), ...PASSAGES }) },
  { name: 'child', path: () => put(short(), {}, { ancestors: FAMILY.ancestors }) },
  { name: 'parent', path: () => put(short(), DECIDED, { status: 'done', ...FAMILY }) },
  { name: 'takes-back', path: () => put({ ...CHARGE, automation: NAME }) },
  { name: 'taken-back', path: () => put(short(), DECIDED, takenBack(itemRow({ status: 'done' }), 'done')) },
  {
    name: 'list-taken-back',
    path: () => put(list(), DECIDED, takenBack(itemRow({ status: 'parked', ...PARTLY }), 'received')),
  },
  { name: 'bad-link', path: () => `${put(short()).split('?')[0]}?t=x` },
];

/** The mails, by name, as HTML. */
export async function mailsOf(): Promise<Record<string, { subject: string; html: string; text: string }>> {
  world.reset();
  time.freeze();
  put(short());
  const row = world.tables.row<ApprovalRow>('approvals', APPROVAL) as ApprovalRow;
  const url = `https://desk.example/approvals/${APPROVAL}?t=${ANN}`;
  const letter = (given: ProposalDocument, asked: object = {}, more: object = {}, fields: object = {}) =>
    letterOf({
      ...{ row: { ...row, ...fields }, document: given, url, reminder: false, zone: 'Europe/Berlin' },
      ...{ asked: { group: 'leads', via: '', ...asked }, ...more },
    });
  const item = { approvalId: APPROVAL, error: { class: 'TransientError', message: REASON } } as const;
  const decided = { ...row, ...DECIDED };
  const failed = (status: 'parked' | 'quarantined') =>
    failureOf({ row: decided, became: becameOf(decided, { ...item, status }), url, zone: 'Europe/Berlin' });
  return {
    first: await letter(short()),
    'first-looked-up': await letter({ ...short(), ...LOOKED_UP }),
    'first-catastrophic': await letter(catastrophic()),
    reminder: await letter(short(), {}, { reminder: true }),
    escalated: await letter(short(), { group: 'bosses' }, {}, { escalatedAt: AT }),
    'handed-over': await letter(long(), { via: 'by bob@example.com, who hands it over' }),
    changed: await letter(short(), { voided: true }),
    'failed-parked': await failed('parked'),
    'failed-refused': await failed('quarantined'),
    'first-list': await letter(list()),
    'first-takes-back': await letter({ ...CHARGE, automation: NAME }),
    'failed-list': await failureOf({
      ...{ row: { ...decided, facts: { ...decided.facts, summary: list().summary } } },
      ...{ url, zone: 'Europe/Berlin' },
      became: becameOf(decided, { ...PARTLY, id: ID, approvalId: APPROVAL, status: 'parked' }),
    }),
  };
}

/** The approval page at an address of its own, for a real browser; a fresh desk for every state. */
export async function servedPages() {
  const stub = await stubServer(async (response, { method, path, headers, body }) => {
    const said = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
    const init = { method, headers: said, ...(method === 'POST' ? { body } : {}) };
    const env = { ...ENV, BASE_URL: stub.url };
    const declarations = [{ ...automation, name: NAME } as Automation];
    const answer = await pageApp({ ...context({ settings: SETTINGS, declarations }), env }).request(
      `${stub.url}${path}`,
      init,
    );
    response.writeHead(answer.status, [...answer.headers].flat());
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  return {
    close: () => stub.close(),
    /** Where the state is to be seen. */
    url({ path }: State): string {
      world.reset();
      time.freeze();
      return `${stub.url}${path()}`;
    },
  };
}
