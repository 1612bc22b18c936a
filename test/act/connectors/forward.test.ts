import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ForwardRequest } from '../../../lambdas/contract/item/forward.ts';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import type { Priority } from '../../../lambdas/contract/item/status.ts';
import type { ForwardDestination } from '../../../lambdas/contract/outside/destination.ts';
import { takeForward } from '../../../lambdas/intake/forward.ts';
import type { Invoked } from '../../../lambdas/kit/signed/invoke.ts';
import { itemKey } from '../../../lambdas/tables/keys.ts';
import { automation, ENV, ID, stored } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';
import { allowed, deliver, standsAfter } from './delivery.ts';

/* Both sides: the action of one automation, and the function of the other that takes its items in. */

const lambda = vi.hoisted(() => ({
  faults: [] as unknown[],
  invoke: async (_name: string, _event: object): Promise<unknown> => undefined,
}));
vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));
vi.mock('../../../lambdas/kit/signed/invoke.ts', () => ({
  invoke: (name: string, event: object) => lambda.invoke(name, event),
}));

const THERE: ForwardDestination = {
  ...{ kind: 'destination', connector: 'forward', name: 'there', timeoutSeconds: 10 },
  automations: { other: 'signalbox-test-other-forward' },
};
const OTHER = { ...automation, name: 'other' };
const rules = { forward: { body: ({ text }: Readonly<Record<string, unknown>>) => ({ text }) } };
const children = () =>
  world.tables.all('items').filter(({ id }) => String(id).startsWith('other_')) as unknown as ItemRow[];

/** `lost`: the function did its part, and nobody heard of it. */
let faults: (Invoked | 'lost')[] = [];

beforeEach(() => {
  world.reset();
  time.freezeLater();
  faults = [];
  lambda.invoke = async (name, event) => {
    expect(name).toBe(THERE.automations.other);
    const fault = faults.shift();
    if (fault && fault !== 'lost') return fault;
    const answer = await takeForward(
      JSON.parse(JSON.stringify(event)) as ForwardRequest,
      OTHER as never,
      ENV,
    );
    return fault === 'lost' ? { outcome: 'unknown' } : { outcome: 'answered', answer };
  };
});

describe('an action that forwards', () => {
  it('makes an item of the other automation, and each knows the other', async () => {
    allowed({ priority: 'urgent' });
    const { status, reference } = await standsAfter(THERE, rules);

    const [child] = children();
    expect({ status, reference }).toEqual({ status: 'done', reference: child?.id });
    expect(child).toMatchObject({ ancestors: [ID], client: 'shop', priority: 'urgent', status: 'received' });
    expect(JSON.parse(world.content.get(`bucket/items/${child?.id}/body.json`) ?? '')).toEqual({
      text: 'It is on its way.',
    });
  });

  it.each([
    ['no answer, after it was taken in', 'lost'],
    ['no answer, before', { outcome: 'unknown' }],
    ['no room', { outcome: 'throttled' }],
  ] as const)('makes one item where it is tried again: %s', async (_name, fault) => {
    allowed();
    faults = [fault];
    expect(await standsAfter(THERE, rules)).toMatchObject({ status: 'acting' });
    time.advance(61);
    expect(await standsAfter(THERE, rules)).toMatchObject({ status: 'done' });
    expect(children()).toHaveLength(1);
  });

  it('makes one item, wherever its worker dies', async () => {
    for (let point = 1, died = true; died; point += 1) {
      world.reset();
      time.freezeLater();
      allowed();
      world.crashAt(point, true);
      died = await deliver(THERE, rules).then(
        () => false,
        () => true,
      );
      world.revive();
      time.advance(60);
      await deliver(THERE, rules).catch(() => {});
      time.advance(60);
      await deliver(THERE, rules).catch(() => {});
      expect(stored().status, `died at call ${point}`).toBe('done');
      expect(children(), `died at call ${point}`).toHaveLength(1);
    }
  });

  it.each([
    ['a body that does not fit', { forward: { body: () => ({ text: 7 }) } }, 'quarantined', 'does not fit'],
    [
      'a body that is too large',
      { forward: { body: () => ({ text: 'x'.repeat(1_000_001) }) } },
      'quarantined',
      'larger than',
    ],
  ] as const)('is refused for good, and nothing is made: %s', async (_name, given, status, cause) => {
    allowed();
    const told = await standsAfter(THERE, given);
    expect(told).toMatchObject({ status, error: 'InputError' });
    expect(told.cause).toContain(cause);
    expect(children()).toEqual([]);
  });

  it('is for an operator where the other automation is not deployed', async () => {
    allowed();
    faults = [{ outcome: 'refused', status: 404 }];
    expect(await standsAfter(THERE, rules)).toMatchObject({ status: 'parked', error: 'SystemError' });
  });

  it('keeps what is known of the mail at its beginning: nobody acts alone on a forged one, or answers a robot', async () => {
    const checks = { spf: 'fail', dkim: 'none', dmarc: 'fail', spam: 'pass', virus: 'pass' } as const;
    const mail = { ...checks, verified: false, automatic: 'auto-submitted' as const };
    allowed({ mail: { ...mail, attachments: 2, leftOut: 1 } });
    expect(await standsAfter(THERE, rules)).toMatchObject({ status: 'done' });
    // Its documents did not come along.
    expect(children()[0]?.mail).toEqual({ ...mail, attachments: 0, leftOut: 0 });
  });

  it('goes to the automation that its code names, of those that the destination leads to', async () => {
    const several = {
      ...THERE,
      automations: { third: 'signalbox-test-third-forward', ...THERE.automations },
    };
    const to = (name?: string) => ({ forward: { ...rules.forward, to: () => name as string } });
    allowed();
    expect(await standsAfter(several, to('other'))).toMatchObject({ status: 'done' });
    for (const name of ['toString', 'elsewhere', undefined]) {
      world.reset();
      allowed();
      const told: { status: string } = await standsAfter(several, to(name));
      expect(told).toMatchObject({ status: 'parked', error: 'SystemError' });
      expect(children()).toEqual([]);
    }
  });

  it.each([
    ['of its own', () => 'urgent', 'urgent'],
    ['of the item, where its code says none', () => undefined, 'low'],
  ] as [string, () => Priority | undefined, Priority][])(
    'has a priority %s',
    async (_name, priority, expected) => {
      allowed({ priority: 'low' });
      await standsAfter(THERE, { forward: { ...rules.forward, priority } });
      expect(children()[0]).toMatchObject({ priority: expected });
    },
  );

  it('is refused where it would go round, before anything is called', async () => {
    allowed({ ancestors: [itemKey('other', '3'.repeat(32))] });
    faults = ['lost'];
    const told = await standsAfter(THERE, rules);
    expect(told).toMatchObject({ status: 'parked', error: 'ProcessingError' });
    expect(told.cause).toContain('a loop');
    expect(faults).toHaveLength(1);
  });
});
