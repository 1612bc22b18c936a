import { beforeEach, describe, expect, it, vi } from 'vitest';
import { SHIFTS, SLICE, USUAL } from '../../../bench/drift-weeks.ts';
import { judgeDrift } from '../../../lambdas/reports/drift/judge.ts';
import { readDrift, writeDrift } from '../../../lambdas/tables/drift/drift.ts';
import { writePinned } from '../../../lambdas/tables/drift/pinned.ts';
import { freshHouse, signedIn } from '../../support/console.ts';
import { drifted } from '../../support/drifted.ts';
import { words } from '../../support/pages.ts';
import { world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
vi.mock('../../../lambdas/kit/signed/invoke.ts', () => import('../../support/commands.ts'));

const ROOM = '/console/automations/demo';
const PAGE = `${ROOM}/drift`;

beforeEach(freshHouse);

describe('the page of what drifts', () => {
  it('tells what shifted, since when and what to do, with a chart and a table of each distribution', async () => {
    await drifted(SHIFTS.find(({ as }) => as === 'confidence')?.to ?? USUAL);
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
    await drifted(USUAL);
    expect(words((await ann.get(PAGE)).text)).toContain('Nothing shifted.');
    expect(words((await ann.get(ROOM)).text)).toContain('Drift : the last week is like those before');
  });

  it('says at once what is pinned, and of what was not compared only that', async () => {
    const ann = await signedIn('ann@example.com');
    await writePinned('control', 'demo', { from: '2026-10-05', by: 'olga', reason: 'before the campaign' });
    const pinned =
      'Pinned by olga, from the next judgement on: the four weeks from 2026-10-05 to 2026-11-02.';
    expect(words((await ann.get(PAGE)).text)).toContain(`${pinned} before the campaign`);
    const known = await readDrift('control', 'demo');
    await writeDrift('control', 'demo', known, judgeDrift([], '2026-12-01').drift);
    const told = words((await ann.get(PAGE)).text);
    expect(told).toContain(pinned);
    expect(told).toContain('Too little');
    expect(told).not.toContain('Nothing shifted');
  });

  it('names clients to who sees all, and to nobody else', async () => {
    await drifted(SLICE.to);
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
