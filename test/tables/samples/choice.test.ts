import { describe, expect, it } from 'vitest';
import type { AuditPolicy } from '../../../lambdas/contract/audits/sample.ts';
import { chosen, lotOf, mayBeChosen, probabilityOf } from '../../../lambdas/tables/samples/choice.ts';

const policy: AuditPolicy = { share: 0.05, group: 'auditors', target: 0.99 };
const ids = Array.from({ length: 20_000 }, (_, at) => `an-automation_${at}`);
const lots = ids.map((id) => lotOf('a key', id, 1));

describe('the choice', () => {
  it('is the same for whoever sees the item again, and another with another key', () => {
    expect(lotOf('a key', 'one', 1)).toEqual(lotOf('a key', 'one', 1));
    expect(lotOf('another', 'one', 1)).not.toEqual(lotOf('a key', 'one', 1));
    expect(lotOf('a key', 'one', 2)).not.toEqual(lotOf('a key', 'one', 1));
  });

  it('takes the share, and four times that of what has a mark', () => {
    const plain = lots.filter((lot) => chosen(policy, [], lot)).length / lots.length;
    const marked = lots.filter((lot) => chosen(policy, ['large'], lot)).length / lots.length;
    expect(plain).toBeCloseTo(0.05, 2);
    expect(marked).toBeCloseTo(0.2, 2);
    expect(chosen(policy, ['large', 'unsure'], { first: 0.19, second: 0.5 })).toEqual({
      probability: 0.2,
      people: 1,
    });
  });

  it('never takes more than all', () => {
    expect(probabilityOf({ ...policy, share: 0.5 }, ['large'])).toBe(1);
  });

  it('puts a tenth of them before two people', () => {
    const taken = lots.flatMap((lot) => chosen({ ...policy, share: 1, twice: 0.1 }, [], lot) ?? []);
    expect(taken).toHaveLength(lots.length);
    expect(taken.filter(({ people }) => people === 2).length / taken.length).toBeCloseTo(0.1, 2);
  });

  it('reads nothing of what no mark could bring into the sample', () => {
    for (const lot of lots.filter((it) => !mayBeChosen(policy, it)))
      expect(chosen(policy, ['large', 'unsure', 'new-prompt', 'new-counterparty'], lot)).toBeUndefined();
  });
});
