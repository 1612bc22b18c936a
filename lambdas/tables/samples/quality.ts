import type { AuditAnswer, AuditPolicy, Sample } from '../../contract/audits/sample.ts';
import { Evidence } from '../../kit/numbers/evidence.ts';
import { kappaOf, type Share, shareOf, type Weighed } from '../../kit/numbers/shares.ts';

/* What people's blind answers say of an automation: how often it is right, by label, and whether that is enough. */

export interface Quality {
  /** Of what got the label alone: whether people say the same, about the label and what was done. */
  precision: Share;
  /** Of what people say has the label: whether it got it. Only among what ended alone. */
  recall: Share;
}

export interface Qualities {
  all: Share;
  byLabel: Record<string, Quality>;
  /** Of those that two people looked at: how many, how often they said the same, and Cohen's kappa. */
  agreement: { n: number; value: number | null; kappa: number | null };
  unsure: number;
  /** By field: of how many another value was right. */
  differs: Record<string, number>;
}

/** The first answer of somebody who was sure counts. */
export function firstOf({ answers }: Sample): AuditAnswer | undefined {
  return answers.find(({ verdict }) => verdict !== 'unsure');
}

function isRight(sample: Sample, said: AuditAnswer): boolean {
  return said.label === sample.label && said.verdict === sample.verdict && !said.differs?.length;
}

export function isWrong(sample: Sample): boolean {
  const said = firstOf(sample);
  return said !== undefined && !isRight(sample, said);
}

/** Each counts as often as it stands for: one divided by the probability with which it was chosen. */
export function qualityOf(samples: readonly Sample[]): Qualities {
  const seen = samples.flatMap((sample) => {
    const said = firstOf(sample);
    return said ? [{ sample, said, right: isRight(sample, said), weight: 1 / sample.probability }] : [];
  });
  const share = (of: typeof seen, hit: (it: (typeof seen)[number]) => boolean): Share =>
    shareOf(of.map((it): Weighed => ({ hit: hit(it), weight: it.weight })));
  const differs = Map.groupBy(
    seen.flatMap(({ said }) => said.differs ?? []),
    (field) => field,
  );
  const labels = new Set(seen.flatMap(({ sample, said }) => [sample.label, said.label]));
  const byLabel = [...labels].sort().map((label): [string, Quality] => [
    label,
    {
      precision: share(
        seen.filter(({ sample }) => sample.label === label),
        ({ right }) => right,
      ),
      recall: share(
        seen.filter(({ said }) => said.label === label),
        ({ sample }) => sample.label === label,
      ),
    },
  ]);
  return {
    all: share(seen, ({ right }) => right),
    byLabel: Object.fromEntries(byLabel),
    agreement: agreementOf(samples),
    unsure: samples.flatMap(({ answers }) => answers).filter(({ verdict }) => verdict === 'unsure').length,
    differs: Object.fromEntries([...differs].map(([field, of]) => [field, of.length])),
  };
}

/** All that somebody said, of fields whether another value is right. Whoever could not tell said nothing else, whatever label is beside it. */
function wholeOf({ label, verdict, action = '', differs = [] }: AuditAnswer): string {
  return verdict === 'unsure' ? verdict : JSON.stringify([label, verdict, action, [...differs].sort()]);
}

function agreementOf(samples: readonly Sample[]): Qualities['agreement'] {
  const pairs = samples.flatMap(({ answers: [a, b] }) => (a && b ? [[wholeOf(a), wholeOf(b)] as const] : []));
  const same = pairs.filter(([a, b]) => a === b).length;
  const value = pairs.length === 0 ? null : Math.round((same / pairs.length) * 10_000) / 10_000;
  return { n: pairs.length, value, kappa: kappaOf(pairs) };
}

/**
 * Labels of which people find more wrong than the target allows, in the order of their answers.
 * @param since by label: only items that ended after that moment count
 */
export function labelsBelow(
  { target }: Pick<AuditPolicy, 'target'>,
  samples: readonly Sample[],
  since: Readonly<Record<string, string>> = {},
): string[] {
  const labels = Map.groupBy(samples, ({ label }) => label);
  return [...labels].flatMap(([label, of]) => {
    const answered = of.flatMap((sample) => {
      const said = firstOf(sample);
      // What ended before, and is answered now, is of the time before as well.
      const from = since[label] ?? '';
      const counts = said !== undefined && said.at > from && sample.at > from;
      return counts ? [{ sample, said }] : [];
    });
    return isEnough(target, answered) ? [label] : [];
  });
}

/** Whether people find more of all of them wrong than the target allows. */
export function isBelow({ target }: Pick<AuditPolicy, 'target'>, samples: readonly Sample[]): boolean {
  const answered = samples.flatMap((sample) => {
    const said = firstOf(sample);
    return said ? [{ sample, said }] : [];
  });
  return isEnough(target, answered);
}

/** In the order of their answers. */
function isEnough(target: number, answered: { sample: Sample; said: AuditAnswer }[]): boolean {
  const evidence = new Evidence(1 - target);
  const least = Math.min(...answered.map(({ sample }) => sample.probability));
  answered.sort((a, b) => (a.said.at < b.said.at ? -1 : 1));
  return answered.some(({ sample, said }) => {
    evidence.see(!isRight(sample, said), least / sample.probability);
    return evidence.isEnough;
  });
}
