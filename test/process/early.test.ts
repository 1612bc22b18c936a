import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { composed, label } from '../../lambdas/contract/parameters.ts';
import { postItem } from '../../lambdas/intake/doors/api.ts';
import { fullView } from '../../lambdas/tables/items/view.ts';
import { through } from '../support/api.ts';
import { automation, type Demo, door, ENV, eventsOf, ID, itemRow, PAY, stored } from '../support/fixtures.ts';
import { named, time, world } from '../support/world.ts';
import { thinking, work } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/models/step.ts', () => ({ stepRunner: () => door({ label: 'Billing' }) }));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freezeLater();
  world.tables.put('items', itemRow());
  world.content.set(`bucket/items/${ID}/body.json`, '{"text":"charged twice"}');
});

const TELLING = {
  ...automation,
  templates: { holding: { text: 'We have it: {topic}.', slots: { topic: label() } } },
  early: {
    facts: { label: label(), reply: composed('holding') },
    answer: ({ label: topic }: { label: string }) => ({
      facts: { label: topic },
      composed: { reply: { template: 'holding', passages: [], slots: { topic } } },
    }),
  },
} as unknown as Automation<Demo>;

const EARLY = { label: 'Billing', reply: 'We have it: Billing.' };
const view = () => fullView(stored(), { approvalTable: 'approvals', bucket: 'bucket' });

describe('what is told early', () => {
  it('is there while the rest is thought about, and stays', async () => {
    let meanwhile: unknown;
    const evaluate = async () => {
      meanwhile = await view();
      return PAY;
    };
    await work({ of: TELLING, implementation: thinking(evaluate) });

    expect(meanwhile).toMatchObject({ status: 'processing', early: EARLY });
    expect(meanwhile).not.toHaveProperty('proposal.action');
    expect(await view()).toMatchObject({ verdict: 'act', early: EARLY });
    expect(eventsOf()).toContain('early');
  });

  it('stands in the row without a text, which lies with the content', async () => {
    await work({ of: TELLING });

    expect(stored().early).toEqual({ generation: 1, facts: { label: 'Billing' }, more: true });
    expect(JSON.stringify(stored())).not.toContain('We have it');
    expect(world.content.get(`bucket/items/${ID}/early-g1.json`)).toContain('We have it');
    world.content.clear();
    expect(await view()).toMatchObject({ early: { label: 'Billing' } });
  });

  it('costs nothing where nothing is declared', async () => {
    const callsOf = async (of?: typeof TELLING) => {
      world.reset();
      world.tables.put('items', itemRow());
      world.content.set(`bucket/items/${ID}/body.json`, '{"text":"charged twice"}');
      await work(of ? { of } : {});
      return world.calls.length;
    };
    // The first of an instance also looks whether its automation is held.
    await callsOf();
    const calls = await callsOf();

    expect((await callsOf(TELLING)) - calls).toBe(2);
    expect(world.calls.filter((call) => call === 'dynamodb UpdateCommand')).toHaveLength(3);
  });

  it('is told once, also where a worker dies at any point and the message comes again', async () => {
    await work({ of: TELLING });
    const calls = world.calls.length;
    for (let point = 1; point <= calls; point += 1) {
      for (const after of [false, true]) {
        world.reset();
        world.tables.put('items', itemRow());
        world.content.set(`bucket/items/${ID}/body.json`, '{"text":"charged twice"}');
        world.crashAt(point, after);
        await work({ of: TELLING }).catch(() => {});
        world.revive();
        time.advance(60);
        await work({ of: TELLING, receives: 2 });

        const where = `call ${point}, after: ${after}`;
        expect(await view(), where).toMatchObject({ verdict: 'act', early: EARLY });
        expect(
          eventsOf().filter((it) => it === 'early'),
          where,
        ).toHaveLength(1);
      }
    }
  });

  it('holds up no item that cannot tell it', async () => {
    world.fault = (call, input) => {
      if (call === 's3 PutObject' && JSON.stringify(input).includes('early')) throw named('SlowDown');
    };
    await work({ of: TELLING });

    expect(stored()).toMatchObject({ verdict: 'act' });
    expect(stored()).not.toHaveProperty('early');
  });
});

describe('a caller that waits', () => {
  const post = (prefer: string) =>
    through((event, caller) => postItem(event, caller, TELLING as never, ENV), {
      headers: { prefer, 'idempotency-key': 'k' },
    });

  /** As `process` has left the item by now. */
  function told(): void {
    const [item] = world.tables.all('items').filter(({ id }) => id !== ID);
    world.content.set(`bucket/items/${item?.id}/early-g1.json`, JSON.stringify({ reply: EARLY.reply }));
    const early = { generation: 1, facts: { label: 'Billing' }, more: true };
    world.tables.put('items', { ...item, status: 'processing', early } as never);
  }

  it('and asks for it hears what is known first, as soon as it is', async () => {
    await post('wait=0');
    told();
    const before = time.at;

    const { status, body } = await post('wait=20, early');

    expect([status, body.status, body.early, body.duplicate]).toEqual([200, 'processing', EARLY, true]);
    expect(time.at).toBe(before);
  });

  it('hears it with any answer about an item that is not finished', async () => {
    await post('wait=0');
    told();

    expect((await post('wait=0')).body).toMatchObject({ status: 'processing', early: EARLY });
  });
});
