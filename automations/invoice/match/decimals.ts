import { compare, type Exact, exact, minus, plus, times } from '../../../lambdas/kit/numbers/money.ts';

export const NOTHING: Exact = { units: 0n, scale: 0 };

/** Of records and invoices that were checked: what is no decimal counts as nothing. */
export function read(decimal: string | undefined): Exact {
  return (decimal === undefined ? null : exact(decimal)) ?? NOTHING;
}

export function least(one: Exact, other: Exact): Exact {
  return compare(one, other) < 0 ? one : other;
}

export function most(one: Exact, other: Exact): Exact {
  return compare(one, other) > 0 ? one : other;
}

export function size(one: Exact): Exact {
  return compare(one, NOTHING) < 0 ? minus(NOTHING, one) : one;
}

export function total(all: readonly Exact[]): Exact {
  return all.reduce(plus, NOTHING);
}

export function percentOf(one: Exact, percent: string): Exact {
  const share = read(percent);
  return times(one, { ...share, scale: share.scale + 2 });
}

/** With two digits behind the point, rounded half up, as people read amounts. */
export function inCents(one: Exact): string {
  const { units, scale } = one;
  const down = 10n ** BigInt(Math.max(0, scale - 2));
  const up = 10n ** BigInt(Math.max(0, 2 - scale));
  const whole = units < 0n ? -units : units;
  const rounded = (whole * up + (down > 1n ? down / 2n : 0n)) / down;
  const digits = rounded.toString().padStart(3, '0');
  const sign = units < 0n && rounded > 0n ? '-' : '';
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Without zeros at its end: `4`, `2.5`. */
export function plain(one: Exact): string {
  const text = one.units < 0n ? (-one.units).toString() : one.units.toString();
  const digits = text.padStart(one.scale + 1, '0');
  const whole = digits.slice(0, digits.length - one.scale);
  const part = digits.slice(digits.length - one.scale).replace(/0+$/, '');
  return `${one.units < 0n ? '-' : ''}${whole}${part ? `.${part}` : ''}`;
}
