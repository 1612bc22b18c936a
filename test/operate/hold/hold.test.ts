import { beforeEach, describe, expect, it, vi } from 'vitest';
import { automationSchema } from '../../../lambdas/api/openapi/automation-schema.ts';
import { heldSchema, resumedSchema } from '../../../lambdas/api/openapi/operator-schemas.ts';
import type { ItemStatus } from '../../../lambdas/contract/item/status.ts';
import { workQueueName } from '../../../lambdas/contract/names.ts';
import { lookAtDrains } from '../../../lambdas/operate/hold/drained.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { OPERATOR, SHOP, through } from '../../support/api.ts';
import { automations } from '../../support/automations.ts';
import { automation, ENV, itemRow } from '../../support/fixtures.ts';
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
const command = (name: string, body: unknown, caller = OPERATOR) =>
  call(`POST /v1/automations/{name}/${name}`, body, caller);
const shown = async (caller = OPERATOR) => (await call('GET /v1/automations/{name}', '', caller)).body;
const reason = 'the ledger moves';

beforeEach(() => {
  world.reset();
  time.freeze();
  world.queueNames.set(workQueueName('test', 'demo'), 'work');
});

function item(id: string, status: ItemStatus): void {
  world.tables.put('items', itemRow({ id, status, order: `2026-12-01T08:00:00.000Z#${id}` }));
}

describe('a hold', () => {
  it('is none at first', async () => {
    const body = await shown();
    expect(automationSchema.parse(body)).toEqual(body);
    expect(body).toMatchObject({ state: 'running', hold: { actions: [], notes: [] } });
  });

  it('suspends everything, with who and why for operators alone', async () => {
    const { status, body } = await command('suspend', { reason });
    expect(status).toBe(200);
    expect(heldSchema.parse(body)).toEqual(body);
    const at = new Date(time.at).toISOString();
    const note = { of: 'everything', mode: 'suspend', by: OPERATOR.client, reason, at };
    expect(body).toEqual({
      ...{ automation: 'demo', state: 'suspended' },
      hold: { mode: 'suspend', actions: [], notes: [note] },
    });
    expect(await shown(SHOP)).toMatchObject({ state: 'suspended', hold: { mode: 'suspend', actions: [] } });
    expect((await shown(SHOP)).hold.notes).toBeUndefined();
    expect(world.tables.all('audit')).toMatchObject([
      { event: 'command', command: 'suspend', comment: reason },
    ]);
  });

  it('of actions leaves the automation running, and ends by name', async () => {
    await command('suspend', { reason, actions: ['pay', 'tell'] });
    expect(await shown()).toMatchObject({ state: 'running', hold: { actions: ['pay', 'tell'] } });
    const { body } = await command('resume', { reason, actions: ['tell'] });
    expect(resumedSchema.parse(body)).toEqual(body);
    expect(body).toMatchObject({ state: 'running', hold: { actions: ['pay'] } });
  });

  it('is the later of two operators, and resume ends all of it and does no harm twice', async () => {
    await command('suspend', { reason });
    await command('drain', { reason });
    await command('suspend', { reason, actions: ['pay'] });
    expect(await shown()).toMatchObject({ state: 'draining', hold: { mode: 'drain', actions: ['pay'] } });
    item('one', 'suspended');
    const { body } = await command('resume', { reason });
    expect(body).toMatchObject({ state: 'running', queued: 1, hold: { actions: [], notes: [] } });
    expect(body.hold.mode).toBeUndefined();
    expect((await command('resume', {})).body.state).toBe('running');
    expect(world.tables.all('audit')).toMatchObject(
      ['suspend', 'drain', 'suspend action=pay', 'resume', 'resume'].map((said) => ({ command: said })),
    );
  });

  it.each<[string, object, string]>([
    ['suspend', {}, '/reason'],
    ['suspend', { reason, actions: [] }, '/actions'],
    ['suspend', { reason, actions: ['pay', 'constructor'] }, '/actions/1'],
    ['drain', { reason: 'no' }, '/reason'],
    ['drain', { reason, actions: ['pay'] }, '/actions'],
    ['resume', { actions: ['refund'] }, '/actions/0'],
  ])('is refused: %s with %j', async (name, body, pointer) => {
    const reply = await command(name, body);
    expect(reply.status).toBe(400);
    expect(reply.body.errors[0].pointer).toMatch(pointer === '/actions' ? /^(\/actions)?$/ : pointer);
    expect([world.tables.all('control'), world.tables.all('audit')]).toEqual([[], []]);
  });

  it('is for operators', async () => {
    for (const name of ['suspend', 'drain']) expect((await command(name, { reason }, SHOP)).status).toBe(403);
    expect(world.tables.all('control')).toEqual([]);
  });
});

describe('a draining automation', () => {
  const look = () => lookAtDrains([{ name: 'demo' }], ENV);

  it('is drained once nothing is begun any more, whatever came meanwhile', async () => {
    const begun = ['processing', 'waiting_approval', 'acting'] as const;
    begun.forEach((status, at) => void item(`b${at}`, status));
    item('a-done', 'done');
    item('c-held', 'suspended');
    await command('drain', { reason });
    for (const at of begun.keys()) {
      time.advance(60);
      await look();
      expect((await shown()).state).toBe('draining');
      item(`b${at}`, 'done');
      item(`d-new-${at}`, 'received');
    }
    await look();
    expect((await shown()).state).toBe('drained');
  });

  it('is not looked at before its workers have heard of it', async () => {
    await command('drain', { reason });
    time.advance(5);
    await look();
    expect((await shown()).state).toBe('draining');
  });

  it('is not called drained where another hold came between the look and the word', async () => {
    await command('drain', { reason });
    time.advance(60);
    let done = false;
    world.fault = (called) => {
      if (!called.includes('QueryCommand') || done) return;
      done = true;
      const [row] = world.tables.all('control') as { id: string }[];
      const since = new Date(time.at).toISOString();
      world.tables.put('control', { ...row, id: row?.id ?? '', since });
    };
    await look();
    expect(done).toBe(true);
    expect((await shown()).state).toBe('draining');
  });
});
