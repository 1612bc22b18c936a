import type { Serving } from '../../contract/steps/release.ts';
import { percent, whole } from '../words.ts';
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
  return count === 1 ? '1 item' : `${whole(count)} items`;
}

/** By how much it is above, within 95 %. */
export function boundsWords({ low, high }: Pick<Measure, 'low' | 'high'>): string {
  if (low === null || high === null) return '–';
  const sign = (of: number) => `${of < 0 ? '−' : '+'}${percent(Math.abs(of))}`;
  return `${sign(low)} to ${sign(high)}`;
}
