/** What came of one try of a case: `none` where nobody knows, because money, time or the model ended first. */
export type Outcome = 'right' | 'wrong' | 'none';

export const VERDICTS = ['PASS', 'INCONCLUSIVE', 'FAIL'] as const;
export type CasesVerdict = (typeof VERDICTS)[number];

/** Shares of right cases, between which the truth lies: over repeats, and with what is not known. */
export interface Spread {
  least: number;
  most: number;
}

/** Of one case, over its repeats: sometimes right and sometimes wrong is neither. */
export function verdictOf(outcomes: readonly Outcome[]): CasesVerdict {
  if (outcomes.length > 0 && outcomes.every((it) => it === 'right')) return 'PASS';
  return outcomes.length > 0 && outcomes.every((it) => it === 'wrong') ? 'FAIL' : 'INCONCLUSIVE';
}

/** @param cases their outcomes, by repeat. What is not known counts as wrong for the least, as right for the most */
export function spreadOf(cases: readonly (readonly Outcome[])[]): Spread {
  const repeats = Math.max(0, ...cases.map((outcomes) => outcomes.length));
  const shares = Array.from({ length: repeats }, (_, at) => {
    const share = (counts: readonly Outcome[]) =>
      cases.filter((outcomes) => counts.includes(outcomes[at] ?? 'none')).length / cases.length;
    return { least: share(['right']), most: share(['right', 'none']) };
  });
  if (shares.length === 0) return { least: 0, most: 1 };
  return {
    least: Math.min(...shares.map(({ least }) => least)),
    most: Math.max(...shares.map(({ most }) => most)),
  };
}

/** Against a share that must be reached: the worst repeat reaches it, the best one misses it, or neither is told. */
export function against(bar: Spread, { least, most }: Spread): CasesVerdict {
  if (least >= bar.most) return 'PASS';
  return most < bar.least ? 'FAIL' : 'INCONCLUSIVE';
}

/** Of several: one that fails is a failure, and nothing else makes up for one that is not known. */
export function worstOf(verdicts: readonly CasesVerdict[]): CasesVerdict {
  if (verdicts.includes('FAIL')) return 'FAIL';
  return verdicts.length === 0 || verdicts.includes('INCONCLUSIVE') ? 'INCONCLUSIVE' : 'PASS';
}
