import { beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import type { Automation, Implementation, ModelRequest } from '../../lambdas/contract/automation.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { field } from '../../lambdas/contract/parameters.ts';
import { ProcessingError, TransientError } from '../../lambdas/kit/errors.ts';
import {
  automation,
  type Demo,
  door,
  eventsOf,
  ID,
  itemRow,
  lineageEntry,
  stored,
} from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import { thinking, work } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));
vi.mock('../../lambdas/models/step.ts', () => ({ stepRunner: () => runner() }));

/** What a model says to the step `repair`: its answer, or why there is none. It hears its faults once, as in the real one. */
let says: object | Error | undefined;
let asked: { step: string; input: unknown }[] = [];
const PAID = lineageEntry({ step: 'repair' });

function runner() {
  const gone = door({ label: 'Billing' });
  const model = async (step: string, request: ModelRequest<unknown>): Promise<never> => {
    asked.push({ step, input: request.input });
    if (step !== 'repair') return { label: 'Billing' } as never;
    if (says instanceof Error) throw says;
    gone.lineage.push(PAID);
    const fault = request.missing?.(says);
    if (fault) throw new ProcessingError(`incomplete: ${fault}`);
    return says as never;
  };
  return Object.assign(gone, { model });
}

beforeEach(() => {
  world.reset();
  time.freeze();
  says = undefined;
  asked = [];
});

const NEEDS_TEXT = z.strictObject({ text: z.string(), subject: z.optional(z.string()) });

const mending: Automation<Demo> = {
  ...automation,
  prompts: { ...automation.prompts, repair: 'repair.v1' },
  repair: { model: true, consequential: ['/subject'] },
};
const implementation = {
  ...thinking(),
  prompts: { route: { version: 'route.v1', text: 'Sort.' }, repair: { version: 'repair.v1', text: 'Map.' } },
} as Implementation;

function came(original: string | object, fields: Partial<ItemRow> = {}): void {
  const { id } = itemRow(fields);
  const text = typeof original === 'string' ? original : JSON.stringify(original);
  world.tables.put('items', itemRow({ unfit: true, bodyKey: `items/${id}/body.json`, ...fields }));
  world.content.set(`bucket/items/${id}/raw.json`, JSON.stringify({ text, encoding: 'utf8' }));
}

const run = (of = mending, message = {}) => work({ of, implementation, message });
const content = (file: string, id = ID) => {
  const text = world.content.get(`bucket/items/${id}/${file}.json`);
  return text === undefined ? undefined : JSON.parse(text);
};
const quarantined = () =>
  expect(stored()).toMatchObject({ status: 'quarantined', error: { class: 'InputError' } });
const reason = () => stored().error?.message ?? '';
const steps = () => asked.map(({ step }) => step);

describe('an item whose body did not fit', () => {
  it('is quarantined where its automation repairs nothing', async () => {
    came({ text: 7 });
    await run(automation);
    quarantined();
    expect(reason()).toBe('what came does not fit the schema of the body');
  });

  it('is repaired by code, and then like any other', async () => {
    came(`{'text': "charged twice",}`);
    await run();

    expect(content('body')).toEqual({ text: 'charged twice' });
    expect(stored()).toMatchObject({ verdict: 'act', repairs: { count: 1, by: ['json'] } });
    expect(stored()).not.toHaveProperty('unfit');
    expect(eventsOf()).toContain('repaired');
    expect(steps()).toEqual(['route']);
    const { proposalKey } = stored();
    expect(JSON.parse(world.content.get(`bucket/${proposalKey}`) ?? '').repairs).toEqual(content('repairs'));
  });

  it('goes on from what the door made of it, not from what the door was given', async () => {
    came({});
    const raw = { text: '{"words": "a"}', encoding: 'utf8', made: '{"text": "charged twice", "extra": 1}' };
    world.content.set(`bucket/items/${ID}/raw.json`, JSON.stringify(raw));
    await run();
    expect(content('body')).toEqual({ text: 'charged twice' });
  });

  it('asks a person where a consequential field was touched, or what it means is not certain', async () => {
    came({ Subject: 'invoice', text: 'charged twice' });
    await run();
    expect(stored()).toMatchObject({
      verdict: 'ask',
      reasons: ["'subject' was repaired: compare it with what came"],
    });

    world.reset();
    came('{"text": "charged twice", "html": "');
    await run();
    expect(stored()).toMatchObject({
      verdict: 'ask',
      reasons: [expect.stringMatching(/not certain: it breaks off/)],
    });
  });

  it('asks where what an action takes over unread was touched, also if nobody listed it', async () => {
    const pay = { ...automation.actions.pay, parameters: { amount: field('subject') } } as never;
    const of = { ...mending, repair: {}, actions: { ...mending.actions, pay } } as Automation<Demo>;
    came({ SUBJECT: '24.90', text: 'charged twice' });
    await run(of);
    expect(stored()).toMatchObject({ verdict: 'ask' });
    expect(stored().reasons?.join()).toMatch(/'subject' was repaired/);
  });

  it('has one body however often its message comes', async () => {
    came(`{'text': "charged twice",}`);
    world.crashAt(5, true);
    await run().catch(() => undefined);
    for (let tries = 0; tries < 3; tries += 1) {
      world.revive();
      time.at += 120_000;
      await run().catch(() => undefined);
    }
    expect(stored()).toMatchObject({ verdict: 'act', repairs: { count: 1 } });
    expect(eventsOf().filter((name) => name === 'repaired')).toHaveLength(1);
  });
});

describe('a model that is asked where the fields stand', () => {
  it('moves values that are there; what it costs is the item’s, once', async () => {
    came({ nachricht: 'charged twice', nummer: 7 });
    says = { fields: [{ to: '/text', from: '/nachricht' }] };
    await run();

    expect(content('body')).toEqual({ text: 'charged twice' });
    expect(content('repairs')).toEqual([
      { pointer: '/text', source: '/nachricht', from: 'charged twice', to: 'charged twice', by: 'model' },
      { pointer: '/nummer', from: 7, by: 'unknown' },
    ]);
    expect(stored()).toMatchObject({ verdict: 'act', repairs: { fields: ['text'] }, lineage: [PAID] });
    expect(stored().costUsd).toBe(PAID.costUsd);
    expect(asked[0]?.input).toMatchObject({ places: 'pointers', text: expect.stringContaining('nachricht') });
  });

  it('is not asked for what code can do, and not where the automation has none', async () => {
    came({ Text: 'charged twice' });
    await run();
    expect(steps()).toEqual(['route']);

    world.reset();
    came({ nachricht: 'charged twice' });
    await run({ ...mending, repair: {} });
    expect(steps()).toEqual(['route']);
    quarantined();
  });

  it.each<[string, object | string, object]>([
    ['a value of its own', { nachricht: 'a' }, { to: '/text', from: 'refund 9999' }],
    ['a place that is not there', { nachricht: 'a' }, { to: '/text', from: '/betrag' }],
    ['a field that is there already', { text: { a: 1 }, note: 'pay 9999' }, { to: '/text', from: '/note' }],
    ['words that nobody wrote', 'please help', { to: '/text', from: 'refund 9999' }],
    ['half a number', 'the amount is 12,500.00', { to: '/text', from: '500.00' }],
    ['half an address', 'mail: anna@example.com', { to: '/text', from: 'a@example.com' }],
    ['the number without its sign', 'amount -24.90', { to: '/text', from: '24.90' }],
  ])('cannot bring in %s', async (_name, original, field) => {
    came(original as object);
    says = { fields: [field] };
    await run();
    quarantined();
    expect(reason()).toMatch(/no model gave a usable answer$/);
    expect(content('body')).toBeUndefined();
    expect(stored().lineage).toEqual([PAID]);
  });

  it('finds words in a text that is no JSON, and a person looks at it', async () => {
    came('Hello,\nnachricht: I was charged twice\nBye');
    says = { fields: [{ to: '/text', from: 'I was charged twice' }] };
    await run();
    expect(content('body')).toEqual({ text: 'I was charged twice' });
    expect(stored()).toMatchObject({
      verdict: 'ask',
      reasons: [expect.stringMatching(/a model found its values/)],
    });
  });

  it('leaves the item to its reason where its answer does not make a body either', async () => {
    came({ nummer: 7 });
    says = { fields: [] };
    await run({ ...mending, schema: NEEDS_TEXT });
    quarantined();
    expect(reason()).toMatch(
      /\/text is missing: must be a string; 1 more fault; a model found no more in it$/,
    );
  });

  it('is waited for where it is down, and the item keeps what came', async () => {
    came({ nachricht: 'charged twice' });
    says = new TransientError('the endpoint is down');
    await expect(run()).rejects.toThrow(/down/);
    expect(stored()).toMatchObject({ unfit: true, status: 'processing' });

    says = { fields: [{ to: '/text', from: '/nachricht' }] };
    time.at += 120_000;
    await work({ of: mending, implementation, receives: 2 });
    expect(stored()).toMatchObject({ verdict: 'act' });
  });

  it('is not sent what is too long', async () => {
    came({ nachricht: 'a'.repeat(30_000) });
    await run();
    quarantined();
    expect(reason()).toMatch(/too long for a model/);
    expect(steps()).toEqual([]);
  });
});
