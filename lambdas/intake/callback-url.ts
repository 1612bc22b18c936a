import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { Problem } from '../shared/http.ts';

const HEADER = "'Signalbox-Callback-Url'";

/* Addresses that are nobody's on the internet: this machine, private networks, the cloud's own services, groups. */
const NETS =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.168.0.0/16 198.18.0.0/15 224.0.0.0/3 ' +
  '::/96 64:ff9b::/96 64:ff9b:1::/48 fc00::/7 fe80::/9 ff00::/8';
const INWARD = new BlockList();
for (const [net = '', bits] of NETS.split(' ').map((one) => one.split('/')))
  INWARD.addSubnet(net, Number(bits), isIPv4(net) ? 'ipv4' : 'ipv6');

/** Where status changes are posted to. @throws Problem 400 saying what it may be */
export function readCallback(text: string | undefined, stage: string): string | undefined {
  if (text === undefined) return undefined;
  // API Gateway joins headers of one name, and a URL may hold a comma: it would be called as it stands.
  if (text.includes(',')) {
    throw new Problem(400, `${HEADER} must be sent once, with one URL; a comma in it is written %2C`);
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local = stage === 'local' && (url?.hostname === '127.0.0.1' || url?.hostname === 'localhost');
  // A URL with a name and password in it cannot be fetched.
  const bare = url?.username === '' && url.password === '';
  if (!bare || !(url.protocol === 'https:' || local) || text.length > 2000) {
    throw new Problem(
      400,
      `${HEADER} must be an https URL of at most 2000 characters, without name and password`,
    );
  }
  if (stage !== 'local' && isInward(url.hostname)) {
    throw new Problem(
      400,
      `${HEADER} must be reachable from outside, got the address of a private network or of the machine itself`,
    );
  }
  return text;
}

/** Of an address as a URL has it: whatever way it was written, `URL` has brought it into one form. */
function isInward(hostname: string): boolean {
  if (/(?:^|\.)localhost\.?$/.test(hostname)) return true;
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIPv4(host)) return INWARD.check(host, 'ipv4');
  return isIPv6(host) && INWARD.check(host, 'ipv6');
}
