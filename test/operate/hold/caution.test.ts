import { beforeEach, describe, expect, it, vi } from 'vitest';
import { automationSchema } from '../../../lambdas/api/openapi/automation-schema.ts';
import { cautionedSchema } from '../../../lambdas/api/openapi/operator-schemas.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { OPERATOR, SHOP, through } from '../../support/api.ts';
import { automations } from '../../support/automations.ts';
import { automation } from '../../support/fixtures.ts';
import { answer } from '../../support/gateway.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const registry = [...automations, automation].map((one) => registryEntry(one as never));
const call = (route: string, body: unknown = '', caller = OPERATOR) =>
  through((event, who) => answer(event, who, registry), {
    ...{ route, params: { name: 'demo' }, caller, body },
  });
const caution = (body: unknown, caller = OPERATOR) =>
  call('POST /v1/automations/{name}/caution', body, caller);
const shown = async (caller = OPERATOR) => (await call('GET /v1/automations/{name}', '', caller)).body;
const reason = 'odd refunds since 09:00';

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('caution', () => {
  it('is off at first, and stands beside the state', async () => {
    const body = await shown();
    expect(automationSchema.parse(body)).toEqual(body);
    expect(body).toMatchObject({
      state: 'running',
      caution: { on: false, everything: false, actions: [], labels: [] },
    });
  });

  it('holds everything, with who and why for operators', async () => {
    const { status, body } = await caution({ on: true, reason });
    expect(status).toBe(200);
    expect(cautionedSchema.parse(body)).toEqual(body);
    const note = { of: 'everything', by: OPERATOR.client, reason, at: new Date(time.at).toISOString() };
    const held = { on: true, everything: true, actions: [], labels: [] };
    expect(body).toEqual({ automation: 'demo', caution: { ...held, notes: [note] } });
    expect((await shown()).caution).toEqual({ ...held, notes: [note] });
    expect((await shown(SHOP)).caution).toEqual(held);
  });

  it('holds and lets go by name, and one operator does not undo the other', async () => {
    await caution({ on: true, actions: ['pay', 'tell'], reason });
    await caution({ on: true, labels: ['Billing'], reason: 'the new price list' });
    expect((await shown(SHOP)).caution).toEqual({
      ...{ on: true, everything: false, actions: ['pay', 'tell'], labels: ['Billing'] },
    });
    await caution({ on: false, actions: ['tell'], reason });
    await caution({ on: false, actions: ['tell'], reason });
    expect((await shown(SHOP)).caution).toMatchObject({ on: true, actions: ['pay'], labels: ['Billing'] });
    const { body } = await caution({ on: false, reason: 'all is well' });
    expect(body.caution).toEqual({ on: false, everything: false, actions: [], labels: [], notes: [] });
  });

  it.each<[object, string]>([
    [{ reason }, '/on'],
    [{ on: 'yes', reason }, '/on'],
    [{ on: true }, '/reason'],
    [{ on: true, reason: 'no' }, '/reason'],
    [{ on: true, reason: '\u200b\u200b\u200b\u200b' }, '/reason'],
    [{ on: true, reason, actions: ['refund'] }, '/actions/0'],
    [{ on: true, reason, actions: [] }, '/actions'],
    [{ on: true, reason, labels: ['Billing', 'constructor'] }, '/labels/1'],
    [{ on: true, reason, automations: ['demo'] }, '/automations'],
  ])('is refused with %j', async (body, pointer) => {
    const reply = await caution(body);
    expect(reply.status).toBe(400);
    expect(reply.body.errors).toMatchObject([{ pointer }]);
    expect(world.tables.all('control')).toEqual([]);
  });

  it('holds at the second try where the first died between its audit entry and the row', async () => {
    for (const after of [false, true]) {
      world.reset();
      world.crashAt(after ? 1 : 2, after);
      expect((await caution({ on: true, reason })).status).toBe(500);
      world.revive();
      expect(world.tables.all('audit')).toHaveLength(1);
      expect((await shown()).caution).toMatchObject({ on: false });

      expect((await caution({ on: true, reason })).status).toBe(200);

      expect(world.tables.all('audit')).toHaveLength(2);
      expect((await shown()).caution).toMatchObject({ on: true, everything: true });
    }
  });

  it('is for operators of this automation', async () => {
    expect((await caution({ on: true, reason }, SHOP)).status).toBe(403);
    expect(world.tables.all('control')).toEqual([]);
  });
});
