import { createHash } from 'node:crypto';
import { arrive } from '../../lambdas/intake/doors/arrive.ts';
import { clock } from '../../lambdas/kit/clock.ts';
import { ENV, sqsRecord } from './fixtures.ts';
import { world } from './world.ts';

/* Mails and dropped objects as the doors' function gets them: in their bucket, with the event that tells of them. */

export interface Part {
  type: string;
  name?: string;
  content: Uint8Array | string;
  /** Within the text, as a logo. */
  inline?: boolean;
}

export interface Written {
  headers?: Readonly<Record<string, string>>;
  text?: string;
  parts?: readonly Part[];
}

const PASSED =
  'amazonses.com; spf=pass (spfCheck: ok) client-ip=192.0.2.1; dkim=pass header.i=@mail.example; dmarc=pass header.from=mail.example;';

/** What SES writes above a mail, each time with another id. */
export function received(results = PASSED, { spam = 'PASS', virus = 'PASS', id = 'first' } = {}): string {
  return [
    'Return-Path: <anna@mail.example>',
    `Received: from mail.example by inbound-smtp.eu-west-1.amazonaws.com with SMTP id ${id} for demo@in.example.com; now`,
    `X-SES-Spam-Verdict: ${spam}`,
    `X-SES-Virus-Verdict: ${virus}`,
    ...(results === '' ? [] : [`Authentication-Results: ${results}`]),
    '',
  ].join('\r\n');
}

export function mailOf({ headers = {}, text = 'Charged twice.', parts = [] }: Written = {}): string {
  const all = {
    ...{
      From: 'Anna <anna@mail.example>',
      To: 'demo@in.example.com',
      Subject: 'Invoice',
      'Message-ID': '<m-1@mail.example>',
    },
    ...{ Date: 'Fri, 27 Nov 2026 10:00:00 +0000', 'MIME-Version': '1.0', ...headers },
  };
  const head = Object.entries(all).flatMap(([name, value]) => (value === '' ? [] : [`${name}: ${value}`]));
  const plain = 'Content-Type: text/plain; charset=utf-8\r\n\r\n';
  if (parts.length === 0) return `${head.join('\r\n')}\r\n${plain}${text}\r\n`;
  const files = parts.map(({ type, name, content, inline }) => {
    const disposition = `${inline ? 'inline' : 'attachment'}${name === undefined ? '' : `; filename="${name}"`}`;
    return `--b\r\nContent-Type: ${type}\r\nContent-Disposition: ${disposition}\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(content).toString('base64')}\r\n`;
  });
  return `${head.join('\r\n')}\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${plain}${text}\r\n${files.join('')}--b--\r\n`;
}

/** The event of an object that is put now. */
export function put(
  bucket: string,
  key: string,
  bytes: Uint8Array | string,
  contentType = 'binary/octet-stream',
): object {
  const content = Buffer.from(bytes);
  world.files.set(`${bucket}/${key}`, { bytes: content, contentType, at: clock.now() });
  const etag = createHash('md5').update(content).digest('hex');
  return {
    ...{ id: `e-${key}`, source: 'aws.s3', 'detail-type': 'Object Created', time: '2026-11-27T10:00:00Z' },
    detail: { bucket: { name: bucket }, object: { key, etag, size: content.length } },
  };
}

export const come = (message: object, automation: object) =>
  arrive(sqsRecord(message), automation as never, ENV);
