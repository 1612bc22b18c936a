import { afterEach, expect, it } from 'vitest';
import { callsFor, fresh, outputs, post, REFUND, reaches, request, story } from '../support/app.ts';
import { eventually } from '../support/desk-clock.ts';

const COUNT = 20;
const REASON = 'the ledger is up again';

const asked = async (path: string, body?: object) => {
  const init = body ? { method: 'POST', body: JSON.stringify(body) } : {};
  const { status, body: answer } = await request(path, init);
  return { status, answer: answer as Record<string, unknown> };
};

async function ledgerFault(mode: string): Promise<void> {
  const body = JSON.stringify({ mode, seconds: 300 });
  await fetch(`${outputs.destinations['refund-ledger']}/faults`, { method: 'POST', body });
}

/** Held closed, each action has its own tries, and is parked. */
const breaker = (state: string) =>
  asked('/v1/breakers/refund-ledger', { state, kind: 'destination', reason: 'a test of redrives' });

afterEach(async () => {
  await ledgerFault('ok');
  await breaker('auto');
});

// The first outage of the file: what is parked again soon after waits longer before it is tried.
it('items that an outage has parked go on by themselves once the breaker closes: once each, and no model is asked', async () => {
  await breaker('closed');
  await ledgerFault('down');
  const posted = await Promise.all(
    Array.from({ length: 4 }, () =>
      post('refund-request', fresh({ ...REFUND.small, amount: '1.50', currency: 'GBP' })),
    ),
  );
  const ids = posted.map(({ body }) => body.id);
  for (const id of ids) {
    const { error } = await reaches(id, 'parked', 60);
    expect(error).toMatchObject({ neighbour: { kind: 'destination', name: 'refund-ledger' } });
  }
  await ledgerFault('ok');
  await breaker('closed');

  for (const id of ids) {
    const item = await reaches(id, 'done', 280);
    const events = item.timeline.map(({ event }) => event);
    expect(item.generation).toBe(2);
    expect(events.filter((event) => event === 'redriven')).toHaveLength(1);
    expect(item.timeline).toContainEqual(
      expect.objectContaining({
        event: 'redriven',
        by: 'Signalbox',
        reason: "destination 'refund-ledger' is well again",
      }),
    );
    expect(events.slice(events.indexOf('redriven'))).not.toContain('model_called');
    expect((await callsFor('refund-ledger', id)).filter(({ duplicate }) => !duplicate)).toHaveLength(1);
  }
}, 600_000);

it('items that an outage has parked are done once each by a redrive, and no model is asked', async () => {
  await breaker('closed');
  await ledgerFault('down');
  const since = new Date().toISOString();
  const posted = await Promise.all(
    Array.from({ length: COUNT }, () =>
      post('refund-request', fresh({ ...REFUND.small, amount: '1.50', currency: 'GBP' })),
    ),
  );
  const ids = posted.map(({ body }) => body.id);
  for (const id of ids) await reaches(id, 'parked');
  await ledgerFault('ok');
  // Held open, nothing goes on by itself while an operator looks.
  await breaker('open');
  const redrive = { filter: { since, stage: 'act', class: 'TransientError' }, reason: REASON };
  const path = '/v1/automations/refund-request/redrives';

  const dry = await asked(path, { ...redrive, dryRun: true });
  const told = await asked(`/v1/redrives/${dry.answer.id}`);
  expect([dry.status, dry.answer.matched]).toEqual([202, COUNT]);
  expect(told.answer).toMatchObject({ state: 'done', dryRun: true, done: COUNT, skipped: 0 });
  expect((await story(ids[0] ?? '')).status).toBe('parked');

  await breaker('closed');
  // More than the request lets go on at once: the clock goes on with the rest.
  const { status, answer } = await asked(path, { ...redrive, ratePerMinute: 15 });
  expect([status, answer.matched]).toEqual([202, COUNT]);
  const ended = await eventually(
    async () => (await asked(`/v1/redrives/${answer.id}`)).answer,
    ({ state }) => state === 'done',
    150,
  );

  // The house lets such items go on by itself as well: what it had taken is skipped here.
  expect(ended).toMatchObject({ matched: COUNT, failed: 0 });
  let ours = 0;
  for (const id of ids) {
    const item = await reaches(id, 'done');
    expect(item.generation).toBe(2);
    const events = item.timeline.map(({ event }) => event);
    expect(events.filter((event) => event === 'redriven')).toHaveLength(1);
    const { by, redrive } = item.timeline[events.indexOf('redriven')] as { by?: string; redrive?: string };
    if (redrive === answer.id) ours++;
    else expect(by).toBe('Signalbox');
    expect(events.slice(events.indexOf('redriven'))).not.toContain('model_called');
    expect((await callsFor('refund-ledger', id)).filter(({ duplicate }) => !duplicate)).toHaveLength(1);
  }
  expect([ended.done, ended.skipped]).toEqual([ours, COUNT - ours]);
  expect(ours).toBeGreaterThan(0);
});
