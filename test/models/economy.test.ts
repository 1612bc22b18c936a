import { describe, expect, it, vi } from 'vitest';
import { linesOf, monthOf } from '../../bench/economy/lines.ts';
import { ASSUMED } from '../../bench/economy/model.ts';
import { allowed, callsOf, wrongOf } from '../../bench/economy/print.ts';
import { type Came, runLine } from '../../bench/economy/run.ts';
import { seeded } from '../../local/load/random.ts';
import { vectorOf } from '../../local/sandbox/embeddings.ts';

// The account in memory has a function that makes keys.
vi.unmock('../../lambdas/kit/signed/ask-keys.ts');

/* A small month of two lines of `npm run bench:economy`: that it pays is seen in the large one. */

const [questions, , invoices] = linesOf();

async function both(line: ReturnType<typeof linesOf>[number] | undefined, items: number) {
  if (!line) throw new Error('there is no such line');
  const given = { line, arrivals: monthOf(line, items, seeded(1)), assumed: ASSUMED, vectorOf };
  return {
    ...{ name: line.name, arrivals: given.arrivals },
    ...{ off: await runLine({ ...given, on: false }), on: await runLine({ ...given, on: true }) },
  };
}

const calledBy = ({ ended }: Came) => [...new Set(ended.map(({ by }) => by))].sort();

describe('a month with everything off and with everything on', () => {
  it('asks a model for each question, or for those alone that were not asked like that before', async () => {
    const { arrivals, off, on, name } = await both(questions, 120);
    expect([off.ended.length, on.ended.length, off.unanswered, on.unanswered]).toEqual([120, 120, 0, 0]);
    expect([callsOf(off), off.vectors, calledBy(off)]).toEqual([120, 0, ['model']]);
    const texts = new Set(arrivals.map(({ text }) => text)).size;
    expect(texts).toBeLessThan(110);
    // What is a week old is asked again.
    expect(callsOf(on)).toBeGreaterThanOrEqual(texts);
    expect(callsOf(on)).toBeLessThan(110);
    expect(on.modelUsd).toBeLessThan(off.modelUsd);
    expect(wrongOf(on)).toBeLessThanOrEqual(wrongOf(off) + allowed({ name, off, on }));
    for (const { lineageUsd, modelUsd } of [off, on]) expect(lineageUsd).toBeCloseTo(modelUsd, 5);
  });

  it('sends what may wait into files, at their price, in time, and pays for it once', async () => {
    const { arrivals, off, on } = await both(invoices, 24);
    const low = arrivals.filter(({ priority }) => priority === 'low').length;
    expect(off.inFiles).toBe(0);
    expect(on.inFiles).toBeGreaterThan(low / 2);
    expect(on.modelUsd).toBeLessThan(0.8 * off.modelUsd);
    expect(on.lineageUsd).toBeCloseTo(on.modelUsd, 5);
    // The clock of the state machine is not free: docs/paying-less.md says from when on it pays.
    expect(on.awsUsd).toBeGreaterThan(off.awsUsd);
    expect(Math.max(...on.ended.map(({ seconds }) => seconds))).toBeLessThan(24 * 3600);
  });
});
