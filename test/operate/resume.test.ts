import { beforeEach, describe, expect, it, vi } from 'vitest';
import { automationSchema } from '../../lambdas/api/openapi/automation-schema.ts';
import { resumedSchema } from '../../lambdas/api/openapi/operator-schemas.ts';
import type { ItemStatus } from '../../lambdas/contract/item/status.ts';
import { workQueueName } from '../../lambdas/contract/names.ts';
import { Unanswered } from '../../lambdas/kit/errors.ts';
import type { BudgetRow } from '../../lambdas/tables/control/budgets.ts';
import { budgetKey } from '../../lambdas/tables/keys.ts';
import { registryEntry } from '../../lib/parts/registry.ts';
import { type Answered, OPERATOR, SHOP, through } from '../support/api.ts';
import { automations } from '../support/automations.ts';
import { automation, itemRow } from '../support/fixtures.ts';
import { answer } from '../support/gateway.ts';
import { named, time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  logger: { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} },
}));

const registry = [...automations, automation].map((one) => registryEntry(one as never));

const FIRST = registry[0]?.name ?? '';

const NEIGHBOURS = [
  { kind: 'endpoint' as const, name: 'house' },
  { kind: 'endpoint' as const, name: 'spare' },
  { kind: 'destination' as const, name: 'ledger' },
  { kind: 'destination' as const, name: 'spare' },
];

const QUEUE = workQueueName('test', 'demo');

type Given = Parameters<typeof through>[1];

const call = (route: string, params: Record<string, string>, given: Given = {}): Promise<Answered> =>
  through((event, caller) => answer(event, caller, registry, NEIGHBOURS), {
    ...{ route, params, caller: OPERATOR, body: '' },
    ...given,
  });

const resume = (body: unknown = '', given: Given = {}) =>
  call('POST /v1/automations/{name}/resume', { name: 'demo' }, { body, ...given });

const shown = async () => (await call('GET /v1/automations/{name}', { name: 'demo' })).body;

const row = () => world.tables.row<BudgetRow>('control', budgetKey('demo'));

beforeEach(() => {
  world.reset();
  time.freeze();
  world.queueNames.set(QUEUE, 'demo-work');
});

function items(count: number, status: ItemStatus, fields: object = {}): string[] {
  return Array.from({ length: count }, (_, index) => {
    const id = `item-${status}-${String(index).padStart(4, '0')}`;
    world.tables.put('items', itemRow({ id, status, ...fields }));
    return id;
  });
}

function spent(fields: Partial<BudgetRow> = {}): void {
  const day = { spentMicroUsd: 990_000, spentTokens: 700, refusedMicroUsd: 20_000, refusedTokens: 5 };
  const said = { warnedAt: '2026-12-01T08:00:00.000Z', suspendedAt: '2026-12-01T08:30:00.000Z' };
  world.tables.put('control', { id: budgetKey('demo'), ...day, ...said, expiresAt: 2e9, ...fields });
}

describe('an automation', () => {
  it('shows what its budget came to today', async () => {
    spent({ extraMicroUsd: 5_000, extraTokens: 100 });

    const body = await shown();

    expect(automationSchema.parse(body)).toEqual(body);
    expect(body.state).toBe('suspended');
    expect(body.budget).toEqual({
      ...{ perDayUsd: 1, perItemUsd: 0.1, spentTodayUsd: 0.99, spentTodayTokens: 700 },
      ...{ extraUsd: 0.005, extraTokens: 100, warned: true, suspended: true },
    });
  });

  it('runs where nothing was spent or refused, or there is room again', async () => {
    expect(await shown()).toMatchObject({ state: 'running', budget: { spentTodayUsd: 0, suspended: false } });
    spent({ spentMicroUsd: 980_000 });
    expect(await shown()).toMatchObject({ state: 'running', budget: { warned: true, suspended: false } });
  });
});

describe('a resume', () => {
  it('says why, where somebody does, and is on record with it', async () => {
    expect((await resume({ reason: 'the shop is well again' })).status).toBe(200);
    for (const reason of ['no', '\u200b\u200b\u200b\u200b', 'x'.repeat(301), 7])
      expect((await resume({ reason })).status).toBe(400);

    expect(world.tables.all('audit')).toMatchObject([
      { event: 'command', command: 'resume', comment: 'the shop is well again' },
    ]);
  });

  it('sends the suspended items to work again, in their generation, and no others', async () => {
    const suspended = items(25, 'suspended', { generation: 3 });
    items(3, 'processing');
    items(3, 'done');
    items(3, 'deferred');
    world.tables.put('items', itemRow({ id: 'item-other', status: 'suspended', automation: 'other' }));

    const { status, body } = await resume();

    expect(status).toBe(200);
    expect(resumedSchema.parse(body)).toEqual(body);
    expect(body).toMatchObject({ automation: 'demo', queued: 25, budget: { extraUsd: 0 } });
    expect(body).not.toHaveProperty('cursor');
    expect(world.sent('demo-work')).toEqual(suspended.map((itemId) => ({ itemId, generation: 3 })));
    expect(world.delays.every(({ seconds }) => seconds === 0)).toBe(true);
    expect(row()).toBeUndefined();
  });

  it('adds to the day what it is asked to, for whoever asked', async () => {
    spent();

    const { body } = await resume({ addUsd: 0.5, addTokens: 2000 });

    expect(body.budget).toMatchObject({
      ...{ spentTodayUsd: 0.99, extraUsd: 0.5, extraTokens: 2000, warned: false, suspended: false },
    });
    expect(row()).toMatchObject({
      ...{ spentMicroUsd: 990_000, extraMicroUsd: 500_000, extraTokens: 2000 },
      raises: [{ by: 'ops', microUsd: 500_000, tokens: 2000 }],
    });
  });

  it('leaves out what has moved on since the index was written', async () => {
    items(2, 'suspended');
    world.fault = (command, input) => {
      if (command !== 'dynamodb GetCommand' || input.TableName !== 'items') return;
      world.tables.put('items', itemRow({ id: 'item-suspended-0001', status: 'processing' }));
    };

    expect((await resume()).body.queued).toBe(1);
  });

  it('ends in time, and goes on where it ended', async () => {
    const suspended = items(60, 'suspended');
    world.tables.pageRows = 20;
    const slow = (seconds: number) => {
      world.fault = (command) => {
        if (command.includes('Query')) time.advance(seconds);
      };
    };
    slow(8);
    const first = await resume({ addUsd: 1 });
    expect(first.body).toMatchObject({ queued: 40, cursor: expect.any(String) });

    slow(0);
    const second = await resume({ cursor: first.body.cursor });
    expect(second.body).toMatchObject({ queued: 20, budget: { extraUsd: 1 } });
    expect(second.body).not.toHaveProperty('cursor');
    expect(world.sent('demo-work').map((message) => (message as { itemId: string }).itemId)).toEqual(
      suspended,
    );
  });

  it('says what it added even where the items could not all be sent, and does the rest when asked again', async () => {
    items(15, 'suspended');
    let sent = 0;
    world.fault = (command) => {
      if (!command.includes('SendMessage')) return;
      sent += 1;
      if (sent === 12) throw named('ThrottlingException');
    };

    const { status, body } = await resume({ addUsd: 1 });
    expect([status, body.budget.extraUsd]).toEqual([200, 1]);
    world.fault = undefined;
    expect((await resume({ cursor: body.cursor })).body).toMatchObject({
      queued: 15,
      budget: { extraUsd: 1 },
    });
  });

  it('says what to look at where nobody knows whether it was added, and sends nothing to work', async () => {
    items(1, 'suspended');
    world.fault = (command) => {
      if (command.includes('UpdateCommand')) throw new Unanswered('no answer');
    };

    const { status, body } = await resume({ addUsd: 1 });

    expect([status, body.detail]).toEqual([
      500,
      "nobody knows whether the budget of 'demo' was raised: look at its extraUsd and extraTokens before adding again",
    ]);
    expect(world.sent('demo-work')).toEqual([]);
  });

  it('that the table turned away may be made again', async () => {
    world.fault = (command) => {
      if (command.includes('UpdateCommand')) throw named('ThrottlingException');
    };

    const { status, body } = await resume({ addUsd: 1 });

    expect([status, body.detail]).toEqual([500, 'the request could not be handled; try again later']);
  });

  it('that adds nothing fails where the items cannot be sent', async () => {
    items(1, 'suspended');
    world.fault = (command) => {
      if (command.includes('SendMessage')) throw named('ThrottlingException');
    };

    expect((await resume()).status).toBe(500);
  });

  it.each<[unknown, string, RegExp]>([
    [{ addUsd: 0 }, '/addUsd', /more than 0/],
    [{ addUsd: -1 }, '/addUsd', /more than 0/],
    [{ addUsd: 10_001 }, '/addUsd', /at most 10000/],
    [{ addUsd: '5' }, '/addUsd', /a number of dollars/],
    [{ addTokens: 1.5 }, '/addTokens', /whole number/],
    [{ addTokens: 0 }, '/addTokens', /more than 0/],
    [{ cursor: 'a b' }, '/cursor', /earlier answer/],
    [{ cursor: 'MA', addUsd: 1 }, '/cursor', /added before/],
    [{ usd: 5 }, '/usd', /unknown field/],
    ['{', '', /JSON document/],
    [{ addUsd: 1e-9 }, '/addUsd', /^must be at least 0.000001$/],
    [{ addTokens: 1_000_000_000 }, '/addTokens', /^must be at most 999999999$/],
    [{ cursor: 'zz' }, '/cursor', /earlier answer/],
    [{ cursor: Buffer.from('2026-11-20').toString('base64url') }, '/cursor', /earlier answer/],
    ['[]', '', /^must be an object, got array$/],
    ['null', '', /^must be an object, got null$/],
    ['"x"', '', /^must be an object, got string$/],
  ])('refuses %j and adds nothing', async (body, pointer, message) => {
    items(1, 'suspended');

    const { status, body: problem } = await resume(body);

    expect(status).toBe(400);
    expect(problem.errors).toEqual([{ pointer, message: expect.stringMatching(message) }]);
    expect([row(), world.sent('demo-work')]).toEqual([undefined, []]);
  });

  it.each([
    ['a client', SHOP, 403],
    ['an auditor', { ...OPERATOR, role: 'auditor' }, 403],
    ['an operator of other automations', { ...OPERATOR, automations: 'other' }, 403],
    ['nobody', null, 401],
  ])('is not for %s', async (_name, caller, status) => {
    expect((await resume({ addUsd: 1 }, { caller })).status).toBe(status);
    expect(row()).toBeUndefined();
  });

  it('says that an automation has no queue, before it adds anything', async () => {
    world.queueNames.clear();
    // The address of a queue is kept: another automation's is not.
    const { status, body } = await call(
      ...(['POST /v1/automations/{name}/resume', { name: FIRST }] as const),
      { body: { addUsd: 1 } },
    );

    expect(status).toBe(409);
    expect(body.detail).toBe(
      `the automation '${FIRST}' has no queue 'signalbox-test-${FIRST}-work': deploy its stack first`,
    );
    expect(world.tables.all('control')).toEqual([]);
  });
});
