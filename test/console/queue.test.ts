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
