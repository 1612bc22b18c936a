import { beforeEach, expect, it, vi } from 'vitest';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { ProcessingError } from '../../lambdas/kit/errors.ts';
import { fullView } from '../../lambdas/tables/items/view.ts';
import { arrived, read } from '../read/stage/world.ts';
import { type Demo, automation as demo, door, ID, itemRow, stored } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import { work } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));
vi.mock('../../lambdas/kit/bucket/bytes.ts', () => import('../support/bucket.ts'));
/** What models were asked, in this order. */
let asked: [where: string, input: unknown][] = [];
let named: string[] | Error = [];
vi.mock('../../lambdas/models/step.ts', () => ({
  stepRunner: () => ({
    ...door(),
    model: async (_: string, { input }: { input: unknown }) => {
      asked.push(['anywhere', input]);
      return { label: 'Billing' };
    },
    modelInside: async (_: string, { input }: { input: unknown }) => {
      asked.push(['inside', input]);
      if (named instanceof Error) throw named;
      return { names: named, addresses: [] };
    },
  }),
}));

const NAME = 'zork quillfeather';
const TEXT = `this is ${NAME}, please look`;
const automation = {
  ...demo,
  privacy: { tokens: 'all', residency: ['own'], names: 'model' },
} as unknown as Automation<Demo>;

beforeEach(() => {
  world.reset();
  time.freezeLater();
  asked = [];
  named = [NAME];
  world.tables.put('items', itemRow());
  world.content.set(`bucket/items/${ID}/body.json`, JSON.stringify({ text: TEXT }));
});

it('names are looked for inside the residency before any other model is asked, and stand nowhere after it', async () => {
  await work({ of: automation });
  expect(asked[0]).toEqual(['inside', { text: TEXT }]);
  expect(asked.slice(1)).toMatchObject([['anywhere', { text: 'this is [NAME_1], please look' }]]);
  const rows = ['items', 'control', 'idempotency'].map((name) => world.tables.all(name));
  expect(JSON.stringify([rows, [...world.queues]])).not.toContain(NAME);
  const proposals = [...world.content].filter(([key]) => /proposal|evaluated/.test(key));
  expect(proposals.length).toBeGreaterThan(0);
  expect(JSON.stringify(proposals)).not.toContain(NAME);
});

it('a text in which nobody could look for them is read by no other model', async () => {
  named = new ProcessingError('no answer fits');
  await work({ of: automation });
  expect(asked.map(([where]) => where)).toEqual(['inside']);
  const view = { approvalTable: 'approvals', bucket: 'bucket', client: 'operator' };
  expect(await fullView(stored(), view)).toMatchObject({ status: 'parked' });
});

it('names in documents are looked for before any other model is asked, too', async () => {
  arrived([`%PDF delivered to ${NAME}`]);
  world.content.set(`bucket/items/${ID}/body.json`, JSON.stringify({ text: 'please look' }));
  await read();
  await work({ of: automation });
  expect(asked[0]).toEqual(['inside', { text: `please look\n\n%PDF delivered to ${NAME}` }]);
  const others = asked.slice(1);
  expect(others.map(([where]) => where)).toEqual(['anywhere']);
  expect(JSON.stringify(others)).toContain('%PDF delivered to [NAME_1]');
});
