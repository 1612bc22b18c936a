import { beforeEach, describe, expect, it, vi } from 'vitest';
import { commanded } from '../../support/commands.ts';
import { type Browser, freshHouse, hidden, mainOf, signedIn } from '../../support/console.ts';
import { stored } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';
import { ITEMS, idOf, rests } from './night.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
vi.mock('../../../lambdas/kit/signed/invoke.ts', () => import('../../support/commands.ts'));

const REDRIVES = '/console/operate/redrives';
const REASON = 'the ledger is up again';

let olga: Browser;
beforeEach(async () => {
  freshHouse();
  Object.assign(commanded, { events: [], instead: undefined });
  world.queueNames.set('signalbox-test-demo-work', 'work');
  olga = await signedIn('olga@example.com');
});

const preview = (query: string, fields: Record<string, string> = {}) =>
  olga.send(`${ITEMS}?${query}`, { what: 'preview', reason: REASON, ...fields }, REDRIVES);

/** Presses the button of the second page. */
const confirm = (text: string, fields: Record<string, string> = {}) =>
  olga.post(REDRIVES, { ...hidden(mainOf(text)), what: 'redrive', ...fields });

const generations = (...digits: string[]) => digits.map((it) => stored(idOf(it)).generation);

describe('a redrive of many items', () => {
  it('is looked at first, and then does what it said', async () => {
    for (const [at, digits] of ['a1', 'a2', 'a3'].entries()) rests(digits, 30 + at);
    rests('b1', 20, { error: { class: 'SystemError', message: 'no secret' } });
    rests('b2', 20, { erasedAt: '2026-12-01T08:00:00.000Z' });
    const first = await preview('automation=demo&class=TransientError');
    expect(first.text).toContain('<h1>Let 3 items go on?</h1>');
    expect(first.text).toContain('4 items of demo fit; 1 of them may not go on now');
    expect(first.text).toContain(REASON);
    expect(generations('a1', 'a2', 'a3', 'b1')).toEqual([1, 1, 1, 1]);
    expect(world.tables.all('audit').filter(({ event }) => event === 'command')).toEqual([]);

    const done = await confirm(first.text);
    expect(done.status).toBe(200);
    expect(done.text).toContain('<h1>Redrive: ');
    expect(generations('a1', 'a2', 'a3', 'b1', 'b2')).toEqual([2, 2, 2, 1, 1]);
    expect(world.tables.all('audit').filter(({ event }) => event === 'command')).toMatchObject([
      { by: 'olga@example.com', comment: REASON },
    ]);
    const id = String(stored(idOf('a1')).timeline.at(-1)?.redrive);
    const state = await olga.get(`${REDRIVES}/${id}`);
    expect(state.text).toMatch(/Went on<\/th><td>3/);
    expect(state.text).toContain('olga@example.com');
  });

  it('leaves out what came after somebody looked', async () => {
    rests('a1', 30);
    const first = await preview('automation=demo&age=1h');
    time.advance(60);
    rests('a2', 0.5);
    time.advance(60);
    await confirm(first.text);
    expect(generations('a1', 'a2')).toEqual([2, 1]);
  });

  it('goes by the whole filter of the list', async () => {
    rests('a1', 30, { label: 'Billing' });
    const query = 'automation=demo&status=parked&class=TransientError&stage=act&label=Billing&age=24h';
    await preview(query, { rate: '60', how: 'current' });
    const { filter, ...rest } = JSON.parse(commanded.events.at(-1)?.body ?? '');
    expect(filter).toEqual({
      ...{ status: ['parked'], class: 'TransientError', stage: 'act', label: 'Billing' },
      since: expect.stringMatching(/Z$/),
      until: expect.stringMatching(/Z$/),
    });
    expect(rest).toEqual({ ratePerMinute: 60, reason: REASON, version: 'current', dryRun: true });
  });

  it('is offered of one automation, and of what may go on', async () => {
    rests('a1', 30);
    for (const query of ['', 'automation=demo&status=any', 'automation=demo&status=rejected', 'search=a1a1'])
      expect((await olga.get(`${ITEMS}?${query}`)).text).not.toContain('See what would go on');
    expect((await olga.get(`${ITEMS}?automation=demo`)).text).toContain('See what would go on');
  });

  it('ends where nothing fits, without a button', async () => {
    const { text } = await preview('automation=demo');
    expect(text).toContain('Nothing would go on');
    expect(mainOf(text)).not.toContain('<button');
  });
});

it.each([
  ['no reason', { reason: ' ' }, 'please say why'],
  ['no automation', { automation: '' }, 'please choose an automation'],
  ['another automation', { automation: 'other' }, 'please choose an automation'],
  ['a form that is not ours', { nonce: 'made-up' }, 'too old'],
  ['what is at its end', { status: 'rejected' }, 'is at its end'],
])('%s does nothing, on either page', async (_name, wrong, words) => {
  rests('a1', 30);
  const { text } = await preview('automation=demo');
  for (const what of ['preview', 'redrive']) {
    const answer = await confirm(text, { what, ...wrong });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(words);
  }
  expect(generations('a1')).toEqual([1]);
});

it('shows no redrive that is none, and a reason as words', async () => {
  for (const id of ['demo_redrive-0', 'nothing', 'x'.repeat(400)])
    expect((await olga.get(`${REDRIVES}/${id}`)).status).toBe(404);
  rests('a1', 30);
  const reason = '"><img src=x onerror=alert(1)>';
  const first = await preview('automation=demo', { reason });
  expect(first.text).not.toContain('<img');
  // The hidden field carries it to the second page whole.
  const fields = { ...hidden(mainOf(first.text)), what: 'redrive', reason };
  expect((await olga.post(REDRIVES, fields)).text).not.toContain('<img');
});
