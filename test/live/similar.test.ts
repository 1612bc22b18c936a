import { describe, expect, it } from 'vitest';
import type * as z from 'zod/mini';
import type { similarLearntSchema } from '../../lambdas/api/openapi/reports/similar-schema.ts';
import { outputs, request } from '../support/app.ts';
import { askAlike as ask } from '../support/batched.ts';
import { GUIDES_OWN } from '../support/followed.ts';

/* Answers to similar questions, deployed: the sandbox makes the vectors, and what is learnt lies in the tables. */

/** 52 comparisons show that at most 5 % are wrong; the first questions have nothing to be compared with yet. */
const QUESTIONS = 96;
const AT_ONCE = 8;

const GREETINGS = ['Hello', 'Good day', 'Hi', 'Dear team'];

const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

type Stands = z.output<typeof similarLearntSchema>;

const PATH = `/v1/automations/${GUIDES_OWN}/similar`;
const stands = async () => {
  const [step] = ((await request(PATH)).body as Stands).steps;
  if (!step) throw new Error('no step may use such answers');
  return step;
};
const say = async (on: boolean) =>
  request(PATH, { method: 'POST', body: JSON.stringify({ step: 'route', on, reason: 'a test' }) });

const used = (item: Awaited<ReturnType<typeof ask>>) =>
  (item.lineage as { step: string; similar?: { of: string[]; score: number } }[] | undefined)?.find(
    ({ step, similar }) => step === 'route' && similar,
  );

describe.runIf(outputs.automations.includes(GUIDES_OWN))('deployed answers to similar questions', () => {
  it('begin closed, open by what was compared, and say whose they are', async () => {
    const first = await ask('Hello, please show us a demo of your product.');
    expect(first.status).toBe('done');
    expect(used(first)).toBeUndefined();
    expect(first.lineage?.[0]).toMatchObject({ step: 'route', promptVersion: 'none', outputTokens: 0 });
    // Functions look for what others know every five seconds.
    await pause(6);
    for (let asked = 1; asked < QUESTIONS; asked += AT_ONCE) {
      await Promise.all(
        Array.from({ length: AT_ONCE }, (_, at) =>
          ask(`${GREETINGS[at % GREETINGS.length]}, please show us a demo of your product.`),
        ),
      );
      if (asked === 1) await pause(6);
    }
    // What is learnt is looked at every ten seconds.
    await pause(11);
    const later = await Promise.all(
      Array.from({ length: 8 }, () => ask('Hi, please show us a demo of your product.')),
    );
    const hits = later.filter(used);
    expect(hits.length).toBeGreaterThan(0);
    for (const item of hits) {
      expect(item.label).toBe(first.label);
      expect(used(item)).toMatchObject({ cached: true, costUsd: 0, similar: { score: expect.any(Number) } });
      expect(used(item)?.similar?.of.length).toBeGreaterThan(1);
    }
    const other = await ask('Hi, please do not show us a demo of your product.');
    expect(used(other)).toBeUndefined();

    const open = await stands();
    expect(open).toMatchObject({ step: 'route', state: 'answers' });
    const [learnt] = open.learnt;
    expect(learnt).toMatchObject({ wrongAtMost: 0.05, fewest: 52, least: expect.any(Number) });
    expect(learnt?.shown?.high).toBeLessThanOrEqual(0.05);
    expect(learnt?.compared).toBeGreaterThanOrEqual(52);
    expect(learnt?.done.used).toBeGreaterThanOrEqual(hits.length);
    for (const item of hits) expect(used(item)?.similar?.score).toBeGreaterThanOrEqual(learnt?.least ?? 1);

    expect((await say(false)).status).toBe(200);
    const off = await stands();
    expect(off).toMatchObject({ state: 'off', off: { reason: 'a test' }, learnt: open.learnt });
    await pause(11);
    expect(used(await ask('Hi, please show us a demo of your product.'))).toBeUndefined();
    // Switched off, it learns nothing.
    expect((await stands()).learnt).toEqual(off.learnt);
    await say(true);
    const anew = await stands();
    expect(anew).toMatchObject({ state: 'learning', learnt: [], on: { reason: 'a test' } });
    expect(anew.earlier).toEqual(learnt?.done);
    await pause(11);
    expect(used(await ask('Hi, please show us a demo of your product.'))).toBeUndefined();
    expect((await stands()).learnt.filter(({ least, done }) => least !== undefined || done.used > 0)).toEqual(
      [],
    );
  }, 600_000);
});
