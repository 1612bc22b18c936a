import { describe, expect, it } from 'vitest';
import { foundAfter, POLICY, SEEDED, samplesOf, USUAL } from '../../../bench/audit-weeks.ts';
import type { AuditAnswer, AuditVerdict, Sample } from '../../../lambdas/contract/audits/sample.ts';
import { labelsBelow, qualityOf } from '../../../lambdas/tables/samples/quality.ts';
import { seeded } from '../../../local/load/random.ts';

let count = 0;
function sample(
  label: string,
  said: string,
  given: Partial<Sample> & { also?: string; right?: AuditVerdict } = {},
): Sample {
  count += 1;
  const { also, right = 'act', ...of } = given;
  const at = new Date(Date.UTC(2026, 0, 1, 0, 0, count)).toISOString();
  const answers = [said, ...(also ? [also] : [])].map((it, by) => ({
    by: String(by),
    at,
    label: it,
    verdict: right,
  }));
  return {
    ...{ itemId: `i-${count}`, generation: 1, at, label, verdict: 'act', marks: [], probability: 0.05 },
    ...{ people: 1, answers, ...of },
  };
}

describe('what audits say', () => {
  it('is precision and recall by label, each counted as often as it stands for', () => {
    const samples = [
      ...Array.from({ length: 9 }, () => sample('order', 'order')),
      sample('order', 'invoice', { probability: 0.2 }),
      ...Array.from({ length: 5 }, () => sample('invoice', 'invoice')),
    ];
    const { byLabel, all } = qualityOf(samples);
    // Nine that stand for twenty each, and one that stands for five.
    expect(byLabel.order?.precision).toMatchObject({ value: Number((180 / 185).toFixed(4)), n: 10 });
    expect(byLabel.order?.recall).toMatchObject({ value: 1, n: 9 });
    expect(byLabel.invoice?.recall).toMatchObject({ value: Number((100 / 105).toFixed(4)), n: 6 });
    expect(all.n).toBe(15);
  });

  it('finds wrong what has the label and should not have been done', () => {
    expect(qualityOf([sample('order', 'order', { right: 'refuse' })]).byLabel.order?.precision.value).toBe(0);
  });

  it('counts nobody who is not sure, and nothing that nobody has answered', () => {
    const { all, unsure } = qualityOf([
      sample('order', 'order', { right: 'unsure' }),
      sample('order', '', { answers: [] }),
    ]);
    expect(all).toEqual({ value: null, low: null, high: null, n: 0 });
    expect(unsure).toBe(1);
  });

  it('tells how far two people agree', () => {
    const { agreement } = qualityOf([
      sample('order', 'order', { also: 'order' }),
      sample('order', 'invoice', { also: 'invoice' }),
      sample('order', 'order', { also: 'invoice' }),
      sample('order', 'order'),
    ]);
    expect(agreement).toEqual({ n: 3, value: 0.6667, kappa: 0.4 });
  });

  it('takes no two for agreed of whom one says that another value is right', () => {
    const one = sample('order', 'order', { also: 'order' });
    const [first, second] = one.answers as [AuditAnswer, AuditAnswer];
    const agreedOf = (...answers: AuditAnswer[]) => qualityOf([{ ...one, answers }]).agreement.value;
    const other = ['amount'];
    expect(agreedOf({ ...first, differs: other }, second)).toBe(0);
    expect(agreedOf(first, { ...second, differs: other })).toBe(0);
    expect(agreedOf({ ...first, differs: other }, { ...second, differs: other })).toBe(1);
  });

  it('takes two who cannot tell for agreed, whatever label they left beside it', () => {
    const one = sample('order', 'order', { also: 'invoice', right: 'unsure' });
    expect(qualityOf([one]).agreement.value).toBe(1);
  });
});

describe('a label that is below its target', () => {
  it('is found within 3,000 of its items where a wrong prompt spoils one in twenty', () => {
    const seeds = Array.from({ length: 20 }, (_, seed) => seed + 1);
    const found = seeds.flatMap(
      (seed) => foundAfter({ next: seeded(seed), wrong: USUAL + SEEDED, items: 3000 }) ?? [],
    );
    expect(found.length).toBeGreaterThanOrEqual(18);
  });

  it('is none in ten weeks in which all is well', () => {
    const weeks = Array.from({ length: 10 }, (_, seed) =>
      samplesOf({ next: seeded(seed + 1), wrong: USUAL, items: 10_000 }),
    );
    expect(weeks.flatMap((it) => labelsBelow(POLICY, it))).toEqual([]);
  });

  it('is told alone: no other is touched', () => {
    const good = samplesOf({ next: seeded(9), wrong: USUAL, items: 3000, label: 'invoice' });
    const bad = samplesOf({ next: seeded(9), wrong: 0.3, items: 3000, label: 'order' });
    expect(labelsBelow(POLICY, [...good, ...bad])).toEqual(['order']);
  });

  it('begins anew after an operator let it act alone again', () => {
    const bad = samplesOf({ next: seeded(9), wrong: 0.3, items: 3000 });
    expect(labelsBelow(POLICY, bad, { order: bad.at(-1)?.at ?? '' })).toEqual([]);
  });
});
