const DECIMAL = /^(?:0|[1-9]\d{0,11})(?:\.(\d{1,2}))?$/;

/** Minor units of an amount (`"240.00"` → 24000), or null. Binary fractions must not decide a threshold. */
export function cents(amount: string): number | null {
  const match = DECIMAL.exec(amount);
  if (!match) return null;
  const [whole = '0'] = amount.split('.');
  return Number(whole) * 100 + Number((match[1] ?? '').padEnd(2, '0'));
}
