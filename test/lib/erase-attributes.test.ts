import { beforeEach, expect, it, vi } from 'vitest';
import { erase, idOf, planted } from '../operate/erase/world.ts';
import { changeable, notedChanges, sorted } from '../support/changed-attributes.ts';
import { question } from '../support/desk.ts';
import { stored } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/bucket/bytes.ts', () => import('../support/bucket.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

it('lets an erasure change what it changes, and not one attribute more', async () => {
  question();
  await planted({ ...stored(), status: 'waiting_approval' });
  await planted({ id: idOf('b2'), status: 'parked', error: { class: 'SystemError', message: 'was down' } });
  const named = notedChanges();
  expect((await erase()).status).toBe(200);
  named.delete('control');

  expect(Object.keys(sorted(named)).sort()).toEqual(['approvals', 'items']);
  expect(sorted(named)).toEqual(await changeable(/operate--erase/));
});
