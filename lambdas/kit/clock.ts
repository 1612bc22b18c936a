/** The time, in one place so that tests can move it. */
export const clock = { now: (): number => Date.now() };

/** ISO 8601 in UTC, the only form in which a time leaves the code. */
export function isoNow(): string {
  return new Date(clock.now()).toISOString();
}

/** Seconds since 1970, as DynamoDB's time to live wants them. */
export function epochSeconds(afterSeconds = 0): number {
  return Math.floor(clock.now() / 1000) + Math.ceil(afterSeconds);
}

export const DAY_SECONDS = 86_400;

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
