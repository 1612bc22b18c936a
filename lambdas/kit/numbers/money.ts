const DECIMAL = /^(?:0|[1-9]\d{0,11})(?:\.(\d{1,2}))?$/;

/** Minor units of an amount (`"240.00"` → 24000), or null. Binary fractions must not decide a threshold. */
export function cents(amount: string): number | null {
  const match = DECIMAL.exec(amount);
  if (!match) return null;
  const [whole = '0'] = amount.split('.');
  return Number(whole) * 100 + Number((match[1] ?? '').padEnd(2, '0'));
}

/** An exact decimal: `units / 10 ** scale`. Sums and products of invoices keep every digit. */
export interface Exact {
  units: bigint;
  scale: number;
}

const EXACT = /^(-?)(\d{1,18})(?:\.(\d{1,12}))?$/;

/** A decimal such as `-12.3450`, or null for anything else. */
export function exact(decimal: string): Exact | null {
  const match = EXACT.exec(decimal);
  if (!match) return null;
  const [, sign = '', whole = '', part = ''] = match;
  return { units: BigInt(`${sign}${whole}${part}`), scale: part.length };
}

const at = ({ units, scale }: Exact, finer: number) => units * 10n ** BigInt(finer - scale);

export function plus(one: Exact, other: Exact): Exact {
  const scale = Math.max(one.scale, other.scale);
  return { units: at(one, scale) + at(other, scale), scale };
}

export function minus(one: Exact, other: Exact): Exact {
  return plus(one, { ...other, units: -other.units });
}

export function times(one: Exact, other: Exact): Exact {
  return { units: one.units * other.units, scale: one.scale + other.scale };
}

/** Negative, zero or positive, as in a sort. */
export function compare(one: Exact, other: Exact): number {
  const { units } = minus(one, other);
  return units < 0n ? -1 : Number(units > 0n);
}

/** How far two amounts lie apart, in hundredths: 0.5 is half a cent. Infinite where it is more than a million. */
export function apart(one: Exact, other: Exact): number {
  const { units, scale } = minus(one, other);
  const size = units < 0n ? -units : units;
  const hundredths = Number(size) / 10 ** (scale - 2);
  return hundredths > 100_000_000 ? Number.POSITIVE_INFINITY : hundredths;
}

/** With two digits behind the point, as amounts go out; null if that would round it. */
export function inHundredths(decimal: string): string | null {
  const read = exact(decimal);
  if (!read) return null;
  const [whole = '', part = ''] = decimal.replace(/^(-?)0+(?=\d)/, '$1').split('.');
  return /^\d{0,2}0*$/.test(part) ? `${whole}.${part.slice(0, 2).padEnd(2, '0')}` : null;
}
