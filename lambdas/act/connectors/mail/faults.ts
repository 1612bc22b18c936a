import { InputError, SystemError } from '../../../kit/errors.ts';
import { neverSent } from '../../../outbound/bounded-fetch.ts';
import { NoAnswer, NoRoom, NotReached } from '../../answer.ts';

const QUOTA_SECONDS = 900;
const RATE_SECONDS = 60;

/** What an error of SES means: it sent nothing, or nobody knows. */
export function faultOf(destination: string, error: unknown): Error {
  const {
    name: word = 'Error',
    message = '',
    $metadata,
  } = error as {
    name?: string;
    message?: string;
    $metadata?: { httpStatusCode?: number };
  };
  const named = /^\w{1,60}$/.test(word) ? word : 'Error';
  if (/Throttl|TooManyRequests|LimitExceeded/.test(named)) {
    const retryAfterSeconds = /daily|quota/i.test(message) ? QUOTA_SECONDS : RATE_SECONDS;
    return new NoRoom(`destination '${destination}': SES takes no more mails now (${named})`, {
      retryAfterSeconds,
    });
  }
  if (neverSent(error))
    return new NotReached(`destination '${destination}': no connection`, { cause: error });
  const status = $metadata?.httpStatusCode ?? 0;
  if (status < 400 || status >= 500)
    return new NoAnswer(`destination '${destination}': no answer`, { cause: error });
  // Its sandbox says so of recipients as well.
  const unverified = /not verified/i.test(message) || named === 'MailFromDomainNotVerifiedException';
  if (unverified)
    return new SystemError(`destination '${destination}': SES has not verified an address of the mail`);
  return ['MessageRejected', 'BadRequestException'].includes(named)
    ? new InputError(`destination '${destination}': SES refused the mail (${named})`)
    : new SystemError(`destination '${destination}': SES does not send for us (${named})`);
}
