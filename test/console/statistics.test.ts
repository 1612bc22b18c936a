import { beforeEach, describe, expect, it, vi } from 'vitest';
import { scaleOf } from '../../lambdas/console/views/statistics/chart.ts';
import { auditEntries } from '../../lambdas/tables/audit/audit.ts';
import { freshHouse, inMinutes, putClosed, signedIn } from '../support/console.ts';
import { words } from '../support/pages.ts';
import { world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

beforeEach(freshHouse);

function recorded(id: string, minutesAgo: number, decision: 'approve' | 'reject', automation = 'demo'): void {
  const at = inMinutes(-minutesAgo);
  const trail = [{ at, event: 'decided' as const, decision, by: 'bob@example.com', activeSeconds: 9 }];
  for (const entry of auditEntries(putClosed(id, minutesAgo, { automation, trail })))
    world.tables.put('audit', entry);
}

async function charts(days = 7) {
  const reader = await signedIn('ann@example.com');
  for (let at = 0; at < 6; at += 1) recorded(`a-${at}`, 5 + at, 'approve');
  for (let at = 0; at < 3; at += 1) recorded(`r-${at}`, 2 * 24 * 60 + at, 'reject', '<b>other</b>');
  const { text } = await reader.get(`/console/statistics?days=${days}`);
  return text
    .split('<figure')
    .slice(1)
    .map((part) => part.split('</figure>')[0] ?? '');
}

describe('a chart of the statistics', () => {
  it('is a picture with a title and a sentence, for people who do not see it', async () => {
    const [day = '', automation = '', wait = ''] = await charts();
    for (const chart of [day, automation, wait]) {
      const [, ids = ''] = /role="img" aria-labelledby="([^"]+)"/.exec(chart) ?? [];
      for (const id of ids.split(' ')) expect(chart).toContain(`id="${id}"`);
      expect(chart).toMatch(/<title id="[^"]+">[^<]+<\/title><desc id="[^"]+">[^<]+<\/desc>/);
    }
    expect(day).toContain('9 approvals ended in 8 days; most of them on 2026-12-01: 6.');
    expect(words(automation)).toContain('demo: 6 as proposed, 0 with edits, 0 rejected');
  });

  it('draws what its table says: heights are in proportion', async () => {
    const [day = '', , wait = ''] = await charts();
    const bars = [
      ...day.matchAll(
        /class="fill-(\w+)" x="[\d.]+" y="[\d.]+" width="[\d.]+" height="([\d.]+)"><title>([^<]+)/g,
      ),
    ];
    const heights = Object.fromEntries(bars.map(([, colour, height]) => [colour, Number(height)]));
    expect((heights.approved ?? 0) / (heights.rejected ?? 1)).toBeCloseTo(2, 1);
    expect(bars.map(([, , , title]) => title)).toEqual([
      '2026-11-29, rejected: 3',
      '2026-12-01, as proposed: 6',
    ]);
    const rows = [...day.matchAll(/<th scope="row">([\d-]+)<\/th>((?:<td>\d+<\/td>)+)/g)];
    expect(rows).toHaveLength(8);
    expect(
      rows.map(([, , cells = '']) => [...cells.matchAll(/\d+/g)].map(Number).reduce((a, b) => a + b)),
    ).toEqual([0, 0, 0, 0, 0, 3, 0, 6]);
    expect(words(wait)).toContain('under 1 min');
  });

  it('needs neither a script nor a style of its own, and shows hostile names as words', async () => {
    for (const chart of await charts(90)) {
      expect(chart).not.toMatch(/<script|style=|on\w+="|href=|<image|<b>other/);
    }
  });

  it('is left out where nothing ended', async () => {
    const reader = await signedIn('ann@example.com');
    const { text } = await reader.get('/console/statistics');
    expect(text).not.toContain('<figure');
    expect(text).toContain('Nothing was decided in this time');
  });
});

it.each([
  [1, 1, 1],
  [4, 4, 1],
  [5, 6, 2],
  [11, 15, 5],
  [37, 40, 10],
  [140, 150, 50],
  [1001, 1500, 500],
])('an axis for %i goes to %i in steps of %i', (value, most, step) => {
  expect(scaleOf(value)).toEqual({ most, step });
});
