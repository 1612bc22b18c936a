import { clock } from '../../lambdas/kit/clock.ts';
import { wilson } from '../../lambdas/kit/numbers/shares.ts';
import { guess } from '../../lambdas/models/surrogate/classifier.ts';
import { fileOf, opened, type Surrogate, versionOf } from '../../lambdas/models/surrogate/file.ts';
import { signsOf } from '../../lambdas/models/surrogate/signs.ts';
import { BY_ITSELF, lotOf, withTried } from '../../lambdas/models/surrogate/tried.ts';
import { scoreOf, stands } from '../../lambdas/models/surrogate/trust.ts';
import { SHARE, shareTried, watched } from '../../lambdas/models/surrogate/watch.ts';
import type { Example } from '../../lambdas/operate/surrogates/example.ts';
import { withModel } from '../../lambdas/operate/surrogates/run.ts';
import { isDue, trainBest } from '../../lambdas/operate/surrogates/train.ts';
import type { SurrogateRow } from '../../lambdas/tables/surrogates/surrogates.ts';
import { type Next, pick } from '../../local/load/random.ts';
import { OUTSIDE, type Stream } from './sets.ts';

/*
 * A stream of items from nothing learned on, one after the other, before a router that is right, or wrong for a share of them. What decides,
 * trains and switches off is production's own code; only tables and clock are not there.
 */

/** So many items come in a day. */
const A_DAY = 2000;
/** So often the schedule comes, in items: ten minutes hold fewer. */
const LOOKS = 50;
const MOST_TRIED = 300;

export interface Told {
  local: boolean;
  right: boolean;
  outside: boolean;
}

export interface Ran {
  told: Told[];
  /** Where a bound broke: the item, and the label where it was one's. */
  broke: { at: number; label?: string | undefined }[];
  trainings: number;
  trainedMs: number;
  bytes: number;
}

export interface Options {
  agreement: number;
  /** The share of the router's answers that are wrong. */
  noise: number;
  next: Next;
  /** From this item on the router says something else about some labels. @default never */
  drift?: { from: number; to: ReadonlyMap<string, string> };
}

/** @param tell how many of the items have come, now and then */
export function run(
  { messages, labels }: Stream,
  { agreement, noise, next, drift }: Options,
  tell: (at: number) => void = () => {},
): Ran {
  const before = clock.now;
  const began = Date.parse('2026-10-01T00:00:00Z');
  const examples: Example[] = [];
  const ran: Ran = { told: [], broke: [], trainings: 0, trainedMs: 0, bytes: 0 };
  let row: SurrogateRow = { id: '', version: 0, lots: 'lots of the bench' };
  let surrogate: Surrogate | undefined;
  let trained = { at: 0, examples: 0 };
  try {
    for (const [at, { text, label }] of messages.entries()) {
      const now = began + (at / A_DAY) * 86_400_000;
      clock.now = () => now;
      const itemId = `bench_${at}`;
      const right = (drift && at >= drift.from && drift.to.get(label)) || label;
      const signs = signsOf(text);
      let guessed: string | undefined;
      if (surrogate && !row.off) {
        const { label: said, facts } = guess(surrogate.classifier, signs);
        const held = stands({ label: said }, scoreOf(surrogate.trust, facts), surrogate.least);
        if (held && !Object.hasOwn(row.closed ?? {}, said)) guessed = said;
      }
      const share = shareTried(watched(row.tried ?? [], agreement));
      const local = guessed !== undefined && lotOf(row.lots, itemId) >= share;
      const said = local ? (guessed as string) : next() < noise ? pick(next, labels) : right;
      ran.told.push({ local, right: said === right, outside: label === OUTSIDE });
      if (!local) {
        const tried = guessed !== undefined;
        const reserved = tried || lotOf(row.lots, itemId) < SHARE;
        const from = `sender ${Math.floor(next() * 500)}`;
        examples.push({ signs, label: said, from, at: new Date(now).toISOString(), reserved, tried });
        if (guessed !== undefined) {
          const one = { itemId, label: guessed, wrong: guessed !== said, at: new Date(now).toISOString() };
          const was = row;
          row = withTried(row, [...(row.tried ?? []), one].slice(-MOST_TRIED), agreement);
          if (row.off && !was.off) ran.broke.push({ at });
          else if (Object.keys(row.closed ?? {}).length > Object.keys(was.closed ?? {}).length)
            ran.broke.push({ at, label: guessed });
        }
      }
      const isOff = row.off !== undefined || Object.keys(row.closed ?? {}).length > 0;
      const since = {
        examples: trained.examples,
        fresh: at + 1 - trained.at,
        hours: ((at + 1 - trained.at) / A_DAY) * 24,
      };
      if (at % LOOKS !== LOOKS - 1) continue;
      tell(at + 1);
      if (!isDue(since, isOff)) continue;
      const started = performance.now();
      const found = trainBest(examples, { agreement, since: row.since, labelSince: row.closed });
      trained = { at: at + 1, examples: examples.length };
      ran.trainings += 1;
      ran.trainedMs = Math.max(ran.trainedMs, performance.now() - started);
      if (!found) continue;
      const file = fileOf(found.surrogate);
      ran.bytes = JSON.stringify(file).length;
      surrogate = opened(file);
      const { least } = found.surrogate;
      const model = {
        ...{ version: versionOf(file), prompt: '', at: new Date(now).toISOString() },
        ...{ examples: found.examples, labels: Object.keys(least).length, held: found.held },
      };
      const was = row;
      row = withModel(row, found, model);
      if (row.off?.by === BY_ITSELF && !was.off) ran.broke.push({ at });
    }
  } finally {
    clock.now = before;
  }
  return ran;
}

export interface Sums {
  /** The share of all items that no model was asked about. */
  avoided: number;
  /** Of the items of its labels alone. */
  avoidedInside: number;
  /** Of what was answered here: how much is right, and the lower bound of that. */
  agreement: number;
  low: number;
  locals: number;
  /** The share of what is out of scope that was answered here. */
  outside: number;
}

export function sumsOf(told: readonly Told[]): Sums {
  const locals = told.filter(({ local }) => local);
  const right = locals.filter((it) => it.right).length / Math.max(1, locals.length);
  const outside = told.filter((it) => it.outside);
  const inside = told.filter((it) => !it.outside);
  const share = (of: readonly Told[]) => of.filter(({ local }) => local).length / Math.max(1, of.length);
  return {
    ...{ avoided: share(told), avoidedInside: share(inside), agreement: right, locals: locals.length },
    ...{ low: locals.length === 0 ? 0 : wilson(right, locals.length, 1.645)[0], outside: share(outside) },
  };
}
