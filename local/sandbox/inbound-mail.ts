import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AwsClient } from 'aws4fetch';
import { KEYS, REGION } from '../emulator.ts';
import { Problem, readBytes } from './http.ts';

/** As large as SES receives them for a bucket. */
const MOST_BYTES = 40 * 1024 * 1024;

/** Where mails go. */
export interface MailPlace {
  emulatorUrl: string;
  bucket: string;
  /** By automation. */
  addresses: ReadonlyMap<string, readonly string[]>;
}

/**
 * Stands for SES, which the emulator has not: a mail that is posted here lies in the bucket afterwards, under the prefix of each automation
 * that it is to, with the headers that SES writes above it. There is no DNS to ask: a mail passes SPF, DKIM and DMARC unless it says
 * of itself that it fails (`Authentication-Results: …; spf=fail`), or `?spf=fail` does.
 */
export class InboundMail {
  #place: MailPlace | undefined;

  /** Until then nothing is deployed that could take a mail. */
  open(place: MailPlace): void {
    this.#place = place;
  }

  /** @throws Problem naming the addresses that there are */
  async take(request: IncomingMessage, query: URLSearchParams): Promise<{ delivered: string[] }> {
    const place = this.#place;
    if (!place) throw new Problem(503, 'nothing is deployed yet: wait for "signalbox is ready"');
    const posted = await readBytes(request, MOST_BYTES);
    // What mail boxes put before each mail is none of it.
    const raw =
      posted.subarray(0, 5).toString('latin1') === 'From ' ? posted.subarray(posted.indexOf(10) + 1) : posted;
    const headers = headersOf(raw);
    const to = recipientsOf(headers, query);
    const takers = [...place.addresses].filter(([, own]) => own.some((it) => to.has(localPart(it))));
    if (takers.length === 0) {
      const there = [...place.addresses.values()].flat().join(', ') || 'none';
      throw new Problem(
        to.size === 0 ? 400 : 404,
        `no automation takes this mail: name one of its addresses in 'To' or in '?to='. There are: ${there}`,
      );
    }
    const mail = Buffer.concat([Buffer.from(aboveOf(headers, query)), raw]);
    for (const [automation] of takers)
      await put(place, `${automation}/${randomBytes(20).toString('hex')}`, mail);
    return { delivered: takers.flatMap(([, own]) => own.filter((it) => to.has(localPart(it)))) };
  }
}

type Headers = readonly [name: string, value: string][];

/** The lines up to the first empty one, unfolded; a byte a sign. */
function headersOf(raw: Buffer): Headers {
  const text = raw.subarray(0, 1_000_000).toString('latin1').replaceAll('\r\n', '\n');
  const end = text.indexOf('\n\n');
  const lines = (end === -1 ? text : text.slice(0, end)).replaceAll(/\n[ \t]+/g, ' ').split('\n');
  return lines.flatMap((line): [string, string][] => {
    const colon = line.indexOf(':');
    return colon < 1 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]];
  });
}

const ADDRESS = /[^\s<>"(),;:@]+@[^\s<>"(),;:@]+/g;

/** Local parts, as no domain is anybody's here. */
function recipientsOf(headers: Headers, query: URLSearchParams): Set<string> {
  const asked = query.getAll('to').join(',');
  const named = headers
    .filter(([name]) => ['to', 'cc', 'bcc', 'delivered-to', 'x-original-to'].includes(name))
    .map(([, value]) => value);
  const texts = asked === '' ? named : [asked, ...asked.split(',').map((it) => `${it.trim()}@here`)];
  return new Set(texts.flatMap((text) => text.match(ADDRESS) ?? []).map(localPart));
}

/** Before the `@`, and before a label such as `+refunds`. */
const localPart = (address: string) => (/^[^@+]*/.exec(address)?.[0] ?? '').toLowerCase();

function aboveOf(headers: Headers, query: URLSearchParams): string {
  const first = (name: string) => headers.find(([key]) => key === name)?.[1] ?? '';
  const all = (name: string) =>
    headers
      .filter(([key]) => key === name)
      .map(([, value]) => value)
      .join(';');
  const [from = ''] = first('from').match(ADDRESS) ?? [];
  const domain = from.slice(from.indexOf('@') + 1) || 'nobody.invalid';
  const result = (method: string) =>
    query.get(method) === 'fail' ||
    new RegExp(`\\b${method}\\s*=\\s*fail`, 'i').test(all('authentication-results'))
      ? 'fail'
      : 'pass';
  const verdict = (name: string) => (/^fail$/i.test(first(name)) ? 'FAIL' : 'PASS');
  const id = randomBytes(20).toString('hex');
  return [
    `Return-Path: ${first('return-path') || `<${from}>`}`,
    `Received: from ${domain} (${domain} [192.0.2.1]) by inbound-smtp.${REGION}.amazonaws.com with SMTP id ${id}; ${new Date().toUTCString()}`,
    `X-SES-Spam-Verdict: ${verdict('x-ses-spam-verdict')}`,
    `X-SES-Virus-Verdict: ${verdict('x-ses-virus-verdict')}`,
    `Authentication-Results: amazonses.com; spf=${result('spf')} client-ip=192.0.2.1; dkim=${result('dkim')} header.i=@${domain}; dmarc=${result('dmarc')} header.from=${domain};`,
    '',
  ].join('\r\n');
}

async function put({ emulatorUrl, bucket }: MailPlace, key: string, mail: Buffer): Promise<void> {
  const aws = new AwsClient({ ...KEYS, region: REGION, service: 's3' });
  const answer = await aws.fetch(`${emulatorUrl}/${bucket}/${key}`, {
    method: 'PUT',
    body: new Uint8Array(mail),
  });
  if (!answer.ok) throw new Problem(502, `the mail bucket answered ${answer.status}`);
}
