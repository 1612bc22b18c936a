import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Sample } from '../../../lambdas/contract/audits/sample.ts';
import type { RegistryEntry } from '../../../lambdas/contract/registry.ts';
import { personHash } from '../../../lambdas/kit/digest.ts';
import { tellAuditors } from '../../../lambdas/operate/report/waiting-audits.ts';
import { addSamples, takeAnswer } from '../../../lambdas/tables/samples/samples.ts';
import { inMinutes } from '../../support/console.ts';
import { ENV, itemRow, SETTINGS } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));

const audit = { share: 0.05, group: 'leads', target: 0.99 };
const labels = ['Billing', 'other'];
const REGISTRY: Pick<RegistryEntry, 'name' | 'audit' | 'labels'>[] = [
  { name: 'demo', labels, audit },
  { name: 'other', labels, audit: { ...audit, group: 'bosses' } },
  { name: 'quiet', labels, audit },
  { name: 'plain', labels },
];
const tick = (settings = SETTINGS, registry = REGISTRY) => tellAuditors(registry, settings, ENV);
const mailed = () => world.mails.map(({ to }) => to).sort();

/** Of an item that is there. */
function sample(id: string, hoursAgo: number, fields: Partial<Sample> = {}): Sample {
  world.tables.put('items', itemRow({ id, status: 'done' }));
  return {
    ...{ itemId: id, generation: 1, at: inMinutes(-60 * hoursAgo), label: 'Billing', verdict: 'act' },
    ...{ marks: [], probability: 1, people: 1, answers: [], ...fields },
  };
}

const answer = (email: string) => ({
  ...{ by: personHash(email), at: inMinutes(-1), label: 'Billing', verdict: 'act' as const },
});

async function waiting(): Promise<void> {
  world.reset();
  // It is 2026-12-01T09:00.
  time.freeze();
  await addSamples('control', [sample('demo_1', 50), sample('demo_2', 3), sample('other_1', 5)]);
}

beforeEach(waiting);

describe('the mail of what waits to be audited', () => {
  it('says to each member how much, of what and for how long, and where; no label, no verdict, no item', async () => {
    await tick();
    expect(mailed()).toEqual(['ann@example.com', 'bob@example.com', 'eve@example.com']);
    const [mail] = world.mails.filter(({ to }) => to === 'ann@example.com');
    expect(mail?.subject).toBe('Signalbox: 2 items wait for your audit');
    for (const body of [mail?.text, mail?.html]) {
      expect(body).toContain('2, the oldest ended 2.1 d ago');
      expect(body).toContain('https://desk.example/console/audits');
      expect(body).not.toMatch(/Billing|act\b|demo_1|other|quiet/);
    }
  });

  it('comes once a day, however often the clock does, also twice at once', async () => {
    await Promise.all([tick(), tick(), tick()]);
    for (let hour = 0; hour < 20; hour += 1) {
      time.advance(3600);
      await tick();
    }
    expect(mailed()).toEqual(['ann@example.com', 'bob@example.com', 'eve@example.com']);
    time.advance(3600);
    await tick();
    expect(world.mails).toHaveLength(6);
  });

  it.each([
    ['erased', () => world.tables.put('items', itemRow({ id: 'demo_1', erasedAt: inMinutes(-1) }))],
    ['let go on since', () => world.tables.put('items', itemRow({ id: 'demo_1', generation: 2 }))],
    ['no longer kept', () => world.tables.rows('items').delete('demo_1')],
  ])('counts nothing of an item that was %s', async (_name, change) => {
    change();
    await tick();
    expect(world.mails.find(({ to }) => to === 'ann@example.com')?.subject).toContain('1 item waits');
  });

  it('counts nothing of a label that the automation has no more', async () => {
    await tick(
      SETTINGS,
      REGISTRY.map((it) => ({ ...it, labels: ['Invoices', 'other'] })),
    );
    expect(world.mails).toEqual([]);
  });

  it('does not come to whom nothing waits for', async () => {
    const [first, second] = [sample('demo_1', 50), sample('demo_2', 3)];
    await takeAnswer('control', first, answer('ann@example.com'));
    await takeAnswer('control', second, answer('bob@example.com'));
    await tick();
    expect(mailed()).toEqual(['eve@example.com']);
  });

  it('tells of what a second person is to look at whoever has not answered', async () => {
    await waitingFor2();
    await tick(SETTINGS, REGISTRY.slice(0, 1));
    expect(mailed()).toEqual(['ann@example.com', 'bob@example.com']);
    expect(world.mails.map(({ to, subject }) => `${to} ${subject}`)).toContainEqual(
      'ann@example.com Signalbox: 2 items wait for your audit',
    );
  });

  it('is one to a person with two addresses', async () => {
    const groups = { ...SETTINGS.groups, bosses: [{ email: 'ann+boss@example.com' }] };
    await tick({ ...SETTINGS, groups });
    expect(mailed()).toEqual(['ann@example.com', 'bob@example.com']);
    const [mail] = world.mails.filter(({ to }) => to === 'ann@example.com');
    expect(mail?.text).toMatch(/demo: 2[\s\S]*other: 1/);
  });

  it('goes to nobody twice where its function dies at any call, and then to all who are left', async () => {
    const [demo] = REGISTRY;
    const one = () => tick(SETTINGS, demo ? [demo] : []);
    for (const after of [false, true])
      for (let point = 1; ; point += 1) {
        await waiting();
        world.crashAt(point, after);
        const died = await one().then(
          () => false,
          () => true,
        );
        world.revive();
        await one();
        time.advance(3600);
        await one();
        expect(new Set(mailed()).size, `point ${point}`).toBe(world.mails.length);
        // One of two at most is left out, and told the next day.
        expect(world.mails.length, `point ${point}`).toBeGreaterThanOrEqual(1);
        time.advance(86_400);
        await one();
        expect(world.mails.length, `point ${point}`).toBeGreaterThanOrEqual(3);
        expect(world.mails.length, `point ${point}`).toBeLessThanOrEqual(4);
        if (!died) break;
      }
  });

  it('is tried again an hour later where SES takes none of an address, and goes to the others at once', async () => {
    let refused = 0;
    world.fault = (call) => {
      if (call.startsWith('ses') && refused === 0) {
        refused += 1;
        throw new Error('SES is down');
      }
    };
    await expect(tick()).rejects.toThrow('SES is down');
    expect(world.mails).toHaveLength(2);
    time.advance(3600);
    await tick();
    expect(mailed()).toEqual(['ann@example.com', 'bob@example.com', 'eve@example.com']);
  });

  it('costs nothing where nothing is audited', async () => {
    await tick(SETTINGS, [{ name: 'plain', labels }]);
    expect(world.tables.all('control').filter(({ id }) => String(id).startsWith('auditors'))).toEqual([]);
  });
});

async function waitingFor2(): Promise<void> {
  world.reset();
  time.freeze();
  const two = { people: 2 as const };
  await addSamples('control', [sample('demo_1', 50, two), sample('demo_2', 3, two), sample('demo_3', 2)]);
  await takeAnswer('control', sample('demo_1', 50), answer('ann@example.com'));
}
