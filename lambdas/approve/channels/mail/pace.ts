import { clock, sleep } from '../../../kit/clock.ts';
import { TransientError } from '../../../kit/errors.ts';

/*
 * SES takes so many mails a second of an account, one in its sandbox. What is above that is refused, and after enough refusals a
 * message would be among the dead letters. So senders go slower than that by themselves; who finds no place soon comes back later.
 */

/** `approve/ask` runs twice at most, each with half of the rate. */
const SENDERS = 2;
/** What of a function's time may go by between mails. */
const MOST_MS = 15_000;
const QUOTA_SECONDS = 900;
const RATE_SECONDS = 60;

/** When the next mail of this worker may go (milliseconds since 1970). */
let free = 0;

/** Takes the next places in the line, as many of `wanted` as come soon, and at least one. @throws TransientError where none does */
export function takePlaces(wanted: number, perSecond: number): number[] {
  const interval = (1000 * SENDERS) / perSecond;
  const now = clock.now();
  if (interval === 0) return Array.from({ length: wanted }, () => now);
  const first = Math.max(now, free);
  const left = now + MOST_MS - first;
  if (left < 0) throw busy('mails go out as fast as mail.perSecond allows', Math.ceil(-left / 1000));
  const taken = Math.min(wanted, Math.floor(left / interval) + 1);
  free = first + taken * interval;
  return Array.from({ length: taken }, (_, index) => first + index * interval);
}

export async function waitForPlace(at: number): Promise<void> {
  const ms = at - clock.now();
  if (ms > 0) await sleep(ms);
}

/** The rest of a question's mails, which found no place. */
export function laterMails(): TransientError {
  return busy('mails go out as fast as mail.perSecond allows', 0);
}

/** What SES says where it takes no mail now: more than its rate, or the day's quota is used up. Anything else as it is. */
export function refusedForNow(error: unknown): unknown {
  if (!(error instanceof Error) || !/Throttl|TooManyRequests|LimitExceeded/.test(error.name)) return error;
  return /daily|quota/i.test(error.message)
    ? busy(`the quota of mails of the day is used up (${error.name})`, QUOTA_SECONDS)
    : busy(`the mail service takes fewer mails a second (${error.name})`, RATE_SECONDS);
}

export class MailBusy extends TransientError {}

/** Spread, so that those who were refused together do not come back together. */
function busy(message: string, seconds: number): MailBusy {
  const retryAfterSeconds = Math.min(
    QUOTA_SECONDS,
    Math.max(RATE_SECONDS, seconds) + Math.ceil(Math.random() * RATE_SECONDS),
  );
  return new MailBusy(message, { retryAfterSeconds });
}
