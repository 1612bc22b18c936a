import { beforeEach, expect, it, vi } from 'vitest';
import { automationSchema } from '../../lambdas/api/openapi/automation-schema.ts';
import { reviewedSchema } from '../../lambdas/api/openapi/operator-schemas.ts';
import { ownersOf } from '../../lambdas/contract/approval-settings.ts';
import { registryEntry } from '../../lib/parts/registry.ts';
import { OPERATOR, SHOP, through } from '../support/api.ts';
import { automation, SETTINGS } from '../support/fixtures.ts';
import { answer } from '../support/gateway.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

const registry = [registryEntry({ ...automation, lastReviewed: '2026-01-05', reviewEveryDays: 90 } as never)];
const call = (route: string, body: unknown, caller = OPERATOR) =>
  through((event, who) => answer(event, who, registry), {
    ...{ route, params: { name: 'demo' }, caller, body },
  });
const shown = async (caller = OPERATOR) => (await call('GET /v1/automations/{name}', '', caller)).body;
const review = (body: unknown, caller = OPERATOR) => call('POST /v1/automations/{name}/review', body, caller);

beforeEach(() => {
  world.reset();
  // It is 2026-12-01T09:00.
  time.freeze();
});

it('ends what is overdue, is in the audit first, and names its reviewer to operators alone', async () => {
  expect(await shown()).toMatchObject({ lastReviewed: '2026-01-05', reviewOverdue: true });

  const { status, body } = await review({ note: 'limits still fit' });

  expect(status).toBe(200);
  expect(reviewedSchema.parse(body)).toEqual(body);
  const dates = { lastReviewed: '2026-12-01', reviewDue: '2027-03-01', reviewOverdue: false };
  expect(body).toMatchObject({ automation: 'demo', ...dates, review: { by: OPERATOR.client } });
  expect(world.tables.all('audit')).toMatchObject([{ command: 'review', comment: 'limits still fit' }]);
  const now = await shown();
  expect(automationSchema.parse(now)).toEqual(now);
  expect(now).toMatchObject({ ...dates, review: { note: 'limits still fit' } });
  expect(await shown(SHOP)).not.toHaveProperty('review');
});

it('is not recorded where the audit takes no entry', async () => {
  world.fault = (what) => {
    if (what === 'dynamodb BatchExecuteStatementCommand') throw new Error('no audit');
  };
  await review({}).catch(() => undefined);
  world.fault = undefined;
  expect(world.tables.all('control')).toEqual([]);
});

it.each([
  ['a short note', { note: 'no' }],
  ['a note that nobody sees', { note: '\u200b\u200b\u200b' }],
  ['a long note', { note: 'x'.repeat(301) }],
  ['a reviewer of its own', { by: 'me' }],
])('is refused with %s', async (_name, body) => {
  expect((await review(body)).status).toBe(400);
  expect(world.tables.all('audit')).toEqual([]);
});

it('is for operators', async () => {
  expect((await review({}, SHOP)).status).toBe(403);
});

it('an owner is whom the configuration names, a group, or an address; else nobody', () => {
  const people = { ...SETTINGS, owners: { 'Demo Team': ['owen@example.com'] } };
  expect(ownersOf(people, 'Demo Team')).toEqual(['owen@example.com']);
  expect(ownersOf(people, 'bosses')).toEqual(['eve@example.com']);
  expect(ownersOf(people, 'zoe@example.com')).toEqual(['zoe@example.com']);
  expect(ownersOf(people, 'The Old Team')).toEqual([]);
});
