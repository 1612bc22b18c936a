import type { EndedRelease, Serving, ShadowCounts } from '../../contract/steps/release.ts';
import { counted, percent, whole } from '../words.ts';
import type { Measure, MeasureName, MeasureSays } from './compare.ts';

/* Releases in words, for the console and the command line. */

export const MEASURE_NAMES: Readonly<Record<MeasureName, string>> = {
  failed: 'could not be judged',
  overridden: 'people rejected or edited',
  asked: 'people were asked',
  refused: 'were refused',
  cost: 'cost of an item',
  time: 'time to judge it',
  audited: 'audits found wrong',
};

export const SAYS_WORDS: Readonly<Record<MeasureSays, string>> = {
  better: 'better',
  worse: 'worse',
  other: 'differs',
  same: 'no difference',
  open: 'too few yet',
};

/** `route.v2`, or `route.v2 by main/large`. */
export function servingWords({
  prompt,
  model,
}: {
  prompt: string;
  model?: Serving['model'] | undefined;
}): string {
  return model ? `${prompt} by ${model.endpoint}/${model.name}` : prompt;
}

export function valueWords(name: MeasureName, of: number | null): string {
  if (of === null) return '–';
  if (name === 'cost') return `$${Number(of.toPrecision(3))}`;
  return name === 'time' ? `${whole(Math.round(of))} ms` : percent(of);
}

export function itemsWords(count: number): string {
  return counted(count, 'item');
}

/** Of what one mean is compared with another one; all others are shares of items, which differ by points. */
const RELATIVE: readonly MeasureName[] = ['cost', 'time'];

/** By how much it is above, within 95 %; of few items the formula goes beyond what can be. */
export function boundsWords({ name, low, high }: Pick<Measure, 'name' | 'low' | 'high'>): string {
  if (low === null || high === null) return '–';
  const relative = RELATIVE.includes(name);
  const sign = (of: number) => {
    const can = Math.max(-1, relative ? of : Math.min(1, of));
    const size = relative ? percent(Math.abs(can)) : percent(Math.abs(can)).replace(' %', '');
    return `${can < 0 ? '−' : '+'}${size}`;
  };
  return `${sign(low)} to ${sign(high)}${relative ? '' : ' points'}`;
}

export function endWords({ end, mode, step, candidate }: EndedRelease): string {
  const what = `${step} ${servingWords(candidate)}`;
  const after = `after ${itemsWords(end.items)}`;
  return end.promotedAt === undefined
    ? `${what}, ${mode}: ${end.as.replace('-', ' ')} ${after}`
    : `${what}: its promotion was taken back, ${after} as ${mode} and all since ${end.promotedAt.slice(0, 16).replace('T', ' ')} UTC`;
}

/** What a shadow came to, as facts. */
export function shadowFacts({ items, same, label, verdict, actions, failed, microUsd }: ShadowCounts) {
  const of = (count: number) => `${whole(count)}${items > 0 ? ` (${percent(count / items)})` : ''}`;
  return [
    ['thought beside', whole(items)],
    ['the same', of(same)],
    ['another label', of(label)],
    ['another verdict', of(verdict)],
    ['other actions', of(actions)],
    ['failed', of(failed)],
    ['cost', `$${(microUsd / 1e6).toFixed(6)}`],
  ] as const;
}
