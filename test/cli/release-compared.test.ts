import { expect, it, vi } from 'vitest';
import { api, run } from './harness.ts';

const cases = vi.hoisted(() => ({ verdict: 'PASS', model: 'model', asked: [] as unknown[] }));
vi.mock('../../local/cases/cases.ts', () => ({
  runCases: async (options: unknown) => {
    cases.asked.push(options);
    const { verdict, model } = cases;
    const one = { name: 'a', verdict, tries: [] };
    const suite = {
      automation: 'refund-request',
      verdict,
      prompts: {},
      share: { least: 1, most: 1 },
      costUsd: 0,
    };
    return { verdict, model, repeat: 1, costUsd: 0, automations: [{ ...suite, cases: [one, one] }] };
  },
}));

const PATH = '/v1/automations/refund-request/releases';
const running = {
  ...{ id: 'abc', step: 'route', mode: 'canary', share: 0.05, declared: 'route.v1' },
  ...{ stable: { prompt: 'route.v1' }, candidate: { prompt: 'route.v2' } },
  ...{ by: 'ops', at: '2020-01-01T00:00:00.000Z', reason: 'shorter' },
  comparison: { verdict: 'INCONCLUSIVE', items: { stable: 1, candidate: 1 }, measures: [], why: 'few items' },
};
const check = async (verdict: string, tried: object, serving: object) => {
  Object.assign(cases, { verdict, asked: [] });
  const body = { automation: 'refund-request', serving, ended: [] };
  api.answers[`GET ${PATH}`] = { body: { ...body, running: tried } };
  api.answers[`POST ${PATH}/rollback`] = { body };
  const { code, out } = await run(['release', 'check', 'refund-request']);
  const posts = api.calls.filter(({ method }) => method === 'POST').map((it) => JSON.parse(it.body ?? ''));
  return { code, out, posts };
};

it('compares a candidate with what serves, which was promoted, and not with what is declared', async () => {
  const tried = { ...running, stable: { prompt: 'route.v2' }, candidate: { prompt: 'route.v3' } };
  await check('PASS', tried, { route: { prompt: 'route.v2' } });
  expect(JSON.stringify(cases.asked)).toContain('route.v2');
});

it('does not compare a candidate with itself, where it is the declared prompt again', async () => {
  const tried = { ...running, stable: { prompt: 'route.v2' }, candidate: { prompt: 'route.v1' } };
  await check('PASS', tried, { route: { prompt: 'route.v2' } });
  expect(JSON.stringify(cases.asked)).toContain('route.v2');
});

it('runs the other steps with what serves them', async () => {
  await check('PASS', running, { route: { prompt: 'route.v1' }, reply: { prompt: 'reply.v2' } });
  expect(JSON.stringify(cases.asked)).toContain('reply.v2');
});

it('does not roll a model back because of cases that were answered without it, and compared with nothing', async () => {
  cases.model = 'sandbox';
  const model = { endpoint: 'main', name: 'large' };
  const tried = { ...running, candidate: { prompt: 'route.v1', model } };
  expect(await check('FAIL', tried, { route: { prompt: 'route.v1' } })).toMatchObject({ posts: [] });
});
