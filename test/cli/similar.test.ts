import { describe, expect, it } from 'vitest';
import { similarLearntSchema } from '../../lambdas/api/openapi/reports/similar-schema.ts';
import { api, run } from './harness.ts';

const EIGHT = Date.parse('2026-11-20T08:00:00Z');
const GET = 'GET /v1/automations/support-triage/similar';
const PATH = 'POST /v1/automations/support-triage/similar';
const last = { at: '2020-01-01T00:00:00.000Z', by: 'ops', reason: 'mended' };
const answers = (on: boolean) => {
  api.answers[PATH] = { body: { automation: 'support-triage', step: 'route', on, last } };
};
const WORDS = ['similar', 'support-triage', 'route', '--reason', 'mended'];

describe('similar', () => {
  it('lets a step learn anew, or use no such answer, with a reason', async () => {
    answers(true);
    expect((await run([...WORDS, '--on'])).out).toContain('support-triage route: learns anew');
    answers(false);
    expect((await run([...WORDS, '--off'])).out).toContain(
      'support-triage route: asks a model about every question',
    );
    expect(api.calls.map(({ body }) => JSON.parse(body))).toEqual([
      { step: 'route', on: true, reason: 'mended' },
      { step: 'route', on: false, reason: 'mended' },
    ]);
  });

  it('speaks JSON', async () => {
    answers(true);
    const { out } = await run([...WORDS, '--on', '--json']);
    expect(JSON.parse(out)).toMatchObject({ step: 'route', on: true, last });
  });

  const done = { used: 1200, audited: 131, auditedWrong: 1, savedUsd: 0.0123 };
  const route = {
    ...{ prompt: 'route.v2', models: ['house/small', 'house/large'], wrongAtMost: 0.01, fewest: 268 },
    ...{ since: '2026-11-19T08:00:00.000Z', lastAt: '2026-11-20T07:59:00.000Z', asked: 900, compared: 420 },
    ...{ wrong: 2, done, least: 0.62, usedSince: '2026-11-20T05:00:00.000Z' },
    shown: { score: 0.62, comparisons: 391, wrong: 0.0031, high: 0.0097 },
  };
  const stands = (step: object) => {
    const body = {
      automation: 'support-triage',
      steps: [{ step: 'route', state: 'answers', learnt: [], ...step }],
    };
    api.answers[GET] = { body };
    return body;
  };

  it('tells what a step has learnt, from where on it answers, what was wrong, and what it saved', async () => {
    const body = stands({ learnt: [route] });
    api.answers[`${GET}?step=route`] = { body };
    const { out } = await run(['similar', 'support-triage', 'route'], { now: () => EIGHT });
    expect(out.split('\n')).toEqual([
      'support-triage, route: answers',
      '  route.v2 with house/small, last asked 1 min ago: uses answers from a score of 0.62 on',
      '    compared: 420 of 900 questions, the first 24 h ago; the model differed: 2',
      '    shown: from 0.62 on 0.3 % wrong, at most 1.0 % by 391 comparisons; 1.0 % may be',
      '    used: 1,200, the first 3 h ago; audited: 131, of them wrong: 1; saved: $0.012300',
    ]);
  });

  it('tells why it is off, what it takes to open, and what was before it began anew', async () => {
    const { least: _, usedSince: __, ...closed } = route;
    const shown = { score: 0.94, comparisons: 120, wrong: 0, high: 0.022 };
    const learnt = [{ ...closed, shown, wrong: 0, done: { ...done, used: 0, savedUsd: -0.0004 } }];
    const off = {
      at: '2026-11-20T06:00:00.000Z',
      by: 'signalbox',
      reason: '5 of 40 audited answers were wrong',
    };
    stands({ state: 'off', off, on: { ...off, by: 'ops', reason: 'mended' }, learnt, earlier: done });
    const { out } = await run(['similar', 'support-triage'], { now: () => EIGHT });
    expect(out).toContain('route: off\n  off: signalbox, 2 h ago: 5 of 40 audited answers were wrong');
    expect(out).toContain('began anew: ops, 2 h ago: mended');
    expect(out).toContain('uses no answer yet');
    expect(out).toContain(
      'shown so far: from 0.94 on 0.0 % wrong, at most 2.2 % by 120 comparisons; 1.0 % may be, which takes 268 without an error',
    );
    expect(out).toContain('saved: -$0.000400');
    expect(out).toContain('before it began anew: used: 1,200');
  });

  it('says so where answers were used, and the bound does not hold any more', async () => {
    const { least: _, ...closed } = route;
    stands({ state: 'learning', learnt: [{ ...closed, shown: { ...route.shown, high: 0.0113 } }] });
    const { out } = await run(['similar', 'support-triage']);
    expect(out).toContain('uses no answer any more');
    expect(out).toContain('shown: from 0.62 on 0.3 % wrong, at most 1.1 % by 391 comparisons; 1.0 % may be');
  });

  it('says so where nothing is learnt, or no step may use such answers', async () => {
    stands({ state: 'learning' });
    expect((await run(['similar', 'support-triage'])).out).toContain(
      'route: learning\n  nothing was compared yet',
    );
    api.answers[GET] = { body: { automation: 'support-triage', steps: [] } };
    expect((await run(['similar', 'support-triage'])).out).toBe(
      'support-triage: no step uses answers to similar questions',
    );
  });

  it('gives what the API says as JSON', async () => {
    const body = stands({ learnt: [route] });
    expect(
      similarLearntSchema.parse(JSON.parse((await run(['similar', 'support-triage', '--json'])).out)),
    ).toEqual(body);
  });

  it.each([
    [['route', '--reason', 'odd'], '--reason is for --on or --off'],
    [['route', '--on', '--off', '--reason', 'odd'], 'either --on or --off'],
    [['route', '--on'], '--reason is missing'],
    [['--off', '--reason', 'odd'], 'say which step'],
  ])('refuses %j', async (words, says) => {
    const { code, err } = await run(['similar', 'support-triage', ...words]);
    expect(code).not.toBe(0);
    expect(err).toContain(says);
    expect(api.calls).toEqual([]);
  });
});
