import { beforeEach, describe, expect, it, vi } from 'vitest';
import { kindOfMessage } from '../../../lambdas/console/operate/reasons.ts';
import { forceBreaker } from '../../../lambdas/tables/control/breakers.ts';
import { setCaution } from '../../../lambdas/tables/control/caution.ts';
import { setHold } from '../../../lambdas/tables/control/hold.ts';
import { budgetKey } from '../../../lambdas/tables/keys.ts';
import { putRedrive } from '../../../lambdas/tables/redrives/redrives.ts';
import { commanded } from '../../support/commands.ts';
import { type Browser, freshHouse, signedIn } from '../../support/console.ts';
import { words } from '../../support/pages.ts';
import { world } from '../../support/world.ts';
import { rests } from './night.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
vi.mock('../../../lambdas/kit/signed/invoke.ts', () => import('../../support/commands.ts'));

const OVERVIEW = '/console/operate';
const HOLD = '/console/operate/hold';
const EVIL = '<img src=x onerror=alert(1)>';

let olga: Browser;
beforeEach(async () => {
  freshHouse();
  Object.assign(commanded, { events: [], instead: undefined });
  world.queueNames.set('signalbox-test-demo-work', 'work');
  olga = await signedIn('olga@example.com');
});

const running: Parameters<typeof putRedrive>[1] = {
  ...{ redrive: 'demo_redrive-1', automation: 'demo', by: 'ops', reason: EVIL },
  ...{ ratePerMinute: 60, matched: 9, startedAt: '2026-12-01T08:00:00.000Z' },
  ...{ place: '', inHand: [], tries: 0, done: 2, failed: 1, skipped: 1 },
  filter: { status: ['parked'] },
  state: 'running',
};

describe('the overview', () => {
  it('counts what is stuck by reason, and leads to just these', async () => {
    const slow = (at: number) => `order 17-${at} of 'Zoe ${at}': the ledger gave no answer`;
    for (let at = 0; at < 4; at += 1)
      rests(`a${at}`, at, { error: { class: 'TransientError', message: slow(at) } });
    rests('b1', 9, { status: 'quarantined', stage: 'intake', error: { class: 'InputError', message: EVIL } });
    rests('c1', 9, { status: 'done' });
    const { text, status } = await olga.get(OVERVIEW);
    expect(status).toBe(200);
    expect(text).toContain('<h1>5 items stuck</h1>');
    expect(text).toMatch(/data-name="Items" class="number">4</);
    const to = /href="([^"]*class=TransientError[^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect((await olga.get(to)).text.match(/row-link number/g)).toHaveLength(4);
    expect(text).not.toContain('<img');
  });

  it('tells of what has been under way for long, and leads to it', async () => {
    rests('d1', 7, { status: 'processing' });
    rests('d2', 12, { status: 'acting' });
    rests('d3', 1, { status: 'processing' });
    const { text } = await olga.get(OVERVIEW);
    expect(text).toContain('<h1>Nothing is stuck</h1>');
    expect(words(text)).toContain('2 items under way for more than five minutes, the oldest since');
    const listed = await olga.get('/console/operate/items?status=under-way');
    expect(listed.text).toContain('<h1>Items under way</h1>');
    expect(listed.text.match(/row-link number/g)).toHaveLength(3);
  });

  it('tells of budgets, caution, breakers and redrives under way', async () => {
    expect((await olga.get(OVERVIEW)).text).toContain('<h1>Nothing is stuck</h1>');
    world.tables.put('control', {
      ...{ id: budgetKey('demo'), spentMicroUsd: 4_250_000, refusedMicroUsd: 9e9, expiresAt: 2e9 },
    });
    await setCaution('control', 'demo', { on: true, actions: ['pay'], labels: [], reason: EVIL, by: 'ops' });
    await forceBreaker(
      'control',
      { kind: 'destination', name: 'ledger' },
      { state: 'open', reason: EVIL, by: EVIL },
    );
    await putRedrive('control', running);
    await setHold('control', 'demo', { mode: 'drain', by: 'ops', reason: EVIL });
    const { text } = await olga.get(OVERVIEW);
    for (const words of [
      'US$ 4.25 of',
      'its budget is spent',
      'draining',
      'asks a person about pay',
      'held open by',
      '4 of 9',
    ])
      expect(text).toContain(words);
    expect(text).toContain('/console/operate/redrives/demo_redrive-1');
    expect(text).not.toContain('<img');
  });

  it('is for operators alone, as is what it leads to', async () => {
    for (const email of ['ann@example.com', 'august@example.com']) {
      const other = await signedIn(email);
      for (const path of [OVERVIEW, `${HOLD}?automation=demo`, `${OVERVIEW}/redrives/demo_redrive-1`])
        expect((await other.get(path)).status).toBe(403);
      const form = { automation: 'demo', reason: 'a reason', usd: '5' };
      expect((await other.send('/console/me', form, HOLD)).status).toBe(403);
    }
    expect(commanded.events).toEqual([]);
  });
});

it.each([
  ['no answer for order 17', 'no answer for order …'],
  ["'Zoe' is no customer", '… is no customer'],
  ['HTTP 503 after 3 tries', 'HTTP … after … tries'],
  ['item demo_00ff is gone', 'item … is gone'],
])('takes "%s" for "%s"', (message, kind) => {
  expect(kindOfMessage(message)).toBe(kind);
});
