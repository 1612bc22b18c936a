import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ask,
  callsFor,
  fresh,
  modelCalls,
  modelFault,
  post,
  questionOf,
  REFUND,
  reaches,
  say,
  story,
} from '../support/app.ts';
import { account, breaker, calm, ENDPOINTS, fillSecret, force, sendWork } from '../support/models.ts';

/* One item and the two endpoints that it may be asked of: `sandbox`, and the dearer `sandbox-b`. */

beforeEach(calm);
afterAll(calm);

async function pause(seconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

async function small(): Promise<string> {
  return (await post('refund-request', fresh(REFUND.small))).body.id;
}

const calledOf = (item: Awaited<ReturnType<typeof story>>) =>
  item.timeline.filter(({ event }) => event === 'model_called');

describe('every call', () => {
  it('is one event of the timeline, with what it was and cost', async () => {
    const item = await reaches(await small(), 'done');
    const calls = calledOf(item);
    expect(calls.map(({ step }) => step)).toEqual(['route', 'diagnose']);
    for (const call of calls) {
      expect(call).toMatchObject({
        model: 'signalbox-sandbox',
        endpoint: 'sandbox',
        route: expect.stringContaining('small is enough; cheapest of 2'),
        promptVersion: expect.stringMatching(/\.v1$/),
        promptHash: expect.stringMatching(/^[0-9a-f]{12}$/),
        price: expect.stringMatching(/^signalbox-sandbox .* of \d{4}-\d\d-\d\d/),
        cached: false,
        cachedTokens: 0,
      });
      for (const figure of ['inputTokens', 'outputTokens', 'costUsd', 'milliseconds'])
        expect(call[figure], figure).toBeGreaterThan(0);
    }
    const paid = calls.reduce((sum, { costUsd }) => sum + Number(costUsd), 0);
    expect(item.costUsd).toBeCloseTo(paid, 8);
  });
});

describe('an endpoint that fails', () => {
  it.each(['reset', '500', 'down'])('%s is replaced by the next one, in the same delivery', async (mode) => {
    await modelFault(mode, 60, { server: 'sandbox' });
    const item = await reaches(await small(), 'done');
    expect(calledOf(item).map(({ endpoint, failure }) => [endpoint, failure])).toEqual([
      ['sandbox', 'transient'],
      ['sandbox-b', undefined],
      ['sandbox', 'transient'],
      ['sandbox-b', undefined],
    ]);
    expect(await callsFor('refund-ledger', item.id)).toHaveLength(1);
  });

  it('with a used-up quota is left alone for an hour, and the other one serves', async () => {
    await modelFault('quota', 60, { server: 'sandbox' });
    await reaches(await small(), 'done');
    const { state, reason, until = '' } = await breaker('sandbox');
    expect({ state, reason }).toEqual({ state: 'open', reason: 'quota used up' });
    expect(Date.parse(until) - Date.now()).toBeGreaterThan(3_000_000);
    expect((await breaker('sandbox-b')).state).toBe('closed');
  });
});

describe('an item that was thought about', () => {
  it('pays nothing when its message comes again, nor when what was written of it is lost', async () => {
    const { id } = await ask('refund-request', fresh(REFUND.large));
    const before = await story(id);
    const paid = await modelCalls();
    await Promise.all([1, 2].map(() => sendWork({ itemId: id, generation: 1 })));
    await pause(2);
    expect(await story(id)).toEqual(before);
    // As if the worker had died before it wrote the verdict.
    await account.tables.send(
      new UpdateCommand({
        TableName: await account.resource('platform', 'dataitems'),
        Key: { id },
        UpdateExpression: 'SET #status = :received REMOVE verdict, reasons, lineage, costUsd, proposalKey',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':received': 'received' },
      }),
    );
    await sendWork({ itemId: id, generation: 1 });
    for (let tries = 0; tries < 100 && (await story(id)).verdict === undefined; tries += 1) await pause(0.1);
    const { verdict, reasons, lineage, costUsd } = before;
    expect(await story(id)).toMatchObject({ verdict, reasons, lineage, costUsd });
    expect(await modelCalls()).toBe(paid);
  });

  it('pays once for being thought about again, however often that is said', async () => {
    const { id, of } = await ask('refund-request', fresh(REFUND.large));
    await say(of('anna'), 'again', { comment: 'What about the photo?' });
    for (let tries = 0; tries < 150 && (await story(id)).generation < 2; tries += 1) await pause(0.1);
    await reaches(id, 'waiting_approval');
    expect((await questionOf(id, 2)).of('anna')).toContain('/approvals/');
    const paid = await modelCalls();
    const before = await story(id);
    await Promise.all([1, 2, 3].map(() => sendWork({ itemId: id, generation: 1, again: true })));
    await pause(2);
    expect(await modelCalls()).toBe(paid);
    expect(await story(id)).toEqual(before);
  });
});

describe('a breaker held open by an operator', () => {
  it('stops calls at once; what came meanwhile goes on after it', async () => {
    await reaches(await small(), 'done');
    await force('sandbox', 'open', 'wrong answers since 09:00');
    const first = await modelCalls('sandbox');
    const item = await reaches(await small(), 'done');
    expect(calledOf(item).map(({ endpoint }) => endpoint)).toEqual(['sandbox-b', 'sandbox-b']);
    expect(await modelCalls('sandbox')).toBe(first);

    await force('sandbox-b', 'open', 'and here too');
    const all = await modelCalls();
    const id = await small();
    const waiting = await waits(id);
    expect(waiting).toContain('its breaker is open');
    expect(await modelCalls()).toBe(all);
    for (const endpoint of ENDPOINTS) await force(endpoint, 'auto', 'it is well again');
    // It does not sleep out its delay of a minute and more.
    const { timeline } = await reaches(id, 'done', 30);
    expect(timeline.filter(({ event }) => event === 'processing')).toHaveLength(1);
  });
});

describe('a wrong key', () => {
  it('parks the item with what to fill, opens the breaker, and is forgotten once the key is right', async () => {
    await modelFault('401', 60);
    for (const endpoint of ENDPOINTS) await fillSecret(endpoint, '');
    const parked = await reaches(await small(), 'parked');
    expect(parked.error).toEqual({
      class: 'SystemError',
      message: `secret 'signalbox/local/endpoints/sandbox-b' has no "apiKey": fill it as the README says`,
    });
    for (const endpoint of ENDPOINTS)
      expect(await breaker(endpoint)).toMatchObject({ state: 'open', reason: 'key refused' });
    const calls = await modelCalls();
    const id = await small();
    expect(await waits(id)).toContain('key refused');
    expect(await modelCalls()).toBe(calls);

    await modelFault('ok');
    for (const endpoint of ENDPOINTS) {
      await fillSecret(endpoint, 'sandbox');
      await force(endpoint, 'auto', 'the key is filled');
    }
    // It tries them at once, and not after its delay of two minutes.
    await reaches(id, 'done', 30);
    await reaches(await small(), 'done');
    expect(await breaker('sandbox')).toMatchObject({ state: 'closed' });
  });
});

/** Why an item waits, once it does. */
async function waits(id: string): Promise<string> {
  for (let tries = 0; tries < 200; tries += 1) {
    const waiting = (await story(id)).timeline.find(({ event }) => event === 'waiting');
    if (waiting) return String(waiting.reason);
    await pause(0.1);
  }
  throw new Error(`${id} does not wait: ${JSON.stringify(await story(id))}`);
}
