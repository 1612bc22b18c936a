import { createServer } from 'node:http';
import { createServer as createTcp } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { isPublicAddress, networkOf, outwardFault } from '../../lambdas/outbound/address.ts';
import { guarded, InwardAddress, postOutward } from '../../lambdas/outbound/post.ts';
import { listening } from '../support/listening.ts';

const fault = (url: string) => outwardFault(new URL(url));

it.each([
  ['198.51.100.7', '198.51.100.7'],
  ['2a02:8109:1:2:3:4:5:6', '2a02:8109:1:2'],
  ['2A02:8109:0001:02::6', '2a02:8109:1:2'],
  ['2a02:8109::6', '2a02:8109:0:0'],
  ['2a02::1:2:3:4:5', '2a02:0:0:1'],
  ['::1', '0:0:0:0'],
  ['::ffff:198.51.100.7', '198.51.100.7'],
  ['unknown', 'unknown'],
])('%s is of the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

describe('an address that somebody else has named', () => {
  it.each([
    // This machine and private networks, in every way to write them.
    ...['127.0.0.1', '127.1', '0x7f000001', '2130706433', '0177.0.0.1', '0.0.0.0', '10.1.2.3', '172.31.0.1'],
    ...['192.168.1.1', '100.64.0.1', '198.18.0.1', '224.0.0.1', '255.255.255.255', '127.0.0.1.'],
    // The clouds' own services.
    ...['169.254.169.254', '168.63.129.16', '[fd00:ec2::254]', 'metadata.google.internal'],
    // An IPv4 address inside another.
    ...['[::ffff:127.0.0.1]', '[::ffff:8.8.8.8]', '[::7f00:1]', '[64:ff9b::7f00:1]', '[64:ff9b:1::a00:1]'],
    ...['[2002:7f00:1::]', '[2002:a9fe:a9fe::1]', '[2001:0:4136:e378::]', '192.88.99.1'],
    ...['[::1]', '[::]', '[fe80::1]', '[fec0::1]', '[fd00::1]', '[fc00::1]', '[ff02::1]', '[2001:db8::1]'],
    // Names that lead inward by what they are.
    ...['localhost', 'LOCALHOST.', 'a.localhost', 'intranet', 'printer.local', 'api.corp', 'db.internal.'],
    ...['10.0.0.1.nip.io', '10-0-0-1.sslip.io', 'nip.io', 'x.localtest.me', 'a.lvh.me', 'router.home.arpa'],
  ])('may not be %s', (host) => {
    expect(fault(`https://${host}/hook`)).toMatch(/reachable from outside/);
  });

  it.each([
    ['http://example.com', /https/],
    ['ftp://example.com', /https/],
    ['https://example.com:8443/x', /port 443/],
    ['https://example.com:22', /port 443/],
    ['https://user:secret@example.com', /name and password/],
    ['https://:secret@example.com', /name and password/],
  ])('may not be %s', (url, why) => {
    expect(fault(url)).toMatch(why);
  });

  it.each([
    'example.com',
    'hooks.example.com.',
    'example.com:443',
    '8.8.8.8',
    '172.32.0.1',
    '[2606:4700::1111]',
    'localhost.example.com',
    'nip.io.example.com',
    'notnip.io',
    'mylocal'.concat('.com'),
  ])('may be %s', (host) => {
    expect(fault(`https://${host}/hook`)).toBeUndefined();
  });

  it('is never public where it holds an IPv4 address that is not', () => {
    const octet = fc.nat({ max: 255 });
    fc.assert(
      fc.property(fc.constantFrom(10, 127, 169), octet, octet, octet, (a, b, c, d) => {
        const v4 = a === 169 ? `169.254.${c}.${d}` : `${a}.${b}.${c}.${d}`;
        const hex = v4
          .split('.')
          .map((part) => Number(part).toString(16).padStart(2, '0'))
          .join('')
          .replace(/(....)(....)/, '$1:$2');
        for (const written of [
          v4,
          `::ffff:${v4}`,
          `::${v4}`,
          `64:ff9b::${v4}`,
          `2002:${hex}::`,
          `2001::${hex}`,
        ])
          expect(isPublicAddress(written), written).toBe(false);
      }),
    );
    for (const nothing of ['', 'example.com', '1.2.3', 'fe80::1%eth0', '2606:4700::1%1'])
      expect(isPublicAddress(nothing)).toBe(false);
  });
});

type Found = { address: string; family: number }[];

/** A resolver that gives these answers one after the other, and counts. */
function resolver(...answers: Found[]) {
  let asked = 0;
  const lookup = ((_name: string, _options: object, done: (error: null, found: Found) => void) => {
    const found = answers[Math.min(asked, answers.length - 1)] ?? [];
    asked += 1;
    done(null, found);
  }) as never;
  return { lookup, asked: () => asked };
}

const PUBLIC = { address: '93.184.216.34', family: 4 };
const INWARD = { address: '127.0.0.1', family: 4 };

describe('a name that is called', () => {
  const open: { close(): void }[] = [];
  afterEach(() => {
    for (const one of open.splice(0)) one.close();
  });

  it.each([
    ['an address of this machine', [INWARD]],
    ['a public address and one that is not', [PUBLIC, { address: '::1', family: 6 }]],
    ['a mapped address', [{ address: '::ffff:10.0.0.1', family: 6 }]],
    ['nothing', []],
  ])('is not called where it stands for %s', async (_what, found) => {
    const { lookup } = resolver(found);
    const post = postOutward(
      'https://hook.example.com',
      { headers: {}, body: '', timeoutMs: 500 },
      { lookup },
    );
    await expect(post).rejects.toBeInstanceOf(InwardAddress);
  });

  it('is connected to at the address that was judged, and looked up no second time', async () => {
    const { lookup, asked } = resolver([PUBLIC], [INWARD]);
    const seen: unknown[] = [];
    const look = guarded(lookup);
    look('hook.example.com', { all: true }, (...answer) => seen.push(answer));
    expect(seen).toEqual([[null, [PUBLIC]]]);
    look('hook.example.com', { all: true }, (...answer) => seen.push(answer[0]));
    expect(seen[1]).toBeInstanceOf(InwardAddress);
    expect(asked()).toBe(2);

    // A call asks once: its connection uses what that gave.
    const once = resolver([PUBLIC], [INWARD]);
    const post = { headers: {}, body: '', timeoutMs: 50 };
    await postOutward('https://hook.example.com', post, { lookup: once.lookup }).catch(() => {});
    expect(once.asked()).toBe(1);
  });

  it('is this machine only where the whole product runs on it', async () => {
    const server = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end('x'));
    });
    open.push(server);
    const url = `${await listening(server)}/hook`;
    const post = { headers: {}, body: 'a', timeoutMs: 2000 };

    expect(await postOutward(url, post, { local: true })).toBe(302);
    await expect(postOutward(url, post)).rejects.toBeInstanceOf(InwardAddress);
    await expect(postOutward('https://10.0.0.1', post, { local: true })).rejects.toBeInstanceOf(
      InwardAddress,
    );
  });

  it('gives up on who takes the call and says nothing', async () => {
    const server = createTcp(() => {});
    open.push(server);
    const url = await listening(server);

    await expect(
      postOutward(url, { headers: {}, body: '', timeoutMs: 100 }, { local: true }),
    ).rejects.toThrow();
  });
});
