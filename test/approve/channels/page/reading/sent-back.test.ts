import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApprovalRow } from '../../../../../lambdas/contract/approval.ts';
import type { ProposalDocument } from '../../../../../lambdas/contract/item/proposal-document.ts';
import { digest } from '../../../../../lambdas/kit/digest.ts';
import { link, plain, question, show } from '../../../../support/desk.ts';
import { ID, itemRow, proposal } from '../../../../support/fixtures.ts';
import { words } from '../../../../support/pages.ts';
import { time, world } from '../../../../support/world.ts';

vi.mock('../../../../../lambdas/kit/aws.ts', () => import('../../../../support/clients.ts'));
vi.mock('../../../../../lambdas/kit/objects.ts', () => import('../../../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const TOKEN = 'z'.repeat(43);
const SECOND = `${ID}-g2`;
const AT = '2026-12-01T08:45:00.000Z';

const letter = (reply: string, amount: string, fields: Partial<ProposalDocument> = {}) =>
  proposal({
    summary: `Pay EUR ${amount}`,
    parameters: { amount, reply },
    shows: ['amount', 'reply'],
    ...fields,
  });

/** A question that bob sent back, and the one that came of it. */
function askedAgain(
  before: ProposalDocument,
  after: ProposalDocument,
  fields: Partial<ApprovalRow> = {},
): void {
  const first = question(before, {
    ...{ status: 'decided', decision: 'again', decidedBy: 'bob@example.com', decidedAt: AT, carriedAt: AT },
    ...{ comment: 'Be <b>kinder</b>, and pay less.', ...fields },
  });
  const next = { ...after, generation: 2 };
  const proposalKey = `items/${ID}/proposal-g2.json`;
  world.content.set(`bucket/${proposalKey}`, JSON.stringify(next));
  const { decision: _, decidedBy: __, decidedAt: ___, carriedAt: ____, comment: _____, ...open } = first;
  world.tables.put('approvals', {
    ...open,
    ...{ id: SECOND, generation: 2, status: 'pending', digest: digest(next), askedDigest: digest(next) },
    ...{ proposalKey, askedKey: proposalKey },
  });
  world.tables.put('items', itemRow({ generation: 2, approvalId: SECOND, sentBack: [`${ID}-g1`] }));
  link(TOKEN, 'ann@example.com', SECOND);
}

const shown = async () => (await plain(`/approvals/${SECOND}?t=${TOKEN}`)).text;
const partOf = (text: string) => /<section class="changed"[\s\S]*?<\/section>/.exec(text)?.[0] ?? '';

describe('an approval that comes after one that was sent back', () => {
  it('says who sent it back, when and why, and field by field what is different now', async () => {
    askedAgain(letter('We will pay soon.', '24.90'), letter('We are sorry, and will pay soon.', '20.00'));

    const part = partOf(await shown());

    expect(words(part)).toContain(
      'bob@example.com sent it back at 2026-12-01 08:45 UTC : Be &lt;b&gt;kinder&lt;/b&gt;',
    );
    expect(part).toMatch(/<dt>what will be done<\/dt>\s*<dd>Pay EUR <del>/);
    expect(part).toMatch(/<dt>amount<\/dt>\s*<dd><del>.*24\.90.*<\/del><ins>.*20\.00.*<\/ins><\/dd>/);
    expect(part).toMatch(/<dt>reply<\/dt>\s*<dd>We <ins>/);
    expect(part).not.toMatch(/<dt>(?:label|risk)/);
  });

  it('says it to who hears the page too, and shows what cannot be seen', async () => {
    askedAgain(letter('Pay.', '24.90'), letter('Pay\u202E.', '24.90'));

    const part = partOf(await shown());

    expect(part).toContain('<del><span class="quiet">removed: </span>Pay.');
    expect(part).toContain(
      '<ins><span class="quiet">added: </span>Pay<mark title="invisible characters">[U+202E]</mark>.',
    );
  });

  it('says where nothing is different, and where the one before is no longer kept', async () => {
    askedAgain(letter('Pay.', '24.90'), letter('Pay.', '24.90'));
    expect(words(partOf(await shown()))).toContain('Nothing is different in what will be done.');

    askedAgain(letter('Pay.', '24.90'), letter('Pay.', '20.00'), { proposalKey: 'items/gone.json' });
    expect(words(partOf(await shown()))).toContain('What was proposed then is no longer kept.');
  });

  it.each<[string, Partial<ProposalDocument>, Partial<ProposalDocument>, string]>([
    [
      'a value that its action does not declare',
      { parameters: { amount: '24.90', account: 'DE11' }, shows: ['amount'] },
      { parameters: { amount: '24.90', account: 'XX99' }, shows: ['amount'] },
      'account',
    ],
    [
      "a value that is named like a field of the page's own",
      { parameters: { amount: '24.90', label: 'green', risk: 'low', 'what will be done': 'a' } },
      { parameters: { amount: '24.90', label: 'black', risk: 'low', 'what will be done': 'a' } },
      'label',
    ],
    ['the action itself', { action: 'refund' }, { action: 'close-account' }, 'action'],
  ])('hides no change: %s', async (_name, before, after, name) => {
    askedAgain(letter('Pay.', '24.90', before), letter('Pay.', '24.90', after));

    const part = partOf(await shown());

    expect(part).not.toContain('Nothing is different');
    expect([...part.matchAll(/<dt>([^<]*)<\/dt>/g)].map(([, term]) => term)).toEqual([name]);
  });

  it('is shown without it where the one before was not sent back, or cannot be read', async () => {
    askedAgain(letter('Pay.', '24.90'), letter('Pay.', '20.00'));
    world.tables.put('items', itemRow({ generation: 2, approvalId: SECOND }));
    expect(partOf(await shown())).toBe('');

    askedAgain(letter('Pay.', '24.90'), letter('Pay.', '20.00'), { decision: 'reject' });
    expect(partOf(await shown())).toBe('');

    askedAgain(letter('Pay.', '24.90'), letter('Pay.', '20.00'));
    world.fault = (call, { TableName }) => {
      if (call.startsWith('dynamodb') && TableName === 'items') throw new Error('no table now');
    };
    const text = await shown();
    expect(partOf(text)).toBe('');
    expect(text).toContain('<h1>Pay EUR 20.00</h1>');
  });
});

describe('an approval that comes after one that the house closed', () => {
  const HOUSE = { decidedBy: 'the timekeeper', comment: 'what was missing can be had now' };

  it('says so, when, and what is different now', async () => {
    askedAgain(letter('Pay.', '24.90'), letter('Pay.', '20.00'), HOUSE);
    world.tables.put('items', itemRow({ generation: 2, approvalId: SECOND, completed: [`${ID}-g1`] }));

    const part = partOf(await shown());

    expect(words(part)).toContain(
      'Signalbox closed the approval before this one at 2026-12-01 08:45 UTC : what was missing can be had now.',
    );
    expect(part).toMatch(/<dt>amount<\/dt>\s*<dd><del>.*24\.90/);
    expect(part).not.toContain('sent it back');
  });

  it('still says what a person remarked before that', async () => {
    askedAgain(letter('Pay.', '24.90'), letter('Pay.', '20.00'), HOUSE);
    const remark = { decision: 'again', decidedBy: 'bob@example.com', decidedAt: AT, comment: 'Less.' };
    world.tables.put('approvals', {
      ...world.tables.row('approvals', `${ID}-g1`),
      ...remark,
      id: `${ID}-g0`,
    });
    const row = { generation: 2, sentBack: [`${ID}-g0`], completed: [`${ID}-g1`] };
    world.tables.put('items', itemRow({ ...row, approvalId: SECOND }));

    const part = words(partOf(await shown()));

    expect(part).toContain('bob@example.com sent it back at 2026-12-01 08:45 UTC : Less.');
    expect(part).toContain('Signalbox closed the approval before this one');
  });

  it.each([
    [4, 0, false],
    [4, 1, true],
    [5, 2, true],
  ])(
    'in generation %i, %i of them by the house, may be sent back: %s',
    async (generation, completions, may) => {
      const document = letter('Pay.', '24.90', { generation, completions });
      question(document, { facts: { ...question(document).facts, completions } });
      expect((await show()).text.includes('Send back with my comment')).toBe(may);
    },
  );
});
