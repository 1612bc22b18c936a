import { beforeEach, describe, expect, it, vi } from 'vitest';
import { freshHouse, signedIn } from '../../support/console.ts';
import { words } from '../../support/pages.ts';
import { idOf, keepIt, rehearsal } from '../../support/rehearsed.ts';
import { world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
vi.mock('../../../lambdas/kit/signed/invoke.ts', () => import('../../support/commands.ts'));

const RELEASES = '/console/automations/demo/releases';
const PAGE = '/console/automations/demo/rehearsals/abcd';
const keep = (more: object = {}) =>
  keepIt({
    ...rehearsal,
    ...{ id: 'abcd', by: 'ops', at: '2026-11-29T09:00:00.000Z' },
    ...more,
  });

beforeEach(freshHouse);

describe('a rehearsal in the console', () => {
  it('is found from the releases of its automation', async () => {
    await keep();
    const ann = await signedIn('ann@example.com');
    const { text } = await ann.get(RELEASES);
    expect(text).toContain(`href="${PAGE}"`);
    expect(words(text)).toContain('route.v2 : 2 of 40 items would change ops,');
  });

  it('says how many would act, ask and be refused, what people had decided, and each item that would change', async () => {
    await keep();
    const olga = await signedIn('olga@example.com');
    world.calls = [];
    const { status, text } = await olga.get(PAGE);
    expect(status).toBe(200);
    expect(world.calls.filter((call) => call.startsWith('dynamodb')).length).toBeLessThanOrEqual(4);
    const told = words(text);
    expect(told).toContain('rehearsed 20 18 2');
    expect(told).toContain('0 as it would alone, 1 otherwise');
    expect(told).toContain('act → ask');
    expect(told).toContain('EUR 5.00 → EUR 7.00');
    expect(told).toContain('3: a source was asked more than once');
    expect(text).toContain('other &lt;b&gt;');
    expect(text).toContain(`href="/console/operate/items/${idOf(2)}"`);
  });

  it('shows items to operators alone', async () => {
    await keep();
    const ann = await signedIn('ann@example.com');
    const { text } = await ann.get(PAGE);
    expect(text).not.toContain('/operate/items/');
    expect(words(text)).toContain('Operators can open these items.');
  });

  it('says so where nothing would change, or nothing was rehearsed', async () => {
    const none = { act: 0, ask: 0, refuse: 0 };
    await keep({ changed: [], rehearsed: 0, medianMs: null, verdicts: { kept: none, candidate: none } });
    const ann = await signedIn('ann@example.com');
    const told = words((await ann.get(PAGE)).text);
    expect(told).toContain('It came to nothing about any item.');
    expect(told).toContain('No item would change.');
  });

  it('says how many it does not list', async () => {
    await keep({ more: 500 });
    const ann = await signedIn('ann@example.com');
    const told = words((await ann.get(PAGE)).text);
    expect(told).toContain('Would change 502 of 40 items');
    expect(told).toContain('500 others would change as well');
  });

  it('is not there under another name', async () => {
    await keep();
    const ann = await signedIn('ann@example.com');
    expect((await ann.get('/console/automations/demo/rehearsals/ffff')).status).toBe(404);
  });
});
