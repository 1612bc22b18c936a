import { beforeEach, describe, expect, it, vi } from 'vitest';
import { requestKey } from '../../../lambdas/tables/idempotency/requests.ts';
import { referenceHash } from '../../../lambdas/tables/keys.ts';
import { type Browser, freshHouse, signedIn } from '../../support/console.ts';
import { world } from '../../support/world.ts';
import { ITEMS, idOf, listed, REFUSED, rests } from './night.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));

let olga: Browser;
beforeEach(async () => {
  freshHouse();
  olga = await signedIn('olga@example.com');
});

const shown = async (query = '') => olga.get(`${ITEMS}${query}`);

describe('the list of items', () => {
  it('is for operators, and there for nobody else', async () => {
    rests('a1', 5);
    for (const email of ['ann@example.com', 'august@example.com']) {
      const other = await signedIn(email);
      expect((await other.get('/console')).text).not.toContain('/console/operate');
      for (const path of [ITEMS, `${ITEMS}/${idOf('a1')}`]) {
        const { status, text } = await other.get(path);
        expect(status).toBe(403);
        expect(text).not.toContain(REFUSED);
      }
    }
    expect((await olga.get('/console')).text).toContain('/console/operate');
  });

  it('shows what is stuck, newest first, and why', async () => {
    rests('a1', 50);
    rests('a2', 5, { label: 'Billing' });
    rests('a3', 20, {
      status: 'quarantined',
      stage: 'intake',
      error: { class: 'InputError', message: 'no such order' },
    });
    rests('a4', 3, { status: 'done' });
    const page = await shown();
    expect(listed(page)).toEqual(['a2', 'a3', 'a1']);
    for (const words of [REFUSED, 'TransientError in act', 'InputError in intake', '5 min ago', 'Billing'])
      expect(page.text).toContain(words);
    expect(listed(await shown('?status=any'))).toEqual(['a4', 'a2', 'a3', 'a1']);
    expect(listed(await shown('?status=done'))).toEqual(['a4']);
  });

  it('is narrowed by error, stage, label and age', async () => {
    rests('a1', 50);
    rests('a2', 200, { label: 'Billing', stage: 'evaluate' });
    rests('a3', 20, { error: { class: 'SystemError', message: 'a secret is missing' } });
    expect(listed(await shown('?class=SystemError'))).toEqual(['a3']);
    expect(listed(await shown('?stage=evaluate'))).toEqual(['a2']);
    expect(listed(await shown('?label=Billing'))).toEqual(['a2']);
    expect(listed(await shown('?age=1h'))).toEqual(['a3', 'a1']);
    expect(listed(await shown('?class=nonsense&stage=nowhere&age=9y&status=odd&automation=none'))).toEqual([
      'a3',
      'a1',
      'a2',
    ]);
  });

  it('goes through many in pages of ten reads at most, each item once', async () => {
    for (let at = 0; at < 260; at += 1) rests(`b${1000 + at}`, at, { label: at % 2 ? 'odd' : 'even' });
    const seen: string[] = [];
    let path = `${ITEMS}?class=TransientError&age=7d`;
    for (let page = 0; page < 30 && path; page += 1) {
      world.calls.length = 0;
      const found = await olga.get(path);
      const tables = world.calls.filter((call) => /Query|BatchGet/.test(call));
      expect(tables.length).toBeLessThanOrEqual(10);
      expect(tables.length).toBeGreaterThan(1);
      seen.push(...listed(found));
      path = (/rel="next" href="([^"]*)"/.exec(found.text)?.[1] ?? '').replaceAll('&amp;', '&');
    }
    expect(seen).toEqual(Array.from({ length: 260 }, (_, at) => `b${1000 + at}`));
  });

  it('says that it has not looked at everything, and looks further back', async () => {
    world.tables.pageRows = 5;
    for (let at = 0; at < 40; at += 1) rests(`c${100 + at}`, at, { status: at === 39 ? 'parked' : 'done' });
    const first = await shown();
    expect(first.text).toContain('Nothing like this among the newest items');
    const next = (/rel="next" href="([^"]*)"/.exec(first.text)?.[1] ?? '').replaceAll('&amp;', '&');
    expect(listed(await olga.get(next))).toEqual(['c139']);
  });
});

describe('a search', () => {
  const leads = async (query: string) => (await shown(query)).to;

  it('by number leads to the item: by its end, its beginning, its approval, or all of it', async () => {
    const { id } = rests(`7d2d7f04${'0'.repeat(17)}beefed1`, 5, { status: 'done' });
    rests('a1', 5);
    for (const typed of ['beefed1', 'BEEFED1', '%23beefed1-g1', '7d2d7f04', 'demo_beefed1', id, `${id}-g2`])
      expect([typed, await leads(`?search=${typed}`)]).toEqual([typed, `/console/operate/items/${id}`]);
    expect((await shown('?search=fffffff')).text).toContain('There is nothing like this.');
    expect((await shown("?search=%3Cscript%3E'")).text).not.toContain('<script>&');
  });

  it('by number names all that fit', async () => {
    rests('1beefed', 5);
    rests('2beefed', 4, { status: 'done' });
    expect(listed(await shown('?search=beefed'))).toEqual(['2beefed', '1beefed']);
  });

  it('by reference, and by the key of a client', async () => {
    rests('a1', 5, { reference: referenceHash('demo', 'order 17') });
    rests('a2', 4, { reference: referenceHash('demo', 'order 18'), status: 'done' });
    const claim = requestKey('shop', 'demo', 'my key/1', '');
    world.tables.put('idempotency', { id: claim.id, itemId: idOf('a2'), bodyHash: 'b', expiresAt: 2e9 });
    expect(await leads('?by=reference&search=order+17')).toContain(idOf('a1'));
    expect(await leads('?by=key&search=shop+my+key%2F1')).toContain(idOf('a2'));
    for (const wrong of [
      'by=key&search=bank+my+key%2F1',
      'by=key&search=shop',
      'by=reference&search=order+19',
    ])
      expect((await shown(`?${wrong}`)).text).toContain('There is nothing like this.');
  });
});

it('shows what strangers wrote as words, wherever it stands', async () => {
  const evil = '<img src=x onerror=alert(1)>';
  rests('a1', 5, { label: evil, client: evil, error: { class: 'SystemError', message: evil }, stage: evil });
  for (const path of [`?label=${encodeURIComponent(evil)}`, `?search=${encodeURIComponent(evil)}`, '']) {
    const { text } = await shown(path);
    expect(text).not.toContain('<img');
  }
  expect((await shown()).text).toContain('&lt;img src=x');
});
