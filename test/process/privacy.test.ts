import { beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { actOn } from '../../lambdas/act/act.ts';
import { ask } from '../../lambdas/approve/ask/ask.ts';
import { readShown } from '../../lambdas/approve/channels/page/visit.ts';
import { applyEdits, keepEdited } from '../../lambdas/approve/decision/apply-edits.ts';
import type { ApprovalRow } from '../../lambdas/contract/approval.ts';
import type { Action, Automation, Facts } from '../../lambdas/contract/automation.ts';
import type { PrivacyPolicy, TokenBook } from '../../lambdas/contract/item/privacy.ts';
import type { ProposalDocument } from '../../lambdas/contract/item/proposal-document.ts';
import { field, words } from '../../lambdas/contract/parameters.ts';
import { digest } from '../../lambdas/kit/digest.ts';
import { inClear } from '../../lambdas/privacy/document.ts';
import { fullView } from '../../lambdas/tables/items/view.ts';
import { destinationsAt } from '../support/destinations.ts';
import {
  automation as demo,
  door,
  ENV,
  ID,
  itemRow,
  SETTINGS,
  sqsRecord,
  stored,
} from '../support/fixtures.ts';
import { stubServer } from '../support/http.ts';
import { time, world } from '../support/world.ts';
import { thinking, work } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));
const asked: unknown[] = [];
vi.mock('../../lambdas/models/step.ts', () => ({
  stepRunner: ({ feedback }: { feedback: readonly string[] }) => ({
    ...door(),
    model: async (_name: string, { input }: { input: unknown }) => {
      asked.push({ input, feedback });
      return { label: 'Billing' } as never;
    },
  }),
}));

/* One item with a card, an IBAN, an address and a phone number, through every room. */
const CARD = '4111 1111 1111 1111';
const IBAN = 'DE89 3704 0044 0532 0130 00';
const EMAIL = 'ann.berg@mail.example.com';
const PHONE = '+49 30 1234567';
const VALUES = [CARD, IBAN, EMAIL, PHONE];
const TEXT = `Card ${CARD}, IBAN ${IBAN}. Call ${PHONE}. Not [EMAIL_1].`;
const BODY = { text: TEXT, from: EMAIL };
type Body = { text: string; from?: string };

const reply: Action<Body> = {
  destination: 'ledger',
  risk: 'routine',
  reversible: true,
  parameters: { to: field('from'), note: words() },
  recipient: 'to',
  describe: ({ to }) => `Reply to ${to}`,
  edits: () => ({ note: { label: 'Note', type: 'text', maxLength: 500 } }),
};

function automation(privacy: PrivacyPolicy, more: Partial<Automation<Body>> = {}): Automation<Body> {
  return {
    ...(demo as unknown as Automation<Body>),
    schema: z.strictObject({ text: z.string(), from: z.optional(z.email()) }),
    content: ({ text }) => ({ text }),
    actions: { reply },
    handOver: (_, reason) => ({ ...propose({}), brief: reason }),
    privacy,
    ...more,
  } as Automation<Body>;
}

const ALL: PrivacyPolicy = { tokens: 'all' };
const propose = (parameters: object, brief = 'It fits.') => ({
  ...{ action: 'reply', parameters: parameters as Record<string, unknown>, confidence: null, brief },
  evidence: [{ source: 'the item', quote: TEXT.slice(0, 20) }],
});

let seen: unknown;
let facts: Facts<Body> | undefined;

/** Thinks about the item; `answer` makes the proposal of what evaluate sees. */
async function think(
  of: Automation<Body>,
  answer: (item: { body: Body; text: string; feedback: readonly string[] }) => object,
  message: object = {},
): Promise<ProposalDocument> {
  await work({
    message,
    of: of as never,
    implementation: thinking(async (item) => {
      seen = item;
      return answer(item as never) as never;
    }),
  });
  return JSON.parse(world.content.get(`bucket/${stored().proposalKey}`) ?? '') as ProposalDocument;
}

const policy =
  (verdict: 'act' | 'ask'): Automation<Body>['gate'] =>
  (given) => {
    facts = given;
    return { verdict, reasons: [`the policy knows ${given.body.from}`] };
  };

const TABLES = ['items', 'approvals', 'audit', 'control', 'idempotency', 'links'];
/** Where a value stands that should stand nowhere. */
function leaks(values = VALUES): string[] {
  const places: Record<string, unknown> = {
    asked,
    seen,
    rows: TABLES.map((name) => world.tables.all(name)),
    queues: [...world.queues],
    runs: [...world.executions],
    events: world.events,
    subjects: world.mails.map(({ subject }) => subject),
    proposals: [...world.content].filter(([key]) => /proposal|evaluated/.test(key)),
  };
  return Object.entries(places).flatMap(([place, it]) =>
    values.filter((value) => JSON.stringify(it).includes(value)).map((value) => `${place}: ${value}`),
  );
}

const PAGES = { env: ENV, settings: SETTINGS, declarationOf: async () => undefined };
beforeEach(() => {
  world.reset();
  time.freezeLater();
  asked.length = 0;
  seen = undefined;
  facts = undefined;
  world.tables.put('items', itemRow());
  world.content.set(`bucket/items/${ID}/body.json`, JSON.stringify(BODY));
});

const acting = () => automation(ALL, { gate: policy('act') });
const asks = (privacy = ALL) => automation(privacy, { gate: policy('ask') });

async function act(of = acting()) {
  const ledger = await stubServer({ status: 200, body: {} });
  const env = { ...ENV, DESTINATIONS: destinationsAt(ledger.url) };
  await actOn(sqsRecord({ itemId: ID, generation: 1 }), env, of as never);
  return ledger.seen.map(({ body }) => JSON.parse(body));
}

describe('personal data of an item', () => {
  it('is tokens for every model and for evaluate, and values for the policy and the destination', async () => {
    const document = await think(acting(), ({ body }) => propose({ to: body.from }));

    expect(asked).toMatchObject([
      { input: { text: 'Card [CARD_1], IBAN [IBAN_1]. Call [PHONE_1]. Not [TEXT_1].' } },
    ]);
    expect(seen).toMatchObject({ body: { from: '[EMAIL_1]' } });
    expect(facts).toMatchObject({ body: BODY, proposal: { parameters: { to: EMAIL } } });
    expect(stored()).toMatchObject({ verdict: 'act', reasons: ['the policy knows [EMAIL_1]'] });
    expect(document).toMatchObject({ parameters: { to: '[EMAIL_1]' }, summary: 'Reply to [EMAIL_1]' });
    expect(leaks()).toEqual([]);
    const sent = await act();
    expect(stored().error).toBeUndefined();
    expect(sent).toMatchObject([{ to: EMAIL, action: 'reply' }]);
    expect(leaks()).toEqual([]);
    expect(stored().status).toBe('done');
  });

  it('is shown to its approver and its client, and in no subject, list, row, chat or operator’s answer', async () => {
    await think(asks(), ({ body, text }) =>
      propose({ to: body.from, note: `You wrote: ${text}` }, `From ${body.from}.`),
    );
    world.executions.set([...world.executions.keys()][0] ?? '', { input: {}, status: 'RUNNING' });
    world.tokens.add('token-1');
    await ask({ itemId: ID, generation: 1, taskToken: 'token-1' }, { env: ENV, settings: SETTINGS });
    const approval = world.tables.all('approvals')[0] as unknown as ApprovalRow;
    expect(leaks()).toEqual([]);
    expect(world.mails[0]?.text).toContain(`Reply to ${EMAIL}`);
    const shown = await readShown(PAGES, approval);
    expect(shown).toMatchObject({
      text: TEXT,
      brief: `From ${EMAIL}.`,
      parameters: { note: `You wrote: ${TEXT}` },
    });
    const view = (client: string) =>
      fullView(stored(), { approvalTable: 'approvals', bucket: 'bucket', client });
    expect((await view('shop')).proposal).toMatchObject({ parameters: { to: EMAIL } });
    expect((await view('operator')).proposal).toMatchObject({ parameters: { to: '[EMAIL_1]' } });
  });

  it('is shown to nobody but the destination where the policy says so', async () => {
    const of = asks({ tokens: 'all', shownTo: [] });
    const document = await think(of, ({ body }) => propose({ to: body.from, note: `${body.from}!` }));
    expect(await inClear('bucket', document, 'approvers')).toEqual(document);
    expect(await inClear('bucket', document, 'client')).toEqual(document);
    expect((await inClear('bucket', document)).parameters).toMatchObject({ to: EMAIL });
  });

  it('stands in an edited document as tokens too, and goes out as the approver saw it', async () => {
    const of = asks();
    const document = await think(of, ({ body }) => propose({ to: body.from, note: 'Hello' }));
    const shown = await inClear('bucket', document, 'approvers');
    const edits = [{ field: 'note', from: 'Hello', to: `Call ${PHONE} or bob@example.com` }];
    const edited = await applyEdits('bucket', shown, edits, of as never);
    if (!edited) throw new Error('no edit');
    await keepEdited('bucket', edited);

    const kept = JSON.parse(world.content.get(`bucket/${edited.proposalKey}`) ?? '') as ProposalDocument;
    expect(kept.parameters).toEqual({ to: '[EMAIL_1]', note: 'Call [PHONE_1] or [EMAIL_2]' });
    expect(digest(kept)).toBe(edited.digest);
    expect(edited.document.parameters).toEqual({ to: EMAIL, note: `Call ${PHONE} or bob@example.com` });
    expect((await inClear('bucket', kept)).parameters).toEqual(edited.document.parameters);
    expect(leaks([...VALUES, 'bob@example.com'])).toEqual([]);
  });

  it('keeps its tokens in the next generation, and approvers’ remarks have them too', async () => {
    await think(asks(), ({ body }) => propose({ to: body.from }));
    world.tables.put('approvals', {
      id: `${ID}-g1`,
      comment: `write to bob@example.com, not ${EMAIL}`,
    } as never);
    world.tables.put('items', { ...stored(), status: 'waiting_approval', approvalId: `${ID}-g1` });
    const again = await think(asks(), ({ feedback }) => propose({ note: feedback[0] }), { again: true });
    expect(asked.at(-1)).toMatchObject({ feedback: ['write to [EMAIL_2], not [EMAIL_1]'] });
    expect(again.generation).toBe(2);
    expect((await inClear('bucket', again)).parameters).toEqual({
      note: `write to bob@example.com, not ${EMAIL}`,
    });
  });
});

describe('a token', () => {
  it.each(['[EMAIL_9]', '[email_1]', '[EMAIL 1]', 'EMAIL_1'])(
    'that a model made of it asks a person: %s',
    async (to) => {
      await think(acting(), () => propose({ to }));
      expect(stored()).toMatchObject({ verdict: 'ask' });
      expect(stored().reasons).toContain('a parameter holds a token that stands for no value of the item');
    },
  );

  it('that a stranger wrote is their own words, and nobody’s value', async () => {
    const document = await think(asks(), ({ text }) => propose({ note: text }));
    expect((await inClear('bucket', document)).parameters).toEqual({ note: TEXT });
  });

  it.each([
    [
      'changed',
      (book: TokenBook) => ({
        ...book,
        tokens: book.tokens.map((it) => ({ ...it, value: 'eve@example.com' })),
      }),
    ],
    ['taken from another item', (book: TokenBook) => ({ ...book, itemId: 'demo_other' })],
  ])('whose value was %s parks the item, and nothing goes out', async (_, change) => {
    await think(acting(), ({ body }) => propose({ to: body.from }));
    const [key, book] = [...world.content].find(([name]) => name.includes('/tokens-')) ?? ['', '{}'];
    world.content.set(key, JSON.stringify(change(JSON.parse(book))));
    expect(await act()).toEqual([]);
    expect(stored()).toMatchObject({
      status: 'parked',
      error: { class: 'SystemError', message: expect.stringContaining('behind the tokens') },
    });
    expect(world.counted).toContain('proposalsTampered');
  });

  it('whose value was changed is shown to no approver, and mailed to none', async () => {
    await think(asks(), ({ body }) => propose({ to: body.from }));
    const [key = '', book = ''] = [...world.content].find(([name]) => name.includes('/tokens-')) ?? [];
    world.content.set(key, book.replace(EMAIL, 'eve@example.com'));
    world.executions.set([...world.executions.keys()][0] ?? '', { input: {}, status: 'RUNNING' });
    world.tokens.add('token-1');
    await ask({ itemId: ID, generation: 1, taskToken: 'token-1' }, { env: ENV, settings: SETTINGS });
    expect(world.mails).toEqual([]);
    const [approval] = world.tables.all('approvals') as unknown as ApprovalRow[];
    if (!approval) throw new Error('nobody was asked');
    expect(await readShown(PAGES, approval)).toBeUndefined();
    expect(world.counted.filter((it) => it === 'proposalsTampered')).toHaveLength(2);
  });

  it('whose book another one took the place of is refused, though that one is whole', async () => {
    await think(acting(), ({ body }) => propose({ to: body.from }));
    const { proposalKey = '' } = stored();
    const document = JSON.parse(world.content.get(`bucket/${proposalKey}`) ?? '') as ProposalDocument;
    const other: TokenBook = { itemId: ID, tokens: [{ kind: 'EMAIL', number: 1, value: 'eve@example.com' }] };
    world.content.set(`bucket/items/${ID}/other.json`, JSON.stringify(other));
    const tokens = { key: `items/${ID}/other.json`, digest: digest(other), shownTo: [] };
    world.content.set(`bucket/${proposalKey}`, JSON.stringify({ ...document, tokens }));
    expect(await act()).toEqual([]);
    expect(stored()).toMatchObject({ status: 'parked' });
  });
});

it('changes nothing where an automation replaces nothing', async () => {
  const { privacy: _, ...of } = acting();
  const document = await think(of as Automation<Body>, ({ body }) => propose({ to: body.from }));
  expect(document).not.toHaveProperty('tokens');
  expect(document.parameters).toEqual({ to: EMAIL });
  expect([...world.content.keys()].filter((key) => key.includes('tokens-'))).toEqual([]);
});
