import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import { automation, type Demo } from '../../support/fixtures.ts';
import { come, mailOf, put, received } from '../../support/mails.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/bucket/bytes.ts', () => import('../../support/bucket.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

/* Whatever comes is one item: fitting, unfit or refused; and nothing of it is left where it came. */

const open: Automation<Demo> = {
  ...automation,
  documents: { types: ['pdf', 'csv', 'text'], mostBytes: 1000, mostPages: 10 },
  doors: {
    mail: { body: ({ subject, text, html }) => ({ subject: subject.slice(0, 20), text, html }) },
    drop: { body: ({ name }) => ({ text: name }) },
  },
};

const items = () => world.tables.all('items') as unknown as ItemRow[];

const header = fc.constantFrom(
  ...[
    'From',
    'To',
    'Subject',
    'Content-Type',
    'Content-Transfer-Encoding',
    'Authentication-Results',
    'Received',
  ],
  ...['Content-Disposition', 'Return-Path', 'Auto-Submitted', 'Message-ID', 'Date', 'X-SES-Virus-Verdict'],
);
const value = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.constantFrom(
    ...[
      'multipart/mixed; boundary=b',
      'multipart/mixed; boundary=',
      'text/html; charset=utf-7',
      'base64',
      'quoted-printable',
    ],
    ...[
      'message/rfc822',
      '=?utf-8?B?/////w?=',
      'a@b.c, "x" <',
      '(((((',
      'amazonses.com; dmarc=pass',
      '\r\n folded',
      'FAIL',
    ],
  ),
);
const written = fc
  .tuple(
    fc.array(fc.tuple(header, value), { maxLength: 12 }),
    fc.array(fc.oneof(fc.string(), fc.constant('--b')), { maxLength: 20 }),
  )
  .map(([headers, lines]) =>
    Buffer.from(`${headers.map(([name, it]) => `${name}: ${it}`).join('\r\n')}\r\n\r\n${lines.join('\r\n')}`),
  );
/** A whole mail with a piece taken out, or put in. */
const damaged = fc
  .tuple(fc.nat(800), fc.nat(200), fc.uint8Array({ maxLength: 40 }))
  .map(([from, length, instead]) => {
    const whole = Buffer.from(
      received() + mailOf({ parts: [{ type: 'application/pdf', name: 'a.pdf', content: '%PDF' }] }),
    );
    return Buffer.concat([whole.subarray(0, from), instead, whole.subarray(from + length)]);
  });

it('any bytes that come as a mail are one item', async () => {
  const any = fc.oneof(fc.uint8Array({ maxLength: 300 }), written, damaged);
  await fc.assert(
    fc.asyncProperty(any, async (bytes) => {
      world.reset();
      time.freeze();
      const event = put('mails', 'demo/m', bytes);
      await come(event, open);
      await come(event, open);

      expect(items()).toHaveLength(1);
      expect([...world.files.keys()].filter((key) => key.startsWith('mails/'))).toEqual([]);
    }),
    { numRuns: 1500, seed: 14 },
  );
});

it('any object that is dropped is one item, or one for each of its lines', async () => {
  const name = fc.oneof(
    fc.constantFrom('a.json', 'a.ndjson', 'a.pdf', 'a.exe', 'x/../a.csv'),
    fc.string({ minLength: 1 }),
  );
  await fc.assert(
    fc.asyncProperty(
      name,
      fc.oneof(fc.uint8Array({ maxLength: 100 }), fc.json().map(Buffer.from)),
      async (key, bytes) => {
        world.reset();
        time.freeze();
        const event = put('drops', `demo/${key}`, bytes);
        await come(event, open);
        const first = items().length;
        await come(event, open);

        expect(first).toBeGreaterThan(key.endsWith('/') ? -1 : 0);
        expect(items()).toHaveLength(first);
      },
    ),
    { numRuns: 1500, seed: 14 },
  );
});
