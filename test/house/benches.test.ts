import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { automation as mend } from '../../bench/mend/automation.ts';
import { bytesOf } from '../../bench/row-size.ts';
import { automation as sort } from '../../bench/sort/automation.ts';
import { atLeast, atMost, exactly, printVerdicts, type Verdict } from '../../bench/verdicts.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { checkAutomations } from '../../lib/checks/check.ts';
import { loadConfig } from '../../lib/config.ts';
import { percentile } from '../../local/load/posts.ts';
import { sources } from '../support/sources.ts';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
const benches = Object.entries(scripts)
  .filter(([name]) => name.startsWith('bench:'))
  .map(([name, command]) => ({ name, file: /(bench\/\S+\.ts)$/.exec(command)?.[1] ?? command }));
const code = new Map(sources('bench').map((source) => [source.path, source.code]));

describe('a bench', () => {
  it.each(benches)('$name says what is asked of its figures', ({ file }) => {
    expect(code.get(file)).toMatch(/^import \{[^}]*\bprintVerdicts\b[^}]*\} from '\.\/verdicts\.ts';$/m);
    expect(code.get(file)).toMatch(/\bprintVerdicts\(/);
  });

  it('has its row in docs/performance.md', () => {
    const rows = readFileSync('docs/performance.md', 'utf8').matchAll(/^\| `(bench:\w+)`/gm);
    expect([...rows].map(([, name]) => name).sort()).toEqual(benches.map(({ name }) => name).sort());
  });

  it('has no other way to judge', () => {
    const judging = [...code].filter(([, text]) => /process\.(?:exitCode|exit\()/.test(text));
    expect(judging.map(([path]) => path)).toEqual(['bench/verdicts.ts']);
  });
});

it.each([
  ['sort', sort as Automation],
  ['mend', mend as Automation],
])(
  'the automation %s of the benches could be deployed, once its prompts lie among the others',
  async (name, automation) => {
    const config = await loadConfig('signalbox.config.ts');
    let faults = '';
    try {
      checkAutomations([automation], config);
    } catch (error) {
      faults = String(error);
    }
    expect(faults.split('\n  ').slice(1)).toEqual([
      expect.stringContaining(`automations/${name}/prompts/route.v1.md`),
    ]);
  },
);

it('a row is as large as its names and values, and what holds them together', () => {
  expect(bytesOf({ id: 'abc', n: 12, ok: true })).toBe(2 + 3 + 1 + 3 + 2 + 1);
  expect(bytesOf({ l: ['a', 'bc'], m: { k: 'é' }, s: new Set(['x', 'yz']) })).toBe(1 + 8 + 1 + 7 + 1 + 3);
});

it('a percentile is a value that was measured', () => {
  const values = [5, 1, 4, 2, 3];
  expect([0.5, 0.99, 0].map((share) => percentile(values, share))).toEqual([3, 5, 1]);
  expect(percentile([], 0.5)).toBeNaN();
});

describe('verdicts', () => {
  const said = vi.spyOn(console, 'log').mockImplementation(() => {});
  afterEach(() => {
    said.mockClear();
    process.exitCode = undefined;
  });

  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const told = (verdicts: Verdict[], ...args: string[]) => {
    printVerdicts(verdicts, args);
    return { lines: said.mock.calls.flat().filter(Boolean), exitCode: process.exitCode };
  };

  it('are a line for each figure with what was asked', () => {
    const verdicts = [
      atMost('calls', 14.23, 18, ms),
      atLeast('items a second', 30, 25),
      exactly('lost', 0, 0),
    ];
    expect(told(verdicts)).toEqual({
      lines: [
        'calls 14.2 ms (at most 18.0 ms): ok',
        'items a second 30 (at least 25): ok',
        'lost 0 (asked: 0): ok',
      ],
      exitCode: undefined,
    });
  });

  it('fail the bench where one falls short, or is no number', () => {
    expect(told([exactly('lost', 0, 0), atMost('calls', 18.1, 18)])).toEqual({
      lines: ['lost 0 (asked: 0): ok', 'calls 18.1 (at most 18): MISSED'],
      exitCode: 1,
    });
    expect(told([atLeast('share', Number.NaN, 1)]).exitCode).toBe(1);
  });

  it('never fail a report', () => expect(told([exactly('lost', 1, 0)], '--report').exitCode).toBeUndefined());
});
