import { expect, it } from 'vitest';
import { qualityOf } from '../../lambdas/tables/samples/quality.ts';
import { api, run } from './harness.ts';

/** As the API gives it, of one item that somebody found right and one that somebody could not tell. */
function view(verdicts: readonly ('act' | 'unsure')[]) {
  const at = '2026-11-20T09:00:00.000Z';
  const samples = verdicts.map((verdict, index) => ({
    ...{ itemId: `demo_${index}`, generation: 1, at, label: 'Billing', verdict: 'act' as const, marks: [] },
    ...{ probability: 1, people: 1 as const, answers: [{ by: 'somebody', at, label: 'Billing', verdict }] },
  }));
  const { all, ...quality } = qualityOf(samples);
  return {
    ...{ automation: 'demo', days: 28, policy: null, samples: samples.length, precision: all },
    ...{ ...quality, held: [], open: [] },
  };
}

it('tells how many could not tell, where somebody could not', async () => {
  api.answers['GET /v1/automations/demo/audits'] = { body: view(['act', 'unsure']) };
  expect((await run(['audits', 'demo'])).out).toMatch(/could not tell +1, counted for nothing/);
  api.answers['GET /v1/automations/demo/audits'] = { body: view(['act']) };
  expect((await run(['audits', 'demo'])).out).not.toContain('could not tell');
});
