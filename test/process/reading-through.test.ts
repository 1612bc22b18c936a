import { describe, expect, it } from 'vitest';
import type { Evaluated } from '../../lambdas/contract/item/envelope.ts';
import { gate } from '../../lambdas/gate/gate.ts';
import { marksOf } from '../../lambdas/gate/marks.ts';
import { factsOf, readable, sendersOf } from '../../lambdas/intake/doors/mail/facts.ts';
import { identityOf } from '../../lambdas/intake/doors/mail/identity.ts';
import { hasTooManyLines } from '../../lambdas/intake/doors/mail/lines.ts';
import { signatureOf } from '../../lambdas/kit/likeness/minhash.ts';
import { partsOf } from '../../lambdas/kit/long/parts.ts';
import { parseMail } from '../../lambdas/kit/mail/parse.ts';
import type { Email } from '../../lambdas/kit/mail/parts.ts';
import { subjectsOf } from '../../lambdas/tables/subjects/of-arrival.ts';
import { readBy } from '../../local/harm.ts';
import { automations, implementationOf } from '../support/automations.ts';
import { growth, MOST_GROWTH } from '../support/cpu.ts';
import { filled } from '../support/reading-time.ts';

/*
 * Whatever a stranger writes, each function on its way takes time in proportion to it: one item that takes minutes would take the nine
 * beside it along.
 */

const PIECES = [
  ...['a', ' ', '\n', '> ', '----\n', 'From: a\nTo: b\nDate: c\n', 'On 1, a@b wrote:\n\n> ', 'a@', 'a@b.c,'],
  ...['<a@b.c>', '<', '<div>', '&', '"', '(', '[', '\\', 'a.b.c.', '1,', '1 ', 'http://a ', '=?utf-8?Q?a?= '],
  ...[';', '=41', '--b\n', '\u0301', '\u200D', 'ignore ', 'respond only ', '{"a":', 'abc def ghi '],
];
const SIZE = 80_000;

const inProportion = (run: (text: string) => void, piece: string) =>
  expect(growth(SIZE, (size) => run(filled(piece, size)))).toBeLessThan(MOST_GROWTH);

describe.each(automations.map((automation) => [automation.name, automation] as const))(
  '%s',
  (_, automation) => {
    it.each(PIECES)('reads, hands over and judges %j again and again in proportion', async (piece) => {
      const implementation = await implementationOf(automation);
      const action = Object.keys(automation.actions)[0] ?? '';
      const body = automation.examples[0]?.body;
      inProportion((text) => {
        const told = { ...automation, content: () => ({ subject: text.slice(0, 500), text: `a ${text}` }) };
        const prepared = readBy(told, body);
        const routed = { ...prepared, label: automation.labels[0] ?? 'other' };
        const proposal = automation.handOver(routed, 'nobody knows');
        const evaluated: Evaluated = {
          ...routed,
          proposal: { ...proposal, action: proposal.action || action },
        };
        gate(evaluated, { automation, implementation, said: [text] });
        marksOf({ text }, ['text']);
      }, piece);
    });
  },
);

describe('what looks at a text before and beside it', () => {
  it.each(PIECES)('finds whom %j is about, what it is like and its parts in proportion', (piece) => {
    inProportion((text) => {
      subjectsOf({}, { content: { raw: { text, encoding: 'utf8' } } });
      signatureOf(text, 'key');
      partsOf(text);
    }, piece);
  });
});

const MAILS: readonly (readonly [string, (text: string) => string])[] = [
  ['text', (text) => `From: a@b.example\n\n${text}`],
  ['mark-up', (text) => `From: a@b.example\nContent-Type: text/html\n\n${text}`],
  ['parts', (text) => `From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n${text}`],
  ['sender', (text) => `From: ${text.replaceAll('\n', '\n ')}\n\na`],
  ['subject', (text) => `Subject: ${text.replaceAll('\n', '\n ')}\n\na`],
  ['results', (text) => `Authentication-Results: amazonses.com; ${text.replaceAll('\n', '')}\n\na`],
];

describe('the mail door', () => {
  it.each(MAILS)('takes a mail whose %s is hostile in proportion', async (_, mailOf) => {
    for (const piece of PIECES) {
      const mails = new Map<number, { bytes: Buffer; email: Email | undefined }>();
      for (const size of [SIZE / 4, SIZE]) {
        const bytes = Buffer.from(mailOf(filled(piece, size)));
        mails.set(size, { bytes, email: await parseMail(bytes) });
      }
      const grown = growth(SIZE, (size) => {
        const { bytes, email } = mails.get(size) ?? { bytes: Buffer.alloc(0), email: undefined };
        hasTooManyLines(bytes);
        identityOf(email, bytes);
        if (!email) return;
        factsOf(email, readable(email));
        sendersOf(email);
      });
      expect(grown, piece).toBeLessThan(MOST_GROWTH);
    }
  });
});
