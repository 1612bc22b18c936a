import { beforeEach, expect, it, vi } from 'vitest';
import { inWaitSlot } from '../../../lambdas/tables/control/waits.ts';
import { Crash, time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => ({ logger: { warn: () => {} } }));

beforeEach(() => {
  world.reset();
  time.freeze();
});

let end: (() => void)[] = [];

const wait = (client: string, slots = 8) =>
  inWaitSlot(
    'control',
    { client, slots },
    () => new Promise<string>((done) => end.push(() => done('waited'))),
  );

async function waiting(clients: readonly string[]) {
  end = [];
  const all = clients.map((client) => wait(client));
  const answered = await Promise.race([
    Promise.all(all.map((one) => one.then((said) => said === undefined))).then((said) => said),
    // Those without a slot are answered at once; the others once they are let go.
    new Promise<'some wait'>((done) => setTimeout(() => done('some wait'), 30)),
  ]);
  return { all, answered };
}

it('lets no more wait at a time than there are places, and one client no more than half', async () => {
  const { all } = await waiting(Array.from({ length: 40 }, () => 'shop'));
  expect(end.length).toBeGreaterThan(0);
  expect(end.length).toBeLessThanOrEqual(4);
  const alone = end.length;
  for (const go of end) go();
  const said = await Promise.all(all);
  expect(said.filter((one) => one === 'waited')).toHaveLength(alone);
  expect(said.filter((one) => one === undefined)).toHaveLength(40 - alone);

  await waiting(Array.from({ length: 200 }, (_, at) => `client-${at}`));
  expect(end.length).toBeLessThanOrEqual(8);
  expect(end.length).toBeGreaterThan(4);
});

it('frees a slot when the wait ends, also by a fault', async () => {
  for (let at = 0; at < 20; at += 1) {
    const fails = inWaitSlot('control', { client: 'shop', slots: 2 }, () =>
      Promise.reject(new Error('gone')),
    );
    await expect(fails).rejects.toThrow('gone');
  }
  expect(world.tables.all('control').filter(({ takenUntil }) => takenUntil)).toEqual([]);
});

it('finds the slot of a function that died once its lease is over', async () => {
  world.fault = (_call, { UpdateExpression }) => {
    if (String(UpdateExpression).startsWith('REMOVE')) throw new Crash('dead');
  };
  await inWaitSlot('control', { client: 'shop', slots: 2 }, async () => 'waited');
  world.fault = undefined;
  const again = () => inWaitSlot('control', { client: 'shop', slots: 2 }, async () => 'waited');

  expect(await again()).toBeUndefined();
  time.advance(31);
  expect(await again()).toBe('waited');
});
