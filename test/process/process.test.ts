import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { digest } from '../../lambdas/kit/digest.ts';
import { ProcessingError, SystemError, TransientError } from '../../lambdas/kit/errors.ts';
import {
  automation,
  type Demo,
  door,
  eventsOf,
  ID,
  itemRow,
  lineageEntry,
  PAY,
  runArn,
  runName,
  stored,
} from '../support/fixtures.ts';
import { Crash, named, time, world } from '../support/world.ts';
import { thinking, work } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/models/step.ts', () => ({
  stepRunner: () => Object.assign(gone, door({ label: 'Billing' }, [LINEAGE])),
}));

vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

const LINEAGE = lineageEntry();

/** The door that was made last. */
const gone = door();

beforeEach(() => {
  world.reset();
  time.freeze();
});

function receive(fields: Partial<ItemRow> = {}, body: Demo = { text: 'charged twice' }): void {
  world.tables.put('items', itemRow(fields));
  world.content.set(`bucket/items/${ID}/body.json`, JSON.stringify(body));
}

const run = (implementation = thinking(), receives = 1, generation = 1) =>
  work({ message: { generation }, receives, implementation });

const failing = (error: Error) => thinking(() => Promise.reject(error));

const started = () => world.executions.get(runName())?.input;
const toAct = () => world.sent('actions');
const MESSAGE = { itemId: ID, generation: 1 };

describe('a message of the work queue', () => {
  it('is thought through: proposal in the bucket, verdict in the table, action sent, and no run', async () => {
    receive();

    await run();

    const row = stored();
    expect(row).toMatchObject({
      status: 'processing',
      label: 'Billing',
      verdict: 'act',
      costUsd: 0.0001,
      lineage: [LINEAGE],
    });
    expect(row.tokens).toEqual({ input: 100, output: 10 });
    const document = JSON.parse(world.content.get(`bucket/${row.proposalKey}`) ?? '');
    expect(document).toMatchObject({
      ...PAY,
      itemId: ID,
      summary: 'Pay EUR 24.90',
      destination: 'ledger',
      risk: 'consequential',
    });
    expect(digest(document)).toBe(row.proposalDigest);
    expect(toAct()).toEqual([MESSAGE]);
    expect(world.executions.size).toBe(0);
    expect(row).not.toHaveProperty('executionArn');
    expect(eventsOf()).toEqual([
      ...['received', 'processing', 'prepared', 'routed', 'evaluated', 'gated', 'model_called'],
    ]);
  });

  it('takes destination, risk and summary from the declaration, whatever else the thinking returns', async () => {
    receive();
    const sloppy = {
      ...PAY,
      destination: 'elsewhere',
      risk: 'routine',
      summary: 'Nothing much',
      itemId: 'item-b',
      label: 'x',
    };

    await run(thinking(async () => sloppy));

    const document = JSON.parse(world.content.get(`bucket/${stored().proposalKey}`) ?? '');
    expect(document).toMatchObject({
      destination: 'ledger',
      risk: 'consequential',
      summary: 'Pay EUR 24.90',
      itemId: ID,
      label: 'Billing',
    });
  });

  it.each([
    ['the item is in a later generation', { generation: 2 }],
    ['the item is done', { status: 'done' as const }],
    ['the item waits for a person', { status: 'waiting_approval' as const }],
    ['the item is parked', { status: 'parked' as const }],
    ['the item is quarantined', { status: 'quarantined' as const }],
  ])('is left alone when %s', async (_name, fields) => {
    receive(fields);
    const before = world.tables.snapshot();

    await run();

    expect(world.tables.snapshot()).toBe(before);
    expect(world.executions.size).toBe(0);
    expect(toAct()).toEqual([]);
  });

  it('is left alone when there is no such item', async () => {
    await expect(run()).resolves.toBeUndefined();
  });

  it('goes on with an item that was deferred, or that a dead worker was at', async () => {
    for (const status of ['deferred', 'processing'] as const) {
      world.reset();
      receive({ status });
      await run();
      expect(stored().verdict).toBe('act');
    }
  });

  it('only starts the run of an item that is judged already', async () => {
    receive({ status: 'processing', verdict: 'ask' });
    const evaluate = vi.fn();

    await run(thinking(evaluate), 2);

    expect(evaluate).not.toHaveBeenCalled();
    expect(started()).toEqual(MESSAGE);
    expect(toAct()).toEqual([]);
  });

  it('quarantines an item that is wrong, with the reason, and is done with', async () => {
    receive({}, { text: ' ' });

    await expect(run()).resolves.toBeUndefined();

    expect(stored()).toMatchObject({
      status: 'quarantined',
      error: { class: 'InputError', message: /no text/ },
    });
    expect(world.visibility).toEqual([]);
  });

  it.each([new SystemError('no key'), new TypeError('a bug with 4111 in it')])(
    'parks an item at once after %s',
    async (error) => {
      receive();

      await run(failing(error));

      expect(stored()).toMatchObject({ status: 'parked', error: { class: 'SystemError' } });
      expect(JSON.stringify(stored())).not.toContain('with 4111');
    },
  );

  it('asks a person when the model gave no usable answer', async () => {
    receive();

    await run(failing(new ProcessingError('cut off')));

    const { proposalKey } = stored();
    expect(JSON.parse(world.content.get(`bucket/${proposalKey}`) ?? '')).toMatchObject({
      action: 'tell',
      brief: 'cut off',
    });
  });

  it.each([
    [1, 5],
    [2, 30],
    [3, 120],
  ])('comes again after receive %i in %i seconds when a neighbour is down', async (receives, seconds) => {
    receive();

    await expect(run(failing(new TransientError('down')), receives)).rejects.toThrow('down');

    expect(world.visibility).toEqual([{ handle: 'handle-1', seconds }]);
    expect(stored().status).toBe('processing');
  });

  it.each([
    [2, 5],
    [90, 90],
    [90.2, 91],
    [1e9, 3600],
    [Number.POSITIVE_INFINITY, 3600],
  ])(
    'waits the %s seconds a neighbour asks for, if that is longer than its own wait: %i',
    async (retryAfterSeconds, seconds) => {
      receive();

      await expect(run(failing(new TransientError('busy', { retryAfterSeconds })))).rejects.toThrow();

      expect(world.visibility[0]?.seconds).toBe(seconds);
    },
  );

  it('parks the item at the last receive instead of losing it to the dead-letter queue', async () => {
    receive();

    await expect(run(failing(new TransientError('down')), 4)).resolves.toBeUndefined();

    expect(stored()).toMatchObject({ status: 'parked', error: { class: 'TransientError', message: 'down' } });
  });

  it.each([
    ['ask', 'StartExecution'],
    ['act', 'SendMessage'],
  ] as const)(
    'parks an item whose verdict %s cannot be sent on, also when that is all that is left to do',
    async (verdict, denied) => {
      receive({ status: 'processing', verdict });
      world.fault = (call) => {
        if (call.includes(denied)) throw named('AccessDeniedException');
      };

      await expect(run(thinking(), 2)).resolves.toBeUndefined();

      expect(stored()).toMatchObject({ status: 'parked', error: { class: 'SystemError' } });
    },
  );

  it('ends what the gate refuses with its verdict: nothing is sent and no run is started', async () => {
    receive();
    const gate = () => ({ verdict: 'refuse' as const, reasons: ['not ours'] });

    await work({ of: { ...automation, gate } });
    await work({ of: { ...automation, gate }, receives: 2 });

    expect(stored()).toMatchObject({ status: 'refused', verdict: 'refuse', reasons: ['not ours'] });
    expect(
      stored()
        .timeline.slice(-2)
        .map(({ event }) => event),
    ).toEqual(['gated', 'refused']);
    expect(stored()).not.toHaveProperty('error');
    expect(world.executions.size).toBe(0);
    expect(toAct()).toEqual([]);
  });

  it('asks a person by a run, whose address stands in the item', async () => {
    receive();
    const gate = () => ({ verdict: 'ask' as const, reasons: ['large'] });

    await work({ of: { ...automation, gate } });

    expect(started()).toEqual(MESSAGE);
    expect(stored().executionArn).toBe(runArn());
    expect(toAct()).toEqual([]);
  });

  it('ends in the same state wherever its worker dies, and its action is sent', async () => {
    // Prepare: how many calls an undisturbed worker makes
    receive();
    await run();
    const calls = world.calls.length;
    expect(calls).toBeGreaterThan(4);

    for (let point = 1; point <= calls; point += 1) {
      for (const after of [false, true]) {
        // Act
        world.reset();
        receive();
        world.crashAt(point, after);
        await expect(run(), `call ${point}`).rejects.toBeInstanceOf(Crash);
        world.revive();
        time.advance(46);
        await run(thinking(), 2);

        // Assess
        expect(stored(), `call ${point}, after: ${after}`).toMatchObject({
          status: 'processing',
          verdict: 'act',
        });
        expect(new Set(toAct().map((sent) => JSON.stringify(sent)))).toEqual(
          new Set([JSON.stringify(MESSAGE)]),
        );
        expect(eventsOf().filter((event) => event === 'gated')).toEqual(['gated']);
      }
    }
  });
});
