import { type Guess, guess, OTHER } from '../../models/surrogate/classifier.ts';
import type { Surrogate } from '../../models/surrogate/file.ts';
import { MODEL_FORMAT } from '../../models/surrogate/file.ts';
import { scoreOf } from '../../models/surrogate/trust.ts';
import { SHARE } from '../../models/surrogate/watch.ts';
import { heldBy, leastOf, type Seen } from './bounds.ts';
import type { Example } from './example.ts';
import { fit } from './fit.ts';
import { learnTrust } from './learn-trust.ts';
import { capped } from './senders.ts';

/*
 * From examples to a surrogate. What is kept for calibration teaches nothing. What teaches is guessed as well, each by a classifier that
 * did not see it: at the beginning that is most of the evidence, and later that of what was refused.
 */

export interface Wanted {
  agreement: number;
  /** Evidence of before says nothing any more. @default all counts */
  since?: string | undefined;
  /** The same of one label. @default none */
  labelSince?: Readonly<Record<string, string>> | undefined;
}

export interface Trained {
  surrogate: Surrogate;
  examples: number;
  /** Of the evidence: the share that would be answered, how much of it agrees, and the lower bound of that. */
  held: { share: number; agreement: number; low: number; n: number };
}

const FOLDS = 5;
const LEAST_EXAMPLES = 60;
/** A label with fewer examples cannot be told from the others. */
const LEAST_OF_LABEL = 5;
/** What a person said counts for as much as so many answers of the model. */
const PERSON_WEIGHT = 4;
/**
 * Of answers that stood only a share is tried, so that each tried one stands for many. By that weight the share is as it is, of few; by less
 * weight what was hard counts for too much, so that the share is at most what it is, of more. Each is a bound; the better one counts.
 */
const TRIED_WEIGHTS = [1, 4, 1 / SHARE] as const;
/** In what is learned about trust. */
const STANDS_FOR = 4;

/** Undefined where there is too little to learn from. */
export function train(
  given: readonly Example[],
  { agreement, since = '', labelSince = {} }: Wanted,
): Trained | undefined {
  const examples = capped(given);
  const teaching = examples.filter(({ reserved }) => !reserved);
  const labels = labelsOf(teaching);
  if (teaching.length < LEAST_EXAMPLES || labels.length < 3) return undefined;
  const taught = teaching
    .filter(({ label }) => labels.includes(label))
    .map((it) => ({ ...it, weight: it.byPerson ? PERSON_WEIGHT : 1 }));
  const counts = ({ at, other }: Example, { label }: Guess) =>
    !other && at > since && at > (labelSince[label] ?? '');
  const guesses: { guess: Guess; right: boolean; tried: boolean }[] = [];
  const look = (of: readonly Example[], classifier: ReturnType<typeof fit>) => {
    for (const one of of) {
      const said = guess(classifier, one.signs);
      if (counts(one, said))
        guesses.push({ guess: said, right: said.label === one.label, tried: one.tried === true });
    }
  };
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const [left, seen] = [
      taught.filter((it) => foldOf(it) === fold),
      taught.filter((it) => foldOf(it) !== fold),
    ];
    look(left, fit(seen, labels));
  }
  const classifier = fit(taught, labels);
  // What only calibrates, and labels of which too little is known: whatever is guessed of those is wrong.
  look(
    examples.filter(({ reserved, label }) => reserved || !labels.includes(label)),
    classifier,
  );
  const trust = learnTrust(
    guesses
      .filter(({ guess: { label } }) => label !== OTHER)
      .map(({ guess: { facts }, right, tried }) => ({ facts, right, weight: tried ? STANDS_FOR : 1 })),
  );
  const weighed = (tried: number) =>
    guesses.map(
      (it): Seen => ({
        label: it.guess.label,
        score: scoreOf(trust, it.guess.facts),
        right: it.right,
        weight: it.tried ? tried : 1,
      }),
    );
  const least: Record<string, number> = {};
  for (const weight of TRIED_WEIGHTS)
    for (const [label, score] of Object.entries(
      leastOf(
        weighed(weight).filter(({ label: of }) => of !== OTHER),
        agreement,
      ),
    ))
      least[label] = Math.min(score, least[label] ?? 1);
  return {
    surrogate: { format: MODEL_FORMAT, classifier, trust, least },
    examples: taught.length,
    held: heldBy(weighed(1 / SHARE), least),
  };
}

/** In one order, and the label for what fits none always among them. */
function labelsOf(taught: readonly Example[]): string[] {
  const of = Map.groupBy(taught, ({ label }) => label);
  const known = [...of].filter(([, { length }]) => length >= LEAST_OF_LABEL).map(([label]) => label);
  return [...new Set([...known, OTHER])].sort();
}

/** Texts alike are of one fold: what was seen twice must not be guessed from its twin. */
function foldOf({ signs: { words } }: Example): number {
  return words.reduce((sum, word) => (sum + word) >>> 0, 0) % FOLDS;
}

/** The least that must have come since the last training, and how soon it may be. */
const FRESH = { share: 0.25, least: 50, ofDay: 20, whileOff: 50 } as const;
const DAY_HOURS = 24;

/** Whether it is time: a quarter more than it was trained on has come, or a day has gone by. What is off is tried sooner. */
export function isDue(
  { examples, fresh, hours }: { examples: number; fresh: number; hours: number },
  off: boolean,
): boolean {
  if (off && fresh >= FRESH.whileOff) return true;
  return (
    fresh >= Math.max(FRESH.least, FRESH.share * examples) || (fresh >= FRESH.ofDay && hours >= DAY_HOURS)
  );
}

/**
 * The better of two trainings: of all examples, or, where something has changed, of those since alone. Both are measured by what came since.
 */
export function trainBest(examples: readonly Example[], wanted: Wanted): Trained | undefined {
  const all = train(examples, wanted);
  const { since } = wanted;
  if (since === undefined) return all;
  const fresh = train(
    examples.filter(({ at }) => at > since),
    wanted,
  );
  return fresh && (!all || fresh.held.share > all.held.share) ? fresh : all;
}
