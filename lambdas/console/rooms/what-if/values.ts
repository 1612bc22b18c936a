import type { Automation, Threshold, Thresholds } from '../../../contract/automation.ts';
import { cutText } from '../../../kit/text.ts';

/* What a reader tries, as it stands in the address: `?amount=150&since=30d`. */

export const SPANS = [7, 30, 90] as const;
const SPAN: (typeof SPANS)[number] = 30;

export interface Tried {
  /** Other values than those that are declared. */
  values: Thresholds;
  /** As the form shows them: also what cannot be tried. */
  typed: Readonly<Record<string, string>>;
  days: number;
  fault?: string;
  /** Where it came by a form that names a value twice: the same in short. */
  clean?: Record<string, string>;
}

/**
 * Each threshold has a number and a slider of one name, and what both stood at: without scripts neither follows the other. The number
 * counts where it was changed, and otherwise the slider.
 */
export function triedIn(
  { thresholds = {} }: Pick<Automation, 'thresholds'>,
  queries: (name: string) => readonly string[] | undefined,
): Tried {
  const typed: Record<string, string> = {};
  const values: Record<string, number> = {};
  const faults: string[] = [];
  let twice = false;
  for (const [name, threshold] of Object.entries(thresholds)) {
    const [slider, number] = queries(name) ?? [];
    const [was] = queries(wasName(name)) ?? [];
    twice ||= was !== undefined;
    const text = (number !== undefined && number !== was ? number : (slider ?? '')).trim();
    typed[name] = text === '' ? String(threshold.value) : cutText(text, MOST_DIGITS);
    const value = text === '' ? threshold.value : numberIn(text, threshold);
    if (value === undefined)
      faults.push(`${name} must be a number from ${threshold.least} to ${threshold.most}`);
    else if (value !== threshold.value) values[name] = value;
  }
  const [since = ''] = queries('since') ?? [];
  const days = SPANS.find((it) => `${it}d` === since) ?? SPAN;
  const fault = faults.length > 0 ? { fault: `${faults.join('; ')}.` } : {};
  const clean = twice ? { clean: { ...typed, since: `${days}d` } } : {};
  return { values, typed, days, ...fault, ...clean };
}

const MOST_DIGITS = 20;

export const wasName = (name: string) => `was-${name}`;

function numberIn(text: string, { least, most }: Threshold): number | undefined {
  if (text.length > MOST_DIGITS || !/^-?\d+(?:\.\d+)?$/.test(text)) return undefined;
  const value = Number(text);
  return value >= least && value <= most ? value : undefined;
}

/** A hundredth of the range or finer, so that a slider can stand on each of these values. */
export function stepOf({ least, most }: Threshold, values: readonly string[]): number {
  const hundredth = Math.floor(Math.log10(Math.max(most - least, Number.MIN_VALUE) / 100));
  const decimals = Math.max(...[String(least), String(most), ...values].map(decimalsOf));
  return Number((10 ** Math.min(0, hundredth, -decimals)).toPrecision(1));
}

function decimalsOf(number: string): number {
  return /^-?\d+\.(\d{1,6})$/.exec(number)?.[1]?.length ?? 0;
}
