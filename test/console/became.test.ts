import { beforeEach, describe, expect, it, vi } from 'vitest';
import { freshHouse, house, put, putClosed, SETTINGS, signedIn } from '../support/console.ts';
import { itemRow } from '../support/fixtures.ts';
import { unescaped } from '../support/html.ts';
import { words } from '../support/pages.ts';
import { world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

beforeEach(freshHouse);

const PAGE = '/console/approvals/item-a-g1';

describe('the page of an approval in the console', () => {
  it('tells what became of an approved action, also when it failed', async () => {
    const ann = await signedIn('ann@example.com');
    putClosed('item-a', 5);
    const became = async (fields: object) => {
      world.tables.put('items', itemRow({ id: 'item-a', approvalId: 'item-a-g1', ...fields }));
      return words((await ann.get(PAGE)).text);
    };
    expect(await became({ status: 'done' })).toContain('✓ Done.');
    expect(await became({ status: 'acting' })).toContain('Being carried out.');
    const error = { class: 'SystemError', message: "destination 'ledger' answered 422" };
    expect(unescaped(await became({ status: 'parked', error }))).toContain(
      "Parked: destination 'ledger' answered 422",
    );
  });

  it('names the items that belong together, with a way to approvals that its reader may see', async () => {
    const ann = await signedIn('ann@example.com');
    putClosed('item-a', 5);
    put('item-b');
    put('item-c', { group: 'strangers', escalateTo: 'strangers', asked: {} });
    const at = '2026-12-01T08:00:00.000Z';
    const children = ['item-c', 'item-d'].map((id) => ({ id, status: 'waiting_approval' as const, at }));
    const family = { ancestors: ['item-0', 'item-b'], children };
    for (const id of ['item-b', 'item-c'])
      world.tables.put('items', itemRow({ id, status: 'waiting_approval', approvalId: `${id}-g1` }));
    world.tables.put('items', itemRow({ id: 'item-a', approvalId: 'item-a-g1', status: 'done', ...family }));
    const { text } = await ann.get(PAGE);
    expect(text).toContain('/console/approvals/item-b-g1">item-b</a>');
    expect(text).not.toContain('item-c-g1');
    expect(words(text)).toContain(
      'Made by item item-b Items it made item-c (waiting approval) item-d (waiting approval)',
    );
    expect(text).not.toContain('class="family');
  });

  it('shows every time of it to the second, in the zone of its calendar beside UTC', async () => {
    house.settings = {
      ...SETTINGS,
      calendars: {
        office: { timeZone: 'Asia/Tokyo', days: ['mon'], from: '09:00', to: '17:00', holidays: [] },
      },
    };
    house.approval = { calendar: 'office' };
    const ann = await signedIn('ann@example.com');
    put('item-a', { trail: [{ at: '2026-12-01T08:31:05.123Z', event: 'asked', to: 'leads' }] });
    const { text } = await ann.get(PAGE);
    expect(text).toContain('2026-12-01 17:31:05 Asia/Tokyo (08:31:05 UTC)');
  });
});
