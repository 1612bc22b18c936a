import { expect, it, vi } from 'vitest';
import { api, run } from './harness.ts';

const cases = vi.hoisted(() => ({
  verdict: 'PASS',
  asked: [] as unknown[],
  sandbox: undefined as true | undefined,
}));
vi.mock('../../local/cases/cases.ts', () => ({
  runCases: async (options: unknown) => {
    cases.asked.push(options);
    const { verdict, sandbox } = cases;
    const one = { name: 'a', verdict, tries: [] };
    const suite = {
      automation: 'refund-request',
      verdict,
      prompts: {},
      share: { least: 1, most: 1 },
      costUsd: 0,
    };
    return {
      verdict,
      sandbox,
      model: 'model',
      repeat: 1,
      costUsd: 0,
      automations: [{ ...suite, cases: [one, one] }],
    };
  },
}));

const PATH = '/v1/automations/refund-request/releases';
const running = {
  ...{ id: 'abc', step: 'route', mode: 'canary', share: 0.05, declared: 'route.v1' },
  ...{ stable: { prompt: 'route.v1' }, candidate: { prompt: 'route.v2' } },
  ...{ by: 'ops', at: '2020-01-01T00:00:00.000Z', reason: 'shorter' },
  comparison: { verdict: 'INCONCLUSIVE', items: { stable: 1, candidate: 1 }, measures: [], why: 'few items' },
};
const body = { automation: 'refund-request', serving: { route: { prompt: 'route.v1' } }, ended: [] };
const check = async (
  verdict: string,
  tried: object | undefined = running,
  serving: object = body.serving,
) => {
  Object.assign(cases, { verdict, asked: [] });
  api.answers[`GET ${PATH}`] = { body: { ...body, serving, ...(tried ? { running: tried } : {}) } };
  api.answers[`POST ${PATH}/rollback`] = { body };
  const { code, out } = await run(['release', 'check', 'refund-request']);
  const posts = api.calls.filter(({ method }) => method === 'POST').map((it) => JSON.parse(it.body ?? ''));
  return { code, out, posts };
};

it('leaves a candidate alone whose cases pass, or that nobody can judge', async () => {
  for (const verdict of ['PASS', 'INCONCLUSIVE'])
    expect(await check(verdict)).toMatchObject({ code: 0, posts: [] });
  expect(cases.asked).toMatchObject([
    { automation: 'refund-request', prompts: { route: 'route.v2' }, compare: true, names: [] },
  ]);
});

it('rolls one back whose cases fail, and no other', async () => {
  expect(await check('FAIL')).toMatchObject({
    code: 1,
    posts: [{ ifRelease: 'abc', reason: 'its cases fail: 2 of 2 are wrong, answered by model' }],
  });
});

it('says nothing of a model: cases ask the model of whoever runs them', async () => {
  const model = { endpoint: 'main', name: 'large' };
  const { out, posts } = await check('FAIL', { ...running, candidate: { prompt: 'route.v2', model } });
  expect([out.split('\n')[0], posts, cases.asked]).toEqual([
    expect.stringContaining('Nothing was checked'),
    [],
    [],
  ]);
});

it('rolls nothing back by the word of the sandbox, which reads no prompts', async () => {
  cases.sandbox = true;
  expect(await check('FAIL')).toMatchObject({ code: 0, posts: [] });
  cases.sandbox = undefined;
});

it('has nothing to check where nothing is tried', async () => {
  expect(await check('FAIL', null as never)).toMatchObject({ code: 0, posts: [] });
  expect(cases.asked).toEqual([]);
});

it.each([
  ['what was promoted', { prompt: 'route.v2' }, { prompt: 'route.v3' }],
  ['the promoted one where it is the declared prompt again', { prompt: 'route.v2' }, { prompt: 'route.v1' }],
])('compares a candidate with what serves: %s', async (_what, stable, candidate) => {
  await check('PASS', { ...running, stable, candidate }, { route: stable, reply: { prompt: 'reply.v2' } });
  expect(cases.asked).toMatchObject([
    { prompts: { route: candidate.prompt }, inUse: { route: 'route.v2', reply: 'reply.v2' }, compare: true },
  ]);
});
