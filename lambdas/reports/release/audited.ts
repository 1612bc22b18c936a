import type { AuditPolicy, Sample } from '../../contract/audits/sample.ts';
import type { Arm } from '../../contract/steps/release.ts';
import { firstOf, isBelow, labelsBelow, qualityOf } from '../../tables/samples/quality.ts';
import { FEWEST, type Measure } from './compare.ts';

/**
 * What audits found of both sides. The candidate is worse where people find more of it wrong than the target allows, in a label or in all,
 * whatever they find of the stable one. This evidence may be asked after each answer.
 */
export function auditedMeasure(policy: AuditPolicy, samples: readonly Sample[], release: string): Measure {
  const of = (arm: Arm) =>
    samples.filter((it) => it.release?.id === release && it.release.arm === arm && firstOf(it));
  const [stable, candidate] = [of('stable'), of('candidate')];
  const wrong = (some: readonly Sample[]) => {
    const { value } = qualityOf(some).all;
    return value === null ? null : Math.round((1 - value) * 10_000) / 10_000;
  };
  const isWorse = isBelow(policy, candidate) || labelsBelow(policy, candidate).length > 0;
  const few = Math.min(stable.length, candidate.length) < FEWEST;
  return {
    ...{ name: 'audited', stable: wrong(stable), candidate: wrong(candidate) },
    n: { stable: stable.length, candidate: candidate.length },
    ...{ low: null, high: null, says: isWorse ? 'worse' : few ? 'open' : 'same' },
  };
}
