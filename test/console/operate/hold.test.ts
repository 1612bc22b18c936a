import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readHold } from '../../../lambdas/tables/control/hold.ts';
import { budgetKey } from '../../../lambdas/tables/keys.ts';
import { commanded } from '../../support/commands.ts';
import { type Browser, freshHouse, signedIn } from '../../support/console.ts';
import { world } from '../../support/world.ts';
import { idOf, rests } from './night.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
vi.mock('../../../lambdas/kit/signed/invoke.ts', () => import('../../support/commands.ts'));

const HOLD = '/console/operate/hold';
const EVIL = '<img src=x onerror=alert(1)>';
const path = `${HOLD}?automation=demo`;

let olga: Browser;
beforeEach(async () => {
  freshHouse();
  Object.assign(commanded, { events: [], instead: undefined });
  world.queueNames.set('signalbox-test-demo-work', 'work');
  olga = await signedIn('olga@example.com');
});

const send = (fields: Record<string, string>) =>
  olga.send(path, { what: 'resume', reason: 'month end', ...fields }, HOLD);
const audited = () =>
  world.tables
    .all('audit')
    .filter(({ event }) => event === 'command')
    .map(({ command }) => command);

describe('resume', () => {
  it('says what waits, allows more, and queues it', async () => {
    for (const digits of ['a1', 'a2']) rests(digits, 5, { status: 'suspended' });
    expect((await olga.get(path)).text).toContain('2 items wait');
    const { text, status } = await send({ usd: '2.50' });
    expect([status, text]).toEqual([200, expect.stringContaining('2 items queued.')]);
    expect(
      world.queues
        .get('work')
        ?.map((it) => JSON.parse(it).itemId)
        .sort(),
    ).toEqual([idOf('a1'), idOf('a2')]);
    expect(world.tables.row('control', budgetKey('demo'))).toMatchObject({ extraMicroUsd: 2_500_000 });
    expect(world.tables.all('audit').filter(({ event }) => event === 'command')).toMatchObject([
      { by: 'olga@example.com', comment: 'month end', command: 'resume addUsd=2.5 addTokens=0' },
    ]);
  });

  it.each([
    ['no reason', { reason: ' ' }],
    ['an amount that is none', { usd: '5 or so' }],
    ['an amount below nothing', { usd: '-5' }],
    ['another automation', { automation: 'other' }],
    ['a form that is not ours', { nonce: 'made-up' }],
  ])('does nothing for %s', async (_name, wrong) => {
    expect((await send({ usd: '5', ...wrong })).status).toBe(400);
    expect(commanded.events).toEqual([]);
  });

  it('is there for automations that are', async () => {
    expect((await olga.get(`${HOLD}?automation=other`)).status).toBe(404);
  });
});

describe('hold', () => {
  it('suspends, says so, and lets go on again', async () => {
    expect((await olga.get(path)).text).toContain('It runs.');
    const { text, status } = await send({ what: 'suspend', reason: EVIL });
    expect([status, text]).toEqual([200, expect.stringContaining('It is suspended')]);
    expect(text).toContain('olga@example.com');
    expect(text).not.toContain('<img');
    expect(await readHold('control', 'demo')).toMatchObject({
      everything: { mode: 'suspend', reason: EVIL },
    });
    expect((await send({ what: 'resume' })).text).toContain('It runs.');
    expect(audited()).toEqual(['suspend', expect.stringContaining('resume')]);
  });

  it('drains everything, and nothing less', async () => {
    expect((await send({ what: 'drain' })).text).toContain('It drains');
    expect((await send({ what: 'drain', of: 'pay' })).text).toContain('only everything drains');
    expect(audited()).toEqual(['drain']);
  });

  it('holds one action, and lets that one go', async () => {
    expect((await send({ what: 'suspend', of: 'pay' })).text).toContain('Nothing is done of pay.');
    expect(await readHold('control', 'demo')).not.toHaveProperty('everything');
    expect((await send({ of: 'pay' })).text).toContain('It runs.');
    expect(commanded.events.map(({ body }) => JSON.parse(body ?? '').actions)).toEqual([['pay'], ['pay']]);
  });

  it.each([
    ['an action that is none', { of: 'fly' }],
    ['a name that every object has', { of: 'constructor' }],
    ['no button of ours', { what: 'explode' }],
    ['no reason', { reason: '' }],
    ['a form that is not ours', { nonce: 'made-up' }],
  ])('does nothing for %s', async (_name, wrong) => {
    const { status, text } = await send({ what: 'suspend', ...wrong });
    expect([status, text]).toEqual([400, expect.stringContaining('Nothing was changed')]);
    expect(commanded.events).toEqual([]);
  });
});
