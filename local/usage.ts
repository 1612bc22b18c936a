/** What was typed, or stands in a file, cannot be done; the message says what to change. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The value of a numeric option; undefined where it was not given. @throws UsageError of any other text */
export function numberOption(
  name: string,
  text: string | undefined,
  least: number,
  most: number,
  whole = false,
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,10}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  throw new UsageError(
    `--${name} must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}, got '${text}'`,
  );
}
