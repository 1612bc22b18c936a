import { Problem } from '../kit/http.ts';
import { outwardFault } from '../outbound/address.ts';

const HEADER = "'Signalbox-Callback-Url'";

/** Where status changes are posted to. @throws Problem 400 saying what it may be */
export function readCallback(text: string | undefined, stage: string): string | undefined {
  if (text === undefined) return undefined;
  // API Gateway joins headers of one name, and a URL may hold a comma: it would be called as it stands.
  if (text.includes(',')) {
    throw new Problem(400, `${HEADER} must be sent once, with one URL; a comma in it is written %2C`);
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || text.length > 2000) throw wrong('must be an https URL of at most 2000 characters');
  if (stage === 'local' && isThisMachine(url)) return text;
  const fault = outwardFault(url);
  if (fault) throw wrong(fault);
  return text;
}

/** Where the whole product runs on one machine, its client does too. */
function isThisMachine({ protocol, hostname, username, password }: URL): boolean {
  const own = ['127.0.0.1', 'localhost'].includes(hostname) && username === '' && password === '';
  return own && ['http:', 'https:'].includes(protocol);
}

function wrong(fault: string): Problem {
  return new Problem(400, `${HEADER} ${fault}`);
}
