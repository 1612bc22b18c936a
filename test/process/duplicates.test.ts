import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { MailFacts } from '../../lambdas/contract/intake/mail.ts';
import type { Duplicates } from '../../lambdas/contract/item/duplicates.ts';
import type { ProposalDocument } from '../../lambdas/contract/item/proposal-document.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { fullView, itemView } from '../../lambdas/tables/items/view.ts';
import { automation, type Demo, door, itemRow, PAY, stored } from '../support/fixtures.ts';
import { Crash, time, world } from '../support/world.ts';
import { thinking, work } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));
vi.mock('../../lambdas/models/step.ts', () => ({
  stepRunner: () => ({
    ...door(),
    model: async () => {
      asked.push('route');
      return { label: 'Billing' };
    },
  }),
}));

/** Calls of models. */
const asked: string[] = [];

beforeEach(() => {
  world.reset();
  time.freeze();
  asked.length = 0;
});

const MAIL: MailFacts = {
  ...{ spf: 'pass', dkim: 'pass', dmarc: 'pass', spam: 'pass', virus: 'pass', verified: true },
  ...{ attachments: 0, leftOut: 0 },
};
const TEXT =
  'Dear team, the lamp with the number 4711 that I ordered on the third of March has arrived broken. ' +
  'The glass is in pieces and the cable is torn. I would like to have my money back, please. Kind regards, Zoe';
const [A, B, C] = ['aa', 'bb', 'cc'].map((it) => `demo_${it.repeat(16)}`) as [string, string, string];
const KEYED: Duplicates<Demo> = {
  of: ({ subject }) => subject?.split(',') ?? [],
  days: 30,
  verdict: 'refuse',
};
const NEAR: Duplicates<Demo> = { near: { similarity: 0.8 }, days: 30, verdict: 'refuse' };

const of = (duplicates: Duplicates<Demo>): Automation<Demo> => ({ ...automation, duplicates });

function came(id: string, body: Demo, fields: Partial<ItemRow> = {}): void {
  world.tables.put('items', itemRow({ id, bodyKey: `items/${id}/body.json`, ...fields }));
  world.content.set(`bucket/items/${id}/body.json`, JSON.stringify(body));
}

const think = (id: string, duplicates = KEYED, message: object = {}, receives = 1) =>
  work({
    ...{ message: { itemId: id, ...message }, receives, of: of(duplicates) },
    implementation: thinking(async () => {
      asked.push('evaluate');
      return PAY;
    }),
  });

async function both(first: Demo, second: Demo, duplicates = KEYED): Promise<ItemRow> {
  came(A, first);
  came(B, second);
  await think(A, duplicates);
  asked.length = 0;
  await think(B, duplicates);
  return stored(B);
}

const document = (id: string) =>
  JSON.parse(world.content.get(`bucket/${stored(id).proposalKey}`) ?? '') as ProposalDocument;

describe('an item with a key of an earlier one', () => {
  it('is refused with the earlier one’s id, and no model is asked', async () => {
    const row = await both({ subject: 'INV-7', text: 'pay' }, { subject: ' inv 7', text: 'pay again' });
    expect(row).toMatchObject({
      ...{ status: 'refused', verdict: 'refuse', duplicateOf: A },
      reasons: ['a duplicate: an earlier item is about the same'],
    });
    expect(asked).toEqual([]);
    expect(row.timeline.map(({ event }) => event)).toEqual([
      ...['received', 'processing', 'prepared', 'duplicate', 'gated', 'refused'],
    ]);
    expect(itemView(row, {})).toMatchObject({ duplicateOf: A });
    expect(document(B)).toMatchObject({ duplicateOf: { item: A }, verdict: 'refuse' });
  });

  it('puts it before a person where the automation says so, with the question about the first', async () => {
    const asks = { ...KEYED, verdict: 'ask' as const };
    came(A, { subject: 'INV-7', text: 'pay' });
    await think(A, asks);
    world.tables.put('items', { ...stored(A), approvalId: `${A}-g1` });
    came(B, { subject: 'INV-7', text: 'pay' });
    asked.length = 0;
    await think(B, asks);
    expect(stored(B)).toMatchObject({ verdict: 'ask', duplicateOf: A });
    expect(stored(B).reasons).toContain('a duplicate: an earlier item is about the same');
    expect(document(B)).toMatchObject({
      ...{ action: 'tell', duplicateOf: { item: A, approvalId: `${A}-g1` } },
    });
    expect([asked, world.executions.size]).toEqual([[], 1]);
  });

  it.each([
    ['of another client', {}, { client: 'rival' }],
    [
      'a mail, whose senders nobody knows apart',
      { client: '@mail', mail: MAIL },
      { client: '@mail', mail: MAIL },
    ],
  ])(
    'is put before a person where the first is %s: nobody ends what others send',
    async (_, mine, theirs) => {
      came(A, { subject: 'INV-7', text: 'a guess' }, theirs);
      await think(A);
      came(B, { subject: 'INV-7', text: 'pay' }, mine);
      asked.length = 0;
      await think(B);
      expect(stored(B)).toMatchObject({ verdict: 'ask', duplicateOf: A });
      expect(asked).toEqual([]);
    },
  );

  it.each([
    ['keys', KEYED],
    ['texts', NEAR],
  ])('tells the id of another client’s item to operators alone, found by %s', async (_, duplicates) => {
    const letter = { subject: 'INV-7', text: TEXT };
    came(A, letter, { client: 'rival' });
    await think(A, duplicates);
    came(B, letter);
    await think(B, duplicates);
    const told = (operator: boolean) =>
      fullView(stored(B), { approvalTable: 'approvals', bucket: 'bucket', client: 'shop', operator });
    expect(JSON.stringify(await told(false))).not.toContain(A);
    expect(await told(true)).toMatchObject({ duplicateOf: A });
  });

  it('is another where no key is the same, or it has none', async () => {
    expect(await both({ subject: 'INV-7', text: 'a' }, { subject: 'INV-8', text: 'a' })).toMatchObject({
      verdict: 'act',
    });
    came(C, { text: 'a' });
    await think(C);
    expect(stored(C).verdict).toBe('act');
  });

  it('is one with any key in common', async () => {
    const row = await both({ subject: 'a,b', text: 'x' }, { subject: 'c,b', text: 'x' });
    expect(row).toMatchObject({ verdict: 'refuse', duplicateOf: A });
    // Its other key is free again: it came to nothing.
    came(C, { subject: 'c', text: 'x' });
    await think(C);
    expect(stored(C)).toMatchObject({ verdict: 'act' });
  });

  it.each(['rejected', 'refused', 'expired', 'withdrawn', 'quarantined'] as const)(
    'is the first itself where the earlier one ended %s',
    async (status) => {
      came(A, { subject: 'INV-7', text: 'pay' });
      await think(A);
      world.tables.put('items', { ...stored(A), status });
      for (const id of [B, C]) {
        came(id, { subject: 'INV-7', text: 'pay' });
        await think(id);
      }
      expect([stored(B).verdict, stored(C)]).toMatchObject(['act', { verdict: 'refuse', duplicateOf: B }]);
    },
  );

  it('is the first itself once the time of the earlier one is over', async () => {
    came(A, { subject: 'INV-7', text: 'pay' });
    await think(A);
    time.advance(31 * 86_400);
    came(B, { subject: 'INV-7', text: 'pay' });
    await think(B);
    expect(stored(B).verdict).toBe('act');
  });

  it('is thought about once a person has sent it back', async () => {
    await both({ subject: 'a', text: 'x' }, { subject: 'a', text: 'x' }, { ...KEYED, verdict: 'ask' });
    const approval = `${B}-g1`;
    world.tables.put('approvals', { id: approval, decision: 'again', comment: 'look closer' });
    world.tables.put('items', { ...stored(B), status: 'waiting_approval', approvalId: approval });
    await think(B, { ...KEYED, verdict: 'ask' }, { again: true });
    expect(asked).toContain('evaluate');
    expect(stored(B)).not.toHaveProperty('duplicateOf');
  });

  it('keeps no key in clear, and the same key otherwise in another automation', async () => {
    await both({ subject: 'INV-quokka', text: 'x' }, { subject: 'INV-quokka', text: 'x' });
    expect(JSON.stringify(world.tables.all('idempotency'))).not.toMatch(/quokka/i);
    const kept = world.tables.all('idempotency').map(({ id }) => String(id));
    expect(kept).toEqual([expect.stringMatching(/^demo_duplicate#key#[0-9a-f]{64}$/)]);
  });
});

describe('an item whose text is nearly that of an earlier one', () => {
  it('asks a person, also where duplicates are refused: a likeness proves nothing', async () => {
    const row = await both(
      { text: TEXT },
      { text: `${TEXT.replace('please', 'Please!')} Sent from my phone` },
      NEAR,
    );
    expect(row).toMatchObject({ verdict: 'ask', duplicateOf: A });
    expect(row.reasons).toContain('perhaps a duplicate: its text is nearly that of an earlier item');
    expect(asked).toEqual([]);
  });

  it.each([
    [
      'another text',
      `${'Where is my parcel? It should have been here on Monday, and nobody answers. '.repeat(2)}`,
    ],
    ['one too short to say anything', 'Dear team, the lamp'],
  ])('is thought about where it is %s', async (_, text) => {
    expect(await both({ text: TEXT }, { text }, NEAR)).toMatchObject({ verdict: 'act' });
  });

  it('is compared only with those of the same sender, where the automation says so', async () => {
    const near = { similarity: 0.8, within: ({ subject }: Demo) => subject };
    expect(
      await both({ text: TEXT, subject: 'z' }, { text: TEXT, subject: 'y' }, { ...NEAR, near }),
    ).toMatchObject({
      verdict: 'act',
    });
    came(C, { text: TEXT, subject: 'z' });
    await think(C, { ...NEAR, near });
    expect(stored(C)).toMatchObject({ verdict: 'ask', duplicateOf: A });
  });

  it('is the later one of the two where both come at the same moment', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      world.reset();
      const ids = [A, B, C];
      for (const id of ids) came(id, { text: TEXT });
      await Promise.all(ids.map((id) => think(id, NEAR)));
      const verdicts = ids.map((id) => stored(id).verdict);
      expect(verdicts.filter((verdict) => verdict === 'act')).toHaveLength(1);
      expect(verdicts.filter((verdict) => verdict === 'ask')).toHaveLength(2);
    }
  });
});

describe('a first item whose worker dies', () => {
  it.each([
    ['with a key', KEYED, { subject: 'INV-7', text: 'pay' }],
    [
      'with a text',
      NEAR,
      { text: 'the lamp that I ordered on the third of March has arrived broken, and more '.repeat(2) },
    ],
  ] as const)(
    'anywhere is still the first when it comes again, and the next one its duplicate: %s',
    async (_, duplicates, body) => {
      for (let point = 1; ; point += 1) {
        world.reset();
        time.freeze();
        came(A, body);
        world.crashAt(point, point % 2 === 0);
        const died = await think(A, duplicates).catch((error: unknown) => error);
        const reached = world.dead;
        world.revive();
        if (!reached) {
          expect(point).toBeGreaterThan(7);
          break;
        }
        expect(died).toBeInstanceOf(Crash);
        time.advance(60);
        await think(A, duplicates, {}, 2);
        expect(stored(A)).toMatchObject({ verdict: 'act' });
        came(B, body);
        await think(B, duplicates);
        expect(stored(B)).toMatchObject({ duplicateOf: A });
      }
    },
  );
});
