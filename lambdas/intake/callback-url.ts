import { Problem } from '../kit/http.ts';
import { outwardFault } from '../outbound/address.ts';

const HEADER = "'Signalbox-Callback-Url'";

/** The address for status changes. @throws Problem 400 saying what it may be */
export function readCallback(text: string | undefined, environment: string): string | undefined {
  if (text === undefined) return undefined;
  // API Gateway joins headers of one name by a comma, which a URL may hold.
  if (text.includes(',')) {
    throw new Problem(400, `${HEADER} must be sent once, with one URL; a comma in it is written %2C`);
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || text.length > 2000) throw wrong('must be an https URL of at most 2000 characters');
  if (environment === 'local' && isThisMachine(url)) return text;
  const fault = outwardFault(url);
  if (fault) throw wrong(fault);
  return text;
}

/** If the whole product runs on one machine, so does its client. */
function isThisMachine({ protocol, hostname, username, password }: URL): boolean {
  const own = ['127.0.0.1', 'localhost'].includes(hostname) && username === '' && password === '';
  return own && ['http:', 'https:'].includes(protocol);
}

function wrong(fault: string): Problem {
  return new Problem(400, `${HEADER} ${fault}`);
}
