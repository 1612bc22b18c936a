import { afterEach, describe, expect, it, vi } from 'vitest';
import { readSets } from '../../bench/personal-data.ts';
import { tenDomains } from '../../bench/surrogate/sets.ts';
import { atMost, printVerdicts, type Verdict } from '../../bench/verdicts.ts';

/* A bench that measured nothing has shown nothing. */

const log = vi.spyOn(console, 'log').mockImplementation(() => {});
const before = process.exitCode;
afterEach(() => {
  process.exitCode = before;
});

function exitCodeOf(verdicts: readonly Verdict[], ...args: string[]) {
  process.exitCode = 0;
  printVerdicts(verdicts, args);
  return process.exitCode;
}

describe('a bench', () => {
  it('ends with 1 where a figure falls short, is none, or nothing was measured', () => {
    expect(exitCodeOf([atMost('calls', 3, 4)])).toBe(0);
    expect(exitCodeOf([atMost('calls', 3, 4), atMost('calls', 5, 4)])).toBe(1);
    expect(exitCodeOf([atMost('time', Number.NaN, 4)])).toBe(1);
    expect(exitCodeOf([])).toBe(1);
    expect(log).toHaveBeenLastCalledWith('nothing was measured: MISSED');
  });

  it('ends with 0 where it is only to tell', () => {
    expect(exitCodeOf([atMost('calls', 5, 4)], '--report')).toBe(0);
  });

  it('says which sets a folder lacks', () => {
    expect(() => readSets('/nowhere')).toThrow('/nowhere has none of these: contextual_anonymizer/dev');
    expect(() => tenDomains('/nowhere', 0.1, () => 0)).toThrow("no '.json' of a set is in /nowhere/clinc150");
  });
});
