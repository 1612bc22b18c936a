import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readRehearsals } from '../../../lambdas/tables/releases/rehearsals.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { OPERATOR, SHOP, through } from '../../support/api.ts';
import { automation } from '../../support/fixtures.ts';
import { answer } from '../../support/gateway.ts';
import { idOf, rehearsal } from '../../support/rehearsed.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const demo = {
  ...registryEntry(automation as never),
  prompts: { route: 'route.v1' },
  versions: ['route.v1'],
};
const keep = (body: object, caller = OPERATOR) =>
  through((event, who) => answer(event, who, [demo], undefined, undefined, []), {
    route: 'POST /v1/automations/{name}/rehearsals',
    ...{ params: { name: 'demo' }, caller, body },
  });
const kept = () => readRehearsals('control', 'demo');

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('a rehearsal that is kept', () => {
  it('is the word of the operator, stands in the audit, and the newest five are kept whole', async () => {
    for (const model of ['1', '2', '3', '4', '5', '6']) await keep({ ...rehearsal, model });
    const found = await kept();
    expect(found.map(({ model }) => model)).toEqual(['6', '5', '4', '3', '2']);
    expect(found[0]).toMatchObject({ ...rehearsal, model: '6', by: 'ops' });
    const commands = world.tables.all('audit').map(({ command }) => command);
    expect(commands).toContain('rehearsal route.v2 items=40 changed=2');
  });

  it('answers where its page is', async () => {
    const { status, body } = await keep(rehearsal);
    const [one] = await kept();
    expect(status).toBe(200);
    expect(body).toEqual({
      ...{ automation: 'demo', id: one?.id, path: `/console/automations/demo/rehearsals/${one?.id}` },
    });
  });

  it.each([
    ['/candidate', { candidate: { reply: 'reply.v2' } }],
    ['/candidate', { candidate: {} }],
    ['/changed/0/id', { changed: [{ id: idOf(1).replace('demo', 'other') }] }],
    ['/changed/0/id', { changed: [{ id: `demo_/../../${'0'.repeat(20)}` }] }],
    ['/candidate', { candidate: { route: 'route.v2<b>' } }],
    ['/changed/0/label/0', { changed: [{ id: idOf(1), label: ['x'.repeat(101), 'y'] }] }],
    ['/changed/0', { changed: [{ id: idOf(1), label: ['Billing', 'of zoe@example.com'] }] }],
    ['/changed/0', { changed: [{ id: idOf(1), actions: ['pay', 'call 030 7654321'] }] }],
    ['/changed/0', { changed: [{ id: idOf(1), parameters: ['text', 'zoe@example.com'] }] }],
    ['/changed/0', { changed: [{ id: idOf(1), amount: ['EUR 5.00', 'EUR 5.00 of Zoe'] }] }],
    ['/leftOut', { leftOut: { 'zoe@example.com wrote it': 1 } }],
    ['/changed', { changed: Array.from({ length: 1001 }, () => ({ id: idOf(1) })) }],
    ['/verdicts/kept/act', { verdicts: { ...rehearsal.verdicts, kept: { act: -1, ask: 0, refuse: 0 } } }],
  ])('refuses what cannot stand there, by field: %s', async (pointer, change) => {
    const { status, body } = await keep({ ...rehearsal, ...change });
    expect(status).toBe(400);
    expect((body as { errors: { pointer: string }[] }).errors.map((it) => it.pointer)).toContain(pointer);
    expect(await kept()).toEqual([]);
  });

  it('refuses what five of would not fit into a row', async () => {
    const noise = () => randomBytes(150).toString('hex');
    const changed = Array.from({ length: 500 }, (_, at) => ({
      ...{ id: idOf(at), actions: [noise(), noise()] },
    }));
    expect((await keep({ ...rehearsal, changed })).status).toBe(400);
    expect(await kept()).toEqual([]);
  });

  it('keeps a thousand ordinary changes', async () => {
    const changed = Array.from({ length: 1000 }, () => ({
      ...{ id: `demo_${randomBytes(16).toString('hex')}`, verdict: ['act', 'ask'], label: ['late', 'other'] },
      ...{ amount: [`EUR ${(Math.random() * 900).toFixed(2)}`, 'EUR 12.50'], parameters: ['text', 'amount'] },
    }));
    const all = { act: 1000, ask: 0, refuse: 0 };
    const of = { rehearsed: 1000, verdicts: { kept: all, candidate: all } };
    expect((await keep({ ...rehearsal, ...of, changed })).status).toBe(200);
  });

  it('says how many others would change', async () => {
    await keep({ ...rehearsal, more: 7 });
    expect((await kept())[0]).toMatchObject({ more: 7 });
    expect(world.tables.all('audit').at(-1)?.command).toContain('changed=9');
  });

  it('is for operators', async () => {
    expect((await keep(rehearsal, SHOP)).status).toBe(403);
  });
});
