import { expect, it } from 'vitest';
import { faultsInSurrogate } from '../../../../lib/checks/steps/surrogate.ts';

const labels = ['billing', 'access', 'other'];
const faults = (surrogate: object, more: object = {}, step = 'route', of: string[] = labels) =>
  faultsInSurrogate(step, { surrogate: surrogate as never, ...more }, { labels: of });

it('a surrogate is of route, of three labels at least, and asked to agree so far as anybody could tell', () => {
  expect(faultsInSurrogate('route', {}, { labels })).toEqual([]);
  expect(faults({ agreement: 0.97 })).toEqual([]);
  expect(faults({ agreement: 0.97 }, {}, 'diagnose')[0]).toMatch(/^'surrogate' is for 'route' alone/);
  expect(faults({ agreement: 0.97 }, {}, 'route', ['billing', 'other'])[0]).toMatch(
    /needs at least 3 labels/,
  );
  for (const agreement of [0.5, 1, Number.NaN, undefined])
    expect(faults({ agreement })).toEqual([
      `'surrogate.agreement' must be from 0.8 to 0.995, got '${agreement}'`,
    ]);
  // A kept answer is no trial of what the surrogate says: it would never learn.
  expect(faults({ agreement: 0.97 }, { cacheHours: 24 })[0]).toMatch(/'cacheHours' exclude each other/);
  expect(faults({ agreement: 0.97 }, { similar: { hours: 24, wrongAtMost: 0.01 } })[0]).toMatch(
    /'similar' exclude each other/,
  );
  expect(faults({ agreement: 0.97 }, { cacheHours: 0 })).toEqual([]);
  expect(faults({ agreement: 0.97 }, { confidence: 'logprobs' })[0]).toMatch(
    /'confidence' exclude each other/,
  );
});
