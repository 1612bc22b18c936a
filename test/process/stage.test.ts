import { beforeEach, describe, expect, it, vi } from 'vitest';
import { InputError, SystemError } from '../../lambdas/kit/errors.ts';
import { automation, type Demo, door, eventsOf, ID, itemRow, PAY, stored } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import { thinking, work } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/models/step.ts', () => ({
  stepRunner: () => ({
    ...door({ label: 'Billing' }),
    ...(shut ? { model: () => Promise.reject(shut) } : {}),
  }),
}));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

let shut: Error | undefined;

beforeEach(() => {
  world.reset();
  time.freeze();
  shut = undefined;
});

function receive(body: Demo = { text: 'charged twice' }): void {
  const row = itemRow();
  world.tables.put('items', row);
  world.content.set(`bucket/${row.bodyKey}`, JSON.stringify(body));
}

const last = () => stored(ID).timeline.at(-1);

describe('a failure is filed under the stage that failed, after what was done before it', () => {
  it('prepare: a body without words', async () => {
    receive({ text: '\u200B' });

    await work();

    expect(stored(ID).status).toBe('quarantined');
    expect(last()).toMatchObject({ event: 'quarantined', stage: 'prepare' });
    expect(eventsOf(ID)).not.toContain('prepared');
  });

  it('route: an endpoint that is misconfigured', async () => {
    shut = new SystemError('no key');
    receive();

    await work();

    expect(last()).toMatchObject({ event: 'parked', stage: 'route', reason: 'no key' });
    expect(eventsOf(ID).slice(-2)).toEqual(['prepared', 'parked']);
  });

  it('evaluate: thinking that finds the item wrong', async () => {
    receive();

    await work({ implementation: thinking(() => Promise.reject(new InputError('no such order'))) });

    expect(last()).toMatchObject({ event: 'quarantined', stage: 'evaluate' });
    expect(eventsOf(ID).slice(-3)).toEqual(['prepared', 'routed', 'quarantined']);
  });

  it('gate: a policy that throws', async () => {
    receive();
    const gate = () => {
      throw new TypeError('of undefined');
    };

    await work({ of: { ...automation, gate }, implementation: thinking(async () => PAY) });

    expect(last()).toMatchObject({ event: 'parked', stage: 'gate', reason: 'unexpected TypeError' });
    expect(eventsOf(ID).slice(-4)).toEqual(['prepared', 'routed', 'evaluated', 'parked']);
  });
});
