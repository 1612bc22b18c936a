import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Caught, type Run, reportOf, reportOfCatches } from '../../../local/chaos/report/report.ts';
import { keepResult, readResults } from '../../../local/chaos/report/results.ts';

const run = (number: number, more: Partial<Run> = {}): Run => ({
  ...{ number, at: `2026-11-28T20:0${number}:00.000Z`, load: number, name: `s1r${number}` },
  ...{ fault: 'kill-act', items: 5, recovery: number, seconds: 60, ends: { done: 5 }, redrives: 0 },
  ...{ killed: 1, notes: [], violations: [] },
  ...more,
});

describe('a report', () => {
  it('tells of all runs when, how busy, and what came of each fault', () => {
    const violation = { invariant: 'done-is-done', what: 'x' } as const;
    const text = reportOf(
      [run(1), run(4, { violations: [violation] }), run(2, { fault: 'kill-ask', killed: 0 })],
      {
        seed: 1,
      },
    );
    expect(text).toContain(
      `On 2026-11-28, from 20:01 to 20:04 UTC, on ${availableParallelism()} shared cores with a load of 1 to 4: 3 runs with seed 1, 15 items, 3 minutes in all`,
    );
    expect(text).toContain('**1 violations**');
    expect(text).toMatch(/\| `kill-act` \| ends act[^|]* \| 2 \| 0 \| 1\.0 \| 4\.0 \| 0 \| 1 \|/);
    expect(text).toMatch(/\| `kill-ask` [^|]*\|[^|]*\| 1 \| 1 \|/);
    expect(text).toMatch(/Not met in these runs: `kill-intake`, /);
  });

  it('tells of broken copies what caught them, and counts only what had to', () => {
    const caught = (name: string, by: string[], is: boolean): Caught => ({
      ...{ name, by, caught: is, runs: 2, at: '2026-11-28T20:00:00.000Z', load: 3 },
    });
    const text = reportOfCatches([
      caught('memory-off', ['paid-once', 'status-is-told'], true),
      caught('doubt-ignored', ['status-is-told'], false),
    ]);
    expect(text).toMatch(/2 of \d+ broken copies were run, and 1 were missed/);
    expect(text).toMatch(/`memory-off` .* \| `paid-once` \| 2 \|/);
    expect(text).toMatch(/`doubt-ignored` .* \| nothing \| 2 \|/);
    expect(text).toMatch(/`lease-ignored` .* \| not run \| {2}\|/);
  });
});

it('results that were kept are there in the next call', () => {
  const folder = mkdtempSync(join(tmpdir(), 'results-'));
  const file = join(folder, 'runs.jsonl');
  expect(readResults(file)).toEqual([]);
  for (const number of [1, 2]) keepResult(file, run(number));
  expect(readResults<Run>(file).map(({ number }) => number)).toEqual([1, 2]);
  expect(readResults(undefined)).toEqual([]);
  rmSync(folder, { recursive: true });
});
