import { clock, sleep } from '../../../kit/clock.ts';
import { TransientError } from '../../../kit/errors.ts';

/*
 * SES limits the mails per second of an account (one in its sandbox). It refuses the rest, and after enough
 * refusals a message would land among the dead letters. So senders slow down by themselves; a message that
 * gets no slot soon is retried later.
 */

/** `approve/ask` runs at most twice at a time, each with half of the rate. */
const SENDERS = 2;
/** The share of a function's time that may pass between mails. */
const MOST_MS = 15_000;
const QUOTA_SECONDS = 900;
const RATE_SECONDS = 60;

/** When this worker may send its next mail (milliseconds since 1970). */
let free = 0;

/** Takes as many of the `wanted` slots as come soon, at least one. @throws TransientError if none does */
export function takeSlots(wanted: number, perSecond: number): number[] {
  const interval = (1000 * SENDERS) / perSecond;
  const now = clock.now();
  if (interval === 0) return Array.from({ length: wanted }, () => now);
  const first = Math.max(now, free);
  const left = now + MOST_MS - first;
  if (left < 0) throw busy('mails wait for the rate of mail.perSecond', Math.ceil(-left / 1000));
  const taken = Math.min(wanted, Math.floor(left / interval) + 1);
  free = first + taken * interval;
  return Array.from({ length: taken }, (_, index) => first + index * interval);
}

export async function waitForSlot(at: number): Promise<void> {
  const ms = at - clock.now();
  if (ms > 0) await sleep(ms);
}

export function laterMails(): TransientError {
  return busy('mails wait for the rate of mail.perSecond', 0);
}

/** Turns a refusal of SES for now (rate, daily quota) into MailBusy; leaves other errors as they are. */
export function refusedForNow(error: unknown): unknown {
  if (!(error instanceof Error) || !/Throttl|TooManyRequests|LimitExceeded/.test(error.name)) return error;
  return /daily|quota/i.test(error.message)
    ? busy(`the daily quota of the mail service is used up (${error.name})`, QUOTA_SECONDS)
    : busy(`the mail service takes fewer mails per second (${error.name})`, RATE_SECONDS);
}

export class MailBusy extends TransientError {}

/** Spread out, so that messages refused together do not return together. */
function busy(message: string, seconds: number): MailBusy {
  const retryAfterSeconds = Math.min(
    QUOTA_SECONDS,
    Math.max(RATE_SECONDS, seconds) + Math.ceil(Math.random() * RATE_SECONDS),
  );
  return new MailBusy(message, { retryAfterSeconds });
}
