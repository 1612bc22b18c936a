import { beforeEach, describe, expect, it, vi } from 'vitest';
import { newApproval } from '../../lambdas/approve/ask/open.ts';
import { failureOf } from '../../lambdas/approve/channels/mail/failure-mail.ts';
import { letterOf } from '../../lambdas/approve/channels/mail/mail.ts';
import { askMessage, closedMessage, isApprovable } from '../../lambdas/approve/channels/slack/messages.ts';
import { becameOf } from '../../lambdas/approve/decision/became.ts';
import type { ApprovalRow } from '../../lambdas/contract/approval.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import type { ItemStatus } from '../../lambdas/contract/item/status.ts';
import { auditEntries } from '../../lambdas/tables/audit/audit.ts';
import { freshHouse, put, putClosed, signedIn } from '../support/console.ts';
import { APPROVAL, question, row, show } from '../support/desk.ts';
import { ID, itemRow, proposal, SETTINGS } from '../support/fixtures.ts';
import { unescaped } from '../support/html.ts';
import { words } from '../support/pages.ts';
import { CHARGE, COMPENSATES, takenBack as takenBackOf } from '../support/taken-back.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

/* What an item takes back, and what is taken back of one: on the page, in mails, in Slack and in the console, in the same words. */

const { item: PARENT, reason: REASON } = COMPENSATES;
const SAID = [
  'This takes back what was done.',
  'Action 1 of item c7c7c7c, done 2026-12-01 08:10 UTC: Refund EUR 24.90',
  `ops asks for it: “${REASON}”`,
];

beforeEach(freshHouse);

/** As a person reads it: no element adds a space before a comma. */
const read = (html: string) => unescaped(words(html)).replaceAll(/ (?=[,:])/g, '');

const textIn = (blocks: object[]) =>
  blocks.flatMap((block) => (block as { text?: { text: string } }).text?.text ?? []);

describe('the question about taking something back', () => {
  it('says so in one set of words, on the page, in the mail and in Slack', async () => {
    question(CHARGE);
    const letter = { row: row(), document: CHARGE, url: 'https://desk.example/x', reminder: false };
    const mail = await letterOf({ ...letter, asked: { group: 'leads', via: '' } });
    const slack = textIn(askMessage({ document: CHARGE, row: row(), url: letter.url }).blocks);

    const page = read((await show()).text);
    for (const said of SAID) {
      expect(page).toContain(said);
      expect(mail.text).toContain(said);
      expect(read(mail.html)).toContain(said);
    }
    expect(slack).toContain(SAID.join('\n'));
    expect(isApprovable(CHARGE)).toBe(true);
  });

  it('is decided on the page where Slack cannot show all of it', () => {
    const long = { ...COMPENSATES, reason: 'x'.repeat(3000) };
    expect(isApprovable({ ...CHARGE, compensates: long })).toBe(false);
  });

  it('cannot be given lines of its own by whoever asked for it', () => {
    const compensates = { ...COMPENSATES, reason: 'a mistake\nApproved by the boss' };
    question(CHARGE);
    const asked = askMessage({ document: { ...CHARGE, compensates }, row: row(), url: 'https://x.example' });
    const [, told = ''] = textIn(asked.blocks);
    expect(told.split('\n')).toHaveLength(3);
  });

  it('is known in lists by its number, and says no more in the record than before', () => {
    question(CHARGE);
    expect(row().facts.compensates).toEqual({ item: PARENT, action: 1 });
    expect(JSON.stringify(auditEntries(row()))).not.toContain('compensates');
    expect(
      newApproval(SETTINGS, proposal(), {
        ...{ itemId: ID, generation: 1, digest: 'd', proposalKey: 'k', asked: {} },
      }).facts,
    ).not.toHaveProperty('compensates');
  });
});

describe('the console', () => {
  const of = { item: PARENT, action: 1 };

  it('says it in the queue, to whoever was not asked, and on the page of many', async () => {
    const fields = put('item-a', {}, { compensates: COMPENSATES, summary: 'Charge EUR 24.90 again' });
    world.tables.put('approvals', { ...fields, facts: { ...fields.facts, compensates: of } });
    const ann = await signedIn('ann@example.com');

    expect(words((await ann.get('/console')).text)).toContain('takes back action 1 of item c7c7c7c');
    const many = await ann.get('/console/many?what=approve&id=item-a-g1');
    const others = await (await signedIn('august@example.com')).get('/console/approvals/item-a-g1');
    const asked = await ann.get('/console/approvals/item-a-g1');
    for (const { text } of [many, others, asked]) for (const said of SAID) expect(read(text)).toContain(said);
  });

  it('says it among what was decided, and on the page of one that is closed', async () => {
    const fields = putClosed('item-a', 5, {}, { compensates: COMPENSATES });
    world.tables.put('approvals', { ...fields, facts: { ...fields.facts, compensates: of } });
    const item = { id: 'item-a', approvalId: 'item-a-g1', ancestors: [PARENT], compensates: undefined };
    const compensates = { ...of, name: 'refund', by: 'ops' };
    world.tables.put('items', itemRow({ ...item, status: 'done', compensates }));
    const ann = await signedIn('ann@example.com');

    expect(words((await ann.get('/console/decided')).text)).toContain('takes back action 1 of item c7c7c7c');
    const page = read((await ann.get('/console/approvals/item-a-g1')).text);
    for (const said of SAID) expect(page).toContain(said);
    expect(page).toContain(`Takes back action 1 of item ${PARENT}`);
    expect(page).not.toContain('Made by item');
  });
});

/** The item that was decided about, and whose first action is taken back by one that stands so. */
const takenBack = (status: ItemStatus, fields: Partial<ItemRow> = {}, before = 0) =>
  takenBackOf(itemRow({ approvalId: APPROVAL, status: 'done', ...fields }), status, before);

const AT = '2026-12-01T08:50:00.000Z';
const DECIDED: Partial<ApprovalRow> = {
  ...{ status: 'decided', decision: 'approve', decidedBy: 'ann@example.com', decidedAt: AT, carriedAt: AT },
  phase: 'closed#2026-12',
};

describe('what is taken back of an item', () => {
  it.each([
    ['done', '↺', 'Taken back by item %s'],
    ['received', '◔', 'Being taken back by item %s'],
    ['parked', '!', 'Not taken back yet: item %s is parked'],
    ['quarantined', '!', 'Not taken back yet: item %s is quarantined'],
    ['rejected', '–', 'Not taken back: item %s was rejected'],
    ['refused', '–', 'Not taken back: item %s was refused'],
    ['expired', '–', 'Not taken back: item %s has expired'],
    ['withdrawn', '–', 'Not taken back: item %s was withdrawn'],
  ] as const)(
    'is told as %s to whoever approved it, by page, console and Slack',
    async (status, sign, said) => {
      question(proposal(), DECIDED);
      const item = takenBack(status);
      world.tables.put('items', item);
      const line = said.replace('%s', item.compensations?.[0]?.item.slice(-7) ?? '');
      const eve = await signedIn('ann@example.com');

      expect(words((await show()).text)).toContain(`✓ Done. It was carried out, once. ${sign} ${line}.`);
      expect(words((await eve.get('/console/decided')).text)).toContain(line);
      const page = words((await eve.get(`/console/approvals/${APPROVAL}`)).text);
      expect(page).toContain(`${sign} ${line}.`);
      expect(page).toContain('Taken back by');
      expect(textIn(closedMessage(row(), becameOf(row(), item)).blocks)).toContain(`${line}.`);
    },
  );

  it('is not told as made by its actions, not even by a try that came to nothing', async () => {
    question(proposal(), DECIDED);
    world.tables.put('items', takenBack('done', {}, 2));
    const ann = await signedIn('ann@example.com');

    const page = words((await show()).text);
    expect(page).toContain('↺ Taken back by item');
    expect(page).not.toContain('Its actions made');
    expect(words((await ann.get(`/console/approvals/${APPROVAL}`)).text)).not.toContain('Items it made');
  });

  it('of a list stands beside its action, and a parked one does not say that it goes on', async () => {
    question(proposal(), DECIDED);
    const key = (at: number) => `${ID}-aaaaaaaaaaaaaaaa${at === 0 ? '' : `_${at + 1}`}`;
    const actions = ['refund', 'note'].map((name, at) => ({ name, idempotencyKey: key(at) }));
    const state = { generation: 1, tries: 1 } as const;
    const error = { class: 'TransientError', message: "destination 'ledger' answered 503" } as const;
    const list: Partial<ItemRow> = {
      ...{ status: 'parked', error, actions },
      action: { name: 'refund', idempotencyKey: key(0), status: 'done' },
      ledger: {
        aaaaaaaaaaaaaaaa: { state: 'done', ...state },
        aaaaaaaaaaaaaaaa_2: { state: 'failed', ...state },
      },
    };
    const item = takenBack('received', list);
    world.tables.put('items', item);
    const number = item.compensations?.[0]?.item.slice(-7);

    const page = read((await show()).text);
    expect(page).toContain(`refund: ✓ done, ◔ being taken back by item ${number}`);
    expect(page).toContain('What it did is taken back, or may be: what is left of it is not begun.');
    expect(page).not.toContain('let it go on');
    const became = becameOf(row(), item);
    const mail = await failureOf({ row: row(), became, url: 'https://x.example' });
    expect(mail.text).toContain(`Action 1: being taken back by item ${number}`);
    expect(mail.text).not.toContain('let it go on');
    const again = takenBack('rejected', list);
    world.tables.put('items', again);
    expect(words((await show()).text)).toContain('let it go on');
  });
});

describe('what could not be taken back', () => {
  it('is told to whoever approved it: by mail, in Slack and on the page', async () => {
    question(CHARGE, DECIDED);
    time.advance(60);
    const error = { class: 'TransientError', message: "destination 'ledger' answered 503" } as const;
    world.tables.put('items', itemRow({ approvalId: APPROVAL, status: 'parked', error }));
    const became = becameOf(row(), itemRow({ approvalId: APPROVAL, status: 'parked', error }));

    const mail = await failureOf({ row: row(), became, url: 'https://x.example' });
    for (const part of [mail.text, words(mail.html)]) {
      expect(part).toContain('What it was to take back');
      expect(part).toContain('action 1 of item c7c7c7c');
    }
    const told = textIn(closedMessage(row(), became).blocks);
    expect(told.join('\n')).toContain('*It was not done*');
    expect(told).toContain('It is about taking back action 1 of item c7c7c7c.');
    const page = words((await show()).text);
    expect(page).toContain('It is about taking back action 1 of item c7c7c7c.');
    expect(page).toContain('Not done yet.');
  });
});
