import { describe, expect, it } from 'vitest';
import { outputs, post, reaches } from '../support/app.ts';
import { GUIDES_OWN } from '../support/followed.ts';

/* Answers to similar questions, deployed: the sandbox makes the vectors, and what is learnt lies in the tables. */

const AT_REST = ['done', 'waiting_approval', 'refused', 'parked', 'quarantined'];
/** 52 comparisons show that at most 5 % are wrong; the first questions have nothing to be compared with yet. */
const QUESTIONS = 96;
const AT_ONCE = 8;

const GREETINGS = ['Hello', 'Good day', 'Hi', 'Dear team'];

const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function ask(text: string) {
  const own = crypto.randomUUID().slice(0, 8);
  const body = { website: `w${own}.example`, email: `${own}@example.com`, employees: 20, text };
  const { body: posted } = await post(GUIDES_OWN, body, { 'idempotency-key': crypto.randomUUID() });
  return reaches(posted.id, AT_REST, 120);
}

const used = (item: Awaited<ReturnType<typeof ask>>) =>
  (item.lineage as { step: string; similar?: { of: string[] } }[] | undefined)?.find(
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
  }, 600_000);
});
