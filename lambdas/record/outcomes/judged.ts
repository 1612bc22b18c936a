import type { LineageEntry, TimelineEvent } from '../../contract/item/row.ts';
import type { Fact } from '../../tables/statistics/figures.ts';

/* What an item was judged by, and how: distributions that may drift. */

type Values = Fact['of'];

/** Events of earlier versions do not tell of them, and count for nothing. */
export function textFacts({ characters, language }: TimelineEvent): Values {
  return [
    ...(typeof characters === 'number' ? [['length', lengthOf(characters)] as const] : []),
    ...(typeof language === 'string' ? [['language', language] as const] : []),
  ];
}

/** By doublings, named by the least of each: `256` is 256 to 511 characters. */
function lengthOf(characters: number): string {
  return characters < 1 ? '0' : String(2 ** Math.floor(Math.log2(characters)));
}

/** By tenths, named by the least of each; one that is certain is in the last. */
export function confidenceOf({ confidence }: TimelineEvent): Values {
  if (confidence === null) return [['confidence', 'none']];
  if (typeof confidence !== 'number') return [];
  const tenth = Math.min(9, Math.max(0, Math.floor(confidence * 10)));
  return [['confidence', `0.${tenth}`]];
}

export function howJudged(verdict: string, calls: readonly LineageEntry[]): NonNullable<Fact['n']> {
  return {
    ...(verdict === 'ask' ? { judgedAsk: 1 } : {}),
    ...(verdict === 'refuse' ? { judgedRefuse: 1 } : {}),
    ...(calls.some(({ cached }) => cached) ? { judgedCached: 1 } : {}),
    ...(calls.some((call) => fellBack(call, calls)) ? { judgedFallback: 1 } : {}),
  };
}

/** An answer of one model where another was asked the same before, and failed. */
function fellBack(call: LineageEntry, calls: readonly LineageEntry[]): boolean {
  if (call.failure || call.cached || call.source) return false;
  const { step, at, endpoint, model } = call;
  return calls.some(
    (it) =>
      it.failure !== undefined &&
      it.step === step &&
      it.at <= at &&
      (it.endpoint !== endpoint || it.model !== model),
  );
}
