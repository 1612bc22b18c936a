import type { MailFacts, MailResult } from '../../../contract/intake/mail.ts';

/** What SES calls itself in the header that it writes (RFC 8601). */
const AUTHSERV_ID = 'amazonses.com';

type Named = readonly { key: string; value: string }[];

/**
 * What the receiving server found. SES writes its headers above all that the sender wrote: of each name only the first one counts, and
 * none below the second `Received`, which is somebody else's.
 * @param domain of the one sender, if there is one
 */
export function authenticationOf(
  headers: Named,
  domain: string | undefined,
): Pick<MailFacts, 'spf' | 'dkim' | 'dmarc' | 'spam' | 'virus' | 'verified'> {
  const ours = byReceiver(headers);
  const first = (name: string) => ours.find(({ key }) => key === name)?.value ?? '';
  const [id, ...results] = partsOf(first('authentication-results'));
  const told = id?.split(/\s/, 1)[0]?.toLowerCase() === AUTHSERV_ID ? results : [];
  const spf = agreed(methodsIn(told, 'spf'));
  const dmarc = agreed(methodsIn(told, 'dmarc'));
  const signatures = methodsIn(told, 'dkim');
  // Whoever passes a mail on may break one signature and add another.
  const dkim = signatures.some(({ result }) => result === 'pass') ? 'pass' : agreed(signatures);
  const failed = [spf, dkim, dmarc].includes('fail');
  const aligned = signatures.some(
    (it) => it.result === 'pass' && domain !== undefined && isOf(it.domain, domain),
  );
  return {
    ...{ spf, dkim, dmarc },
    ...{ spam: verdict(first('x-ses-spam-verdict')), virus: verdict(first('x-ses-virus-verdict')) },
    // A domain without a policy of its own answers by its signature.
    verified: domain !== undefined && !failed && (dmarc === 'pass' || (dmarc === 'none' && aligned)),
  };
}

function byReceiver(headers: Named): Named {
  const hops = headers.flatMap(({ key }, at) => (key === 'received' ? [at] : []));
  return headers.slice(0, hops[1] ?? headers.length);
}

interface Method {
  result: string;
  /** Which domain signed. */
  domain: string;
}

function methodsIn(parts: readonly string[], method: string): Method[] {
  const said = new RegExp(`^${method}\\s*=\\s*([a-z]+)`, 'i');
  return parts.flatMap((part) => {
    const [, result = ''] = said.exec(part) ?? [];
    return result === '' ? [] : [{ result: result.toLowerCase(), domain: signerIn(part) }];
  });
}

/** Whoever signs names himself by any text before the last `@`. Empty where it is not one domain. */
function signerIn(part: string): string {
  const named = [...part.matchAll(/\sheader\.[di]\s*=\s*(\S+)/gi)].map(([, it = '']) => it.toLowerCase());
  const domains = new Set(named.map((it) => it.slice(it.lastIndexOf('@') + 1)));
  const [one = ''] = domains;
  return domains.size === 1 ? one : '';
}

/** What is said twice must be said alike: a name that the sender chose may hold anything. */
function agreed(methods: readonly Method[]): MailResult {
  const results = [...new Set(methods.map(({ result }) => result))];
  if (results.length > 1 || results.includes('fail')) return 'fail';
  return results[0] === 'pass' ? 'pass' : 'none';
}

const isOf = (signer: string, domain: string) => domain === signer || domain.endsWith(`.${signer}`);

function verdict(value: string): MailResult {
  const said = value.trim().toUpperCase();
  if (said === 'PASS') return 'pass';
  return said === 'FAIL' ? 'fail' : 'none';
}

/** Parts between semicolons, without comments and quoted texts: those hold what others wrote. Linear in time. */
function partsOf(value: string): string[] {
  let depth = 0;
  let quoted = false;
  let plain = '';
  for (let at = 0; at < value.length; at += 1) {
    const sign = value[at] ?? '';
    if (sign === '\\') {
      at += 1;
      continue;
    }
    if (depth === 0 && sign === '"') quoted = !quoted;
    else if (!quoted && sign === '(') depth += 1;
    else if (!quoted && sign === ')') depth = Math.max(0, depth - 1);
    else if (!quoted && depth === 0) plain += sign;
  }
  return plain.split(';').map((part) => part.trim());
}
