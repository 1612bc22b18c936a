import { describe, expect, it } from 'vitest';
import { api, run } from './harness.ts';

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

  it.each([
    [['--reason', 'odd'], 'either --on or --off'],
    [['--on'], '--reason is missing'],
  ])('refuses %j', async (words, says) => {
    const { code, err } = await run(['similar', 'support-triage', 'route', ...words]);
    expect(code).not.toBe(0);
    expect(err).toContain(says);
    expect(api.calls).toEqual([]);
  });
});
