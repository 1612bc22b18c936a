import { beforeEach, describe, expect, it, vi } from 'vitest';
import { begun, SHIFTS, SLICE, USUAL, type World, weeksOf } from '../../../bench/drift-weeks.ts';
import { judgeDrift, minus } from '../../../lambdas/reports/drift/judge.ts';
import { readDrift, writeDrift } from '../../../lambdas/tables/drift/drift.ts';
import { freshHouse, signedIn } from '../../support/console.ts';
import { words } from '../../support/pages.ts';
import { world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
vi.mock('../../../lambdas/kit/signed/invoke.ts', () => import('../../support/commands.ts'));

const ROOM = '/console/automations/demo';
const PAGE = `${ROOM}/drift`;

/** As it is judged for some days, the last two weeks of another world. */
async function judged(to: World): Promise<void> {
  const { next, reference, after } = begun(3, 1000);
  const hours = [...reference, ...weeksOf(next, to, { weeks: 2, items: 1000, from: after })];
  for (let day = 7; day < 11; day += 1) {
    const known = await readDrift('control', 'demo');
    await writeDrift('control', 'demo', known, judgeDrift(hours, minus(after, -day), known.drift).drift);
  }
}

beforeEach(freshHouse);

describe('the page of what drifts', () => {
  it('tells what shifted, since when and what to do, with a chart and a table of each distribution', async () => {
    await judged(SHIFTS.find(({ as }) => as === 'confidence')?.to ?? USUAL);
    const ann = await signedIn('ann@example.com');
    world.calls = [];
    const { status, text } = await ann.get(PAGE);
    expect(status).toBe(200);
    expect(world.calls.filter((call) => call.startsWith('dynamodb')).length).toBeLessThanOrEqual(3);
    const told = words(text);
    expect(told).toMatch(/What shifted Confidence: 0\.9 to 1 \d+ % → \d+ %/);
    expect(told).toContain('Recalibrate: signalbox calibrate demo &lt;step&gt;');
    expect(told).toContain('Cost of an item half US$');
    const figures = text
      .split('<figure')
      .slice(1)
      .map((part) => part.split('</figure>')[0] ?? '');
    expect(figures).toHaveLength(9);
    for (const figure of figures) {
      expect(figure).toMatch(/role="img" aria-labelledby="\S+ \S+"/);
      expect(figure).toContain('<table>');
      expect(figure).not.toMatch(/NaN|style=|<script/);
    }
    // By its order, not by what changed most.
    expect(figures.find((it) => it.includes('Length of texts'))).toMatch(
      /64 to 127.*256 to 511.*1024 to 2047/s,
    );
    expect(words((await ann.get(ROOM)).text)).toMatch(/Drift : ! 1 shift ?: Confidence: /);
  });

  it('says so where nothing was judged, and where nothing shifted', async () => {
    const ann = await signedIn('ann@example.com');
    expect(words((await ann.get(PAGE)).text)).toContain('It was not judged yet');
    expect(words((await ann.get(ROOM)).text)).toContain('Drift : too little to compare yet');
    await judged(USUAL);
    expect(words((await ann.get(PAGE)).text)).toContain('Nothing shifted.');
    expect(words((await ann.get(ROOM)).text)).toContain('Drift : the last week is like those before');
  });

  it('names clients to who sees all, and to nobody else', async () => {
    await judged(SLICE.to);
    for (const [email, sees] of [
      ['olga@example.com', true],
      ['ann@example.com', false],
    ] as const) {
      const person = await signedIn(email);
      for (const path of [PAGE, ROOM])
        expect((await person.get(path)).text.includes('client partner'), `${email} ${path}`).toBe(sees);
    }
  });

  it('is no page of an automation that is none', async () => {
    const ann = await signedIn('ann@example.com');
    expect((await ann.get('/console/automations/other/drift')).status).toBe(404);
  });
});
