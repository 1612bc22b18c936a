import { BlockList, isIP, isIPv4 } from 'node:net';
import type { NeighbourName } from '../contract/neighbour.ts';
import { SystemError } from '../kit/errors.ts';

/*
 * Which addresses may be called that somebody else has named. A name is judged twice: as it is written, when it is given, and by the
 * addresses that it stands for, when it is called. Neither alone is enough: a name may lead inward at any later time.
 */

/* Nobody's on the internet: this machine, private networks, the clouds' own services, documentation, groups. */
const INWARD = blocked(
  'ipv4',
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 168.63.129.16/32 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 ' +
    '192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3',
);

/* Of IPv6 all but this is nobody's: link-local, unique local, mapped, compatible and translated (NAT64) addresses among it. */
const GLOBAL = blocked('ipv6', '2000::/3');
/* Teredo, other protocols' assignments, documentation, 6to4: an IPv4 address may lie in them. */
const CARRIERS = blocked('ipv6', '2001::/23 2001:db8::/32 2002::/16 3fff::/20');

/** Names that lead to the address that is written in them, or to the caller's own machine. */
const WRITTEN_IN =
  'nip.io sslip.io xip.io traefik.me localtest.me lvh.me vcap.me lacolhost.com local.gd backname.io ip.addr.tools rbndr.us 1u.ms';
/** Suffixes that no public name has. */
const INTERNAL =
  'internal local localhost localdomain lan home corp intranet private test invalid example onion alt arpa';

function blocked(type: 'ipv4' | 'ipv6', nets: string): BlockList {
  const list = new BlockList();
  for (const [net = '', bits] of nets.split(' ').map((one) => one.split('/')))
    list.addSubnet(net, Number(bits), type);
  return list;
}

/** Whether an address, IPv4 or IPv6, is one that everybody on the internet reaches in the same place. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !INWARD.check(address, 'ipv4');
  // A zone (`fe80::1%eth0`) is of this machine.
  if (isIP(address) !== 6 || address.includes('%')) return false;
  return GLOBAL.check(address, 'ipv6') && !CARRIERS.check(address, 'ipv6');
}

/** Of whom a request comes: an IPv4 address, or of IPv6 the first 64 bits, all of whose addresses one household has. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  if (isIP(address) !== 6) return address;
  const [left = [], right = []] = address.split('::').map((half) => half.split(':').filter(Boolean));
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  const groups = [...left, ...zeros, ...right].slice(0, 4);
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}

/** What is wrong with an address that is to be called on the internet, in words for who has given it; undefined where nothing is. */
export function outwardFault(url: URL): string | undefined {
  if (url.protocol !== 'https:') return 'must be an https URL';
  if (url.username !== '' || url.password !== '') return 'must be without name and password';
  if (url.port !== '') return 'must be on port 443, which is left out';
  // Whatever way an address was written, `URL` has brought it into one form.
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const inward = isIP(host) === 0 ? isInwardName(host) : !isPublicAddress(host);
  return inward
    ? 'must be reachable from outside, got the address of a private network or of the machine itself'
    : undefined;
}

function isInwardName(host: string): boolean {
  const name = host.toLowerCase();
  const under = (suffix: string) => name === suffix || name.endsWith(`.${suffix}`);
  return !name.includes('.') || WRITTEN_IN.split(' ').some(under) || INTERNAL.split(' ').some(under);
}

/** Where a request goes: a path below the URL of the configuration, and what is asked for. */
export interface Below {
  path: string;
  query?: Readonly<Record<string, string | number | undefined>>;
}

/**
 * Below the neighbour's own URL, whatever a cursor or an item has put into the path.
 * @throws SystemError where the path leaves it
 */
export function below(
  { kind, name, url: base }: NeighbourName & { url: string },
  { path, query = {} }: Below,
): URL {
  const outside = () =>
    new SystemError(
      `${kind} '${name}': a request needs a 'path' below its url that begins with "/", its query apart`,
    );
  const url = new URL(base);
  const root = url.pathname.replace(/\/+$/, '');
  if (typeof path !== 'string' || !/^\/(?!\/)[^\s\\?#]*$/.test(path) || climbs(path)) throw outside();
  url.pathname = `${root}${path}`;
  if (!url.pathname.startsWith(`${root}/`) || url.origin !== new URL(base).origin) throw outside();
  for (const [field, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(field, String(value));
  // A plus means a blank to some.
  url.search = url.search.replaceAll('+', '%20');
  return url;
}

/** Whether a path leads upwards for whoever decodes it: our parser once, a proxy and the system behind it perhaps once more each. */
function climbs(path: string): boolean {
  let decoded = path;
  try {
    decoded = decodeURIComponent(path);
    for (let more = true; more; ) {
      // Inside a value a percent sign that begins no byte stands for itself.
      const next = decodeURIComponent(decoded.replaceAll(/%(?![\da-f]{2})/gi, '%25'));
      more = next !== decoded;
      decoded = next;
    }
  } catch {
    return true;
  }
  // Some take what stands behind a semicolon for a parameter of the part, and read `..;x` as `..`.
  const parts = decoded.split(/[/\\]/).map((part) => part.split(';', 1)[0] ?? '');
  return decoded.includes('\0') || parts.some((part) => part === '.' || part === '..');
}
