import { beforeEach, describe, expect, it, vi } from 'vitest';
import { askedOf, freshHouse, house, inMinutes, put, SETTINGS, signedIn } from '../support/console.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

beforeEach(freshHouse);

/** The questions of a page, in their order. */
function listed(text: string): string[] {
  return [...text.matchAll(/class="row-link" href="[^"]*\/approvals\/([\w-]+)-g1"/g)].map(
    ([, id = '']) => id,
  );
}

async function queue(email = 'ann@example.com', query = '') {
  const browser = await signedIn(email);
  // Signing in takes its minute; the desk is laid out after it.
  return async (more = query) => {
    const { text, status } = await browser.get(`/console${more}`);
    return { text, status, ids: listed(text), heading: /<h1>([^<]*)/.exec(text)?.[1] };
  };
}

describe('the order of the queue', () => {
  it('is broken promises, then within the hour, today, later; in each by risk, then by promise', async () => {
    const show = await queue();
    const promises = { later: 16 * 60, today: 5 * 60, hour: 45, overdue: -5 };
    for (const [name, promise] of Object.entries(promises)) {
      put(`${name}-routine-early`, { promise: promise - 1 });
      put(`${name}-routine`, { promise });
      put(`${name}-grave`, { promise: promise + 2, risk: 'catastrophic' });
      put(`${name}-weighty`, { promise: promise + 1, risk: 'consequential' });
    }
    const of = (name: string) => [
      `${name}-grave`,
      `${name}-weighty`,
      `${name}-routine-early`,
      `${name}-routine`,
    ];
    const { ids, heading } = await show();
    expect(ids).toEqual([...of('overdue'), ...of('hour'), ...of('today'), ...of('later')]);
    expect(heading).toBe('16 approvals wait for you');
  });

  it('counts a promise as broken at its second, and the hour to its last', async () => {
    const show = await queue();
    put('now', { promise: 0 });
    put('soon', { promise: 60 });
    put('after', { promise: 61 });
    const { text } = await show();
    expect(text).toContain('Overdue (1)');
    expect(text).toContain('Due within the hour (1)');
    expect(text).toContain('Due today (1)');
  });
});

describe('a row of the queue', () => {
  it('says in words what it is, how grave, until when, since when, and who is on it', async () => {
    const show = await queue();
    put('a', {
      risk: 'catastrophic',
      promise: 125,
      quorum: 2,
      createdAt: inMinutes(-135),
      votes: { 'bob@example.com': { at: inMinutes(-1), digest: 'd' } },
      claim: { by: 'bob@example.com', until: inMinutes(5) },
    });
    put('b', { promise: -20, claim: { by: 'ann@example.com', until: inMinutes(5) } });
    put('c', { promise: 20, claim: { by: 'bob@example.com', until: inMinutes(0) } });
    const { text } = await show();
    for (const words of [
      '>Pay EUR 24.90</a>',
      '<span aria-hidden="true">●</span> catastrophic',
      'due in 2 h 5 min',
      '2 h ago',
      'claimed by bob@example.com · 1 of 2 approvals',
      'claimed by you',
      'overdue since 08:41 UTC',
    ])
      expect(text).toContain(words);
    expect(text.match(/claimed by (?!you)/g)).toHaveLength(1);
  });

  it('says what an approver has changed already: its summary and amount are of what was asked', async () => {
    const show = await queue();
    put('a', { quorum: 2, edits: [{ field: 'amount', from: '24.90', to: '<i>20.00' }] });
    expect((await show()).text).toContain('amount: 24.90 became <b>&lt;i&gt;20.00</b>');
  });

  it('is part of a table that says what it is, by column and by row', async () => {
    const show = await queue();
    put('a');
    const { text } = await show();
    expect(text).toContain('<caption');
    expect(text.match(/scope="col"/g)?.length).toBeGreaterThanOrEqual(5);
    expect(text).toContain('scope="row"');
  });

  it('shows hostile words as words', async () => {
    const show = await queue();
    const hostile = `"><script>alert(1)</script>`;
    put(
      'a',
      { automation: hostile, claim: { by: hostile, until: inMinutes(5) } },
      { summary: hostile, label: hostile },
    );
    const { text } = await show();
    expect(text).not.toContain('<script>alert');
    expect(text.match(/&lt;script&gt;alert/g)?.length).toBe(4);
  });
});

describe('the queue of', () => {
  beforeEach(() => {
    put('mine');
    put('group', { asked: askedOf('bob@example.com') });
    put('escalated', { group: 'others', escalateTo: 'leads', asked: askedOf('zoe@example.com') });
    put('foreign', { group: 'others', escalateTo: 'others', asked: askedOf('zoe@example.com') });
    put('handed', { group: 'others', escalateTo: 'others', asked: askedOf('ann@example.com') });
    put('closed', { status: 'expired' });
    put('over', { times: { ...put('over').times, closesAt: inMinutes(0) } });
  });

  it('an approver is what was put to them, if they do not ask for more', async () => {
    const show = await queue();
    expect((await show()).ids.sort()).toEqual(['handed', 'mine']);
    expect((await show('?whose=nonsense')).ids.sort()).toEqual(['handed', 'mine']);
    expect((await show('?whose=group')).ids.sort()).toEqual(['escalated', 'group', 'handed', 'mine']);
  });

  it('an approver is never what does not concern their groups, whatever they ask for', async () => {
    const show = await queue();
    expect((await show('?whose=all')).ids.sort()).toEqual(['escalated', 'group', 'handed', 'mine']);
  });

  it.each(['olga@example.com', 'august@example.com'])('%s is everything that is open', async (email) => {
    const show = await queue(email);
    expect((await show()).ids.sort()).toEqual(['escalated', 'foreign', 'group', 'handed', 'mine']);
    expect((await show('?whose=mine')).heading).toBe('Nothing waits for you');
  });

  it('somebody who was asked and is an approver no more is not theirs', async () => {
    house.settings = {
      ...SETTINGS,
      auditors: ['ann@example.com'],
      groups: { others: SETTINGS.groups.others ?? [] },
    };
    const show = await queue();
    expect((await show('?whose=mine')).ids).toEqual([]);
  });
});

it('the next approval is the first of what was put to the reader, or the queue where nothing is left', async () => {
  const ann = await signedIn('ann@example.com');
  put('later', { promise: 40 });
  put('first', { promise: 10 });
  put('foreign', { promise: 1, asked: askedOf('bob@example.com') });
  expect(await ann.get('/console/next')).toMatchObject({ status: 303, to: '/console/approvals/first-g1' });
  const olga = await signedIn('olga@example.com');
  expect(await olga.get('/console/next')).toMatchObject({ status: 303, to: '/console' });
});

describe('the filters and pages of the queue', () => {
  it('narrow it by automation and by risk', async () => {
    const show = await queue();
    put('a', { risk: 'catastrophic' });
    put('b', { automation: 'other' });
    expect((await show('?automation=other')).ids).toEqual(['b']);
    expect((await show('?risk=catastrophic')).ids).toEqual(['a']);
    expect((await show('?risk=catastrophic&automation=other')).heading).toBe('Nothing waits for you');
    expect((await show('?risk=nonsense')).ids).toHaveLength(2);
  });

  it('show fifty at a time, and lead on and back with the filter kept', async () => {
    const show = await queue();
    for (let at = 0; at < 120; at += 1)
      put(`q-${String(at).padStart(3, '0')}`, { promise: 30, risk: 'consequential' });
    const first = await show('?risk=consequential');
    expect(first.ids).toHaveLength(50);
    expect(first.text).toContain('Page 1 of 3');
    expect(first.text).not.toContain('rel="prev"');
    expect(first.text).toMatch(/rel="next" href="\/console\?whose=mine&amp;risk=consequential&amp;page=2"/);
    const last = await show('?risk=consequential&page=3');
    expect(last.ids).toEqual(Array.from({ length: 20 }, (_, at) => `q-${at + 100}`));
    expect(last.text).not.toContain('rel="next"');
    for (const page of ['99', '0', '-1', '1e9', 'x', '1.5'])
      expect((await show(`?page=${page}`)).status, page).toBe(200);
    expect((await show('?page=99')).ids).toHaveLength(20);
  });

  it('find by number, action, automation, label, amount and person, every word of it', async () => {
    const show = await queue();
    put('item-d2d7f04', { promise: 10 }, { summary: 'Refund EUR 64.00 to order W5061109' });
    put('b', { promise: 20, automation: 'invoice' }, { label: 'late fee' });
    put('c', {
      promise: 30,
      claim: { by: 'bob@example.com', until: inMinutes(5) },
      asked: askedOf('ann@example.com'),
    });
    const finds = async (search: string) => (await show(`?search=${encodeURIComponent(search)}`)).ids;
    expect(await finds('d2d7f04-g1')).toEqual(['item-d2d7f04']);
    expect(await finds('w5061109')).toEqual(['item-d2d7f04']);
    expect(await finds('REFUND 64.00')).toEqual(['item-d2d7f04']);
    expect(await finds('invoice')).toEqual(['b']);
    expect(await finds(' late ')).toEqual(['b']);
    expect(await finds('bob@')).toEqual(['item-d2d7f04', 'b', 'c']);
    expect(await finds('bob pay')).toEqual(['b', 'c']);
    expect(await finds('zoe')).toEqual([]);
    expect(await finds('<script>')).toEqual([]);
    const { text } = await show('?search=%22%3E%3Cscript%3Ealert(1)');
    expect(text).not.toContain('<script>alert');
    expect(text).toContain('value="&quot;&gt;&lt;script&gt;alert(1)"');
  });

  it('find nobody who may not be seen', async () => {
    const show = await queue();
    put('foreign', { group: 'others', escalateTo: 'others', asked: askedOf('zoe@example.com') });
    expect((await show('?whose=all&search=zoe')).ids).toEqual([]);
  });

  it('sort by due time, risk, amount and age, both ways, and keep it over pages', async () => {
    const show = await queue();
    const amount = (value: string, currency?: string) => {
      const facts = put('x').facts;
      return { facts: { ...facts, amount: { value, ...(currency ? { currency } : {}) } } };
    };
    put('small', { promise: 30, createdAt: inMinutes(-10), ...amount('9.90', 'EUR') });
    put('large', { promise: 20, createdAt: inMinutes(-30), ...amount('1000.00', 'USD') });
    put('middle', { promise: 10, createdAt: inMinutes(-20), ...amount('24.90') });
    put('x', { promise: 40, createdAt: inMinutes(-5), risk: 'catastrophic' });
    expect((await show('?sort=amount')).ids).toEqual(['large', 'middle', 'small', 'x']);
    expect((await show('?sort=-amount')).ids).toEqual(['x', 'small', 'middle', 'large']);
    expect((await show('?sort=age')).ids).toEqual(['large', 'middle', 'small', 'x']);
    expect((await show('?sort=-age')).ids).toEqual(['x', 'small', 'middle', 'large']);
    expect((await show('?sort=risk')).ids[0]).toBe('x');
    expect((await show('?sort=-risk')).ids.at(-1)).toBe('x');
    expect((await show('?sort=due')).ids).toEqual(['x', 'middle', 'large', 'small']);
    expect((await show('?sort=-due')).ids).toEqual(['small', 'large', 'middle', 'x']);
    const { text } = await show('?sort=amount');
    for (const words of ['>USD 1000.00<', '>EUR 9.90<', '>24.90<', 'aria-sort="descending"'])
      expect(text).toContain(words);
    expect(text).toContain('href="/console?whose=mine&amp;sort=-amount&amp;page=1"');
    expect((await show('?sort=nonsense')).ids).toEqual(['x', 'middle', 'large', 'small']);
  });

  it('hold a thousand: every one is on exactly one page, in whichever order', async () => {
    const show = await queue();
    for (let at = 0; at < 1000; at += 1)
      put(`q-${at}`, { promise: (at * 7) % 400, createdAt: inMinutes(-at % 60) });
    for (const sort of ['due', '-due', 'risk', '-amount', 'age']) {
      const seen: string[] = [];
      for (let page = 1; page <= 20; page += 1) seen.push(...(await show(`?sort=${sort}&page=${page}`)).ids);
      expect(seen, sort).toHaveLength(1000);
      expect(new Set(seen).size, sort).toBe(1000);
    }
  });

  it('show a thousand in well under a second', async () => {
    const show = await queue();
    for (let at = 0; at < 1000; at += 1) put(`q-${at}`, { promise: at - 100 });
    await show();
    const before = process.threadCpuUsage().user;
    const { heading } = await show();
    expect(heading).toBe('1,000 approvals wait for you');
    expect((process.threadCpuUsage().user - before) / 1000).toBeLessThan(500);
  });

  it('say so when there are more than are looked at: the ones that come due first are there', async () => {
    const show = await queue();
    for (let at = 0; at < 3001; at += 1) put(`q-${at}`, { promise: at + 1 });
    world.calls = [];
    const { text, ids } = await show();
    expect(text).toContain('More than 3,000 approvals are open');
    expect(text).toContain('3,000 approvals wait for you');
    expect(ids[0]).toBe('q-0');
    time.advance(1);
  });
});
