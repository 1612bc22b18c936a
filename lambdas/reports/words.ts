import { changeOf } from './summary.ts';

/* Figures in words, the same on pages and in mails. */

const NOTHING = '–';

export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined) return NOTHING;
  const hundredths = share * 100;
  // A few in a thousand are not none, and not all.
  const digits = (hundredths > 0 && hundredths < 1) || (hundredths > 99 && hundredths < 100) ? 1 : 0;
  return `${hundredths.toFixed(digits)} %`;
}

export function usd(value: number | null | undefined): string {
  if (value === null || value === undefined) return NOTHING;
  if (value === 0) return 'US$ 0';
  // Rounded to cents, what is a cent and a half would be two.
  if (Math.abs(value) < 0.1) return `US$ ${value.toLocaleString('en-US', { maximumSignificantDigits: 2 })}`;
  return `US$ ${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

export function time(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return NOTHING;
  const [unit, length] = UNITS.find(([, least]) => ms >= least) ?? ['ms', 1];
  const value = ms / length;
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} ${unit}`;
}

export function whole(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 item`, `1,200 items`. */
export function counted(number: number, one: string): string {
  return `${whole(number)} ${one}${number === 1 ? '' : 's'}`;
}

/** `once`, `3 times`. */
export function times(number: number): string {
  return number === 1 ? 'once' : `${whole(number)} times`;
}

export const AS_BEFORE = 'as before';

/** `+12 %`, `as before`, or empty where there is nothing to compare with. */
export function change(now: number | null, before: number | null | undefined): string {
  const share = changeOf(now, before);
  if (share === null) return '';
  const percentage = Math.round(share * 100);
  if (percentage === 0) return AS_BEFORE;
  return `${percentage > 0 ? '+' : '−'}${whole(Math.abs(percentage))} %`;
}

/** Of two shares, in percentage points. */
export function pointsOf(now: number | null, before: number | null | undefined): string {
  if (now === null || before === null || before === undefined) return '';
  const points = Math.round((now - before) * 100);
  if (points === 0) return AS_BEFORE;
  return `${points > 0 ? '+' : '−'}${Math.abs(points)} points`;
}
