import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readReleases } from '../../../lambdas/tables/releases/releases.ts';
import { addShadow } from '../../../lambdas/tables/releases/shadow.ts';
import { freshHouse, inMinutes, signedIn } from '../../support/console.ts';
import { words } from '../../support/pages.ts';
import { released } from '../../support/released.ts';
import { world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
vi.mock('../../../lambdas/kit/signed/invoke.ts', () => import('../../support/commands.ts'));

const ROOM = '/console/automations/demo';
const PAGE = `${ROOM}/releases`;

beforeEach(freshHouse);

describe('the page of releases', () => {
  it('says what serves, what is tried and how both sides compare, in ten reads at most', async () => {
    await released();
    const ann = await signedIn('ann@example.com');
    world.calls = [];
    const { status, text } = await ann.get(PAGE);
    expect(status).toBe(200);
    expect(world.calls.filter((call) => call.startsWith('dynamodb')).length).toBeLessThanOrEqual(10);
    const told = words(text);
    expect(told).toContain('route is served by route.v1');
    expect(told).toContain('canary, 5 % of the items');
    expect(told).toContain(
      'WORSE It is rolled back by itself within a minute: items about which people are asked',
    );
    expect(told).toMatch(/people were asked ! worse 21\S* % 90 % \+57 to \+81 points/);
    expect(text).toContain('shorter &lt;b&gt;');
    // Whoever looks may not press.
    expect(text).not.toContain('value="rollback"');
    expect(words((await ann.get(ROOM)).text)).toContain('Releases : route.v2 is tried on 5 % of the items');
  });

  it('lets operators end it with a reason, as the command does, and tells what came of it', async () => {
    await released();
    const olga = await signedIn('olga@example.com');
    const { text } = await olga.send(PAGE, {
      ...{ what: 'rollback', reason: 'complaints since noon' },
    });
    expect(words(text)).toContain('The stable one serves all items again.');
    const { ended = [] } = (await readReleases('control', 'demo')) ?? {};
    expect(ended[0]?.end).toMatchObject({
      ...{ as: 'rolled-back', by: 'olga@example.com', reason: 'complaints since noon' },
    });
    expect(words((await olga.get(PAGE)).text)).toContain(
      'route route.v2, canary: rolled back after 51 items',
    );
  });

  it('marks in the charts of the automation when releases began and ended, with words in their tables', async () => {
    await released();
    const ann = await signedIn('ann@example.com');
    const { text } = await ann.get(ROOM);
    expect(text.match(/class="mark"/g)).toHaveLength(6);
    expect(text).toContain('<title>2026-11-30: route.v0: canary; route.v0: rolled back</title>');
    expect(words(text)).toContain('2026-12-01 route.v2: canary');
  });

  it('tells of a shadow what it came to', async () => {
    await released({ mode: 'shadow', share: 1, until: inMinutes(120) });
    await addShadow('control', 'demo', 'abc', { items: 8, same: 6, verdict: 2, microUsd: 1200 });
    const ann = await signedIn('ann@example.com');
    const told = words((await ann.get(PAGE)).text);
    expect(told).toContain(
      'It thought about 8 items beside the stable one, without any effect. thought beside: 8 the same: 6 (75 %)',
    );
    expect(told).toContain('another verdict: 2 (25 %)');
  });

  it('says so where nothing is tried, and is no page of an automation that is none', async () => {
    const ann = await signedIn('ann@example.com');
    expect(words((await ann.get(PAGE)).text)).toContain('No release runs.');
    expect((await ann.get('/console/automations/other/releases')).status).toBe(404);
  });
});
