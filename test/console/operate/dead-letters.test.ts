import { beforeEach, describe, expect, it, vi } from 'vitest';
import { commanded } from '../../support/commands.ts';
import { type Browser, freshHouse, signedIn } from '../../support/console.ts';
import { time, world } from '../../support/world.ts';
import { idOf } from './night.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
vi.mock('../../../lambdas/kit/signed/invoke.ts', () => import('../../support/commands.ts'));

const PAGE = '/console/operate/dead-letters';
const EVIL = '<img src=x onerror=alert(1)>';
const WORK = 'signalbox-test-demo-work';
const LETTER = JSON.stringify({ itemId: idOf('a1'), generation: 1 });

let olga: Browser;
beforeEach(async () => {
  freshHouse();
  Object.assign(commanded, { events: [], instead: undefined });
  world.queueNames.set('signalbox-test-demo-dead-letters', 'dead').set(WORK, 'work');
  olga = await signedIn('olga@example.com');
});

const send = (fields: Record<string, string>) =>
  olga.send(`${PAGE}/demo`, { what: 'redrive', reason: 'the fix is out', ...fields }, `${PAGE}/demo`);

describe('dead letters', () => {
  it('are counted with their age, and none is no alarm', async () => {
    expect((await olga.get(PAGE)).text).toContain('No dead letters');
    world.resting.put('dead', LETTER, { sentAt: time.at - 7_200_000 });
    const { text } = await olga.get(PAGE);
    expect(text).toContain('1 dead letter</h1>');
    expect(text).toMatch(/href="\/console\/operate\/dead-letters\/demo">demo<\/a>.*>2 h</);
  });

  it('are shown decoded, with their item, and are words of a stranger', async () => {
    world.resting.put('dead', LETTER, { source: WORK });
    world.resting.put('dead', EVIL);
    const { text } = await olga.get(`${PAGE}/demo`);
    expect(text).toContain(`/console/operate/items/${idOf('a1')}`);
    expect(text).toContain('It is no JSON');
    expect(text).toContain('&lt;img');
    expect(text).not.toContain('<img src=x');
  });

  it('go back: those that are marked, or all', async () => {
    const [first] = [1, 2, 3].map(() => world.resting.put('dead', LETTER, { source: WORK }));
    expect((await send({ [`take-${first}`]: 'yes' })).text).toContain('1 moved back.');
    expect((await send({ what: 'all' })).text).toContain('2 moved back.');
    expect(world.queues.get('work')).toHaveLength(3);
    expect(world.tables.all('audit').filter(({ event }) => event === 'command')).toMatchObject([
      { by: 'olga@example.com', comment: 'the fix is out', command: `dlq redrive queue=demo id=${first}` },
      { command: 'dlq redrive queue=demo' },
    ]);
  });

  it('are deleted one by one', async () => {
    const first = world.resting.put('dead', EVIL);
    world.resting.put('dead', LETTER);
    expect((await send({ what: 'delete', [`take-${first}`]: 'yes' })).text).toContain('1 deleted.');
    expect(world.resting.bodies('dead')).toEqual([LETTER]);
  });

  it.each([
    ['nothing marked', {}],
    ['nothing marked to delete', { what: 'delete' }],
    ['no reason', { what: 'all', reason: ' ' }],
    ['no button of ours', { what: 'explode', 'take-message-1': 'yes' }],
    ['a form that is not ours', { what: 'all', nonce: 'made-up' }],
  ])('stay with %s', async (_name, wrong) => {
    world.resting.put('dead', LETTER, { source: WORK });
    expect((await send(wrong)).status).toBe(400);
    expect(commanded.events.filter(({ routeKey }) => routeKey.startsWith('POST'))).toEqual([]);
    expect(world.resting.bodies('dead')).toEqual([LETTER]);
  });

  it('are for operators, of what there is', async () => {
    expect((await olga.get(`${PAGE}/other`)).status).toBe(404);
    const ann = await signedIn('ann@example.com');
    for (const page of [PAGE, `${PAGE}/demo`]) expect((await ann.get(page)).status).toBe(403);
    expect(commanded.events).toEqual([]);
  });

  it('are said not to be known where nobody answers', async () => {
    commanded.instead = { outcome: 'unknown', reason: 'it was slow' } as never;
    expect((await olga.get(PAGE)).text).toContain('Dead letters: not known');
  });
});
