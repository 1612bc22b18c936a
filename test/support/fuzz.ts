import fc from 'fast-check';
import { OPERATOR, SHOP } from './api.ts';
import { ANN, APPROVAL } from './desk.ts';
import { ID } from './fixtures.ts';

/*
 * Requests that nobody would send on purpose. The seed makes a run repeatable: what fails is printed with it.
 */

const SEED = 20261127;

/** Words that have broken somebody's code before, and any others. */
export const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 300 }),
  fc.constantFrom(
    ...[
      '',
      '0',
      '-1',
      '1e309',
      'NaN',
      'null',
      '__proto__',
      'constructor',
      'toString',
      '../../etc/passwd',
      '%00',
      '\u0000',
    ],
    ...[
      '\ud800',
      '\u202e',
      "' OR 1=1 --",
      '<script>',
      '{{x}}',
      'a'.repeat(5000),
      ID,
      APPROVAL,
      ANN,
      'demo',
      '*',
    ],
    ...[
      '2026-12-01',
      '2026-13-45T99:99:99Z',
      'application/json',
      'early',
      'Bearer x',
      '\r\nx: y',
      '=?utf-8?b?////?=',
    ],
  ),
);
/** Only what HTTP lets through, for requests that are made by a client of HTTP. */
export const token = fc
  .string({ unit: fc.constantFrom(...'abcXYZ019-_.~%/=+&?;, '), maxLength: 60 })
  .map((it) => it.trim());

const json = fc.oneof(
  fc.json({ maxDepth: 4 }),
  fc
    .dictionary(
      fc.constantFrom(
        'text',
        'subject',
        'html',
        'documents',
        'reason',
        'name',
        'contentType',
        'bytes',
        'on',
        'cursor',
        '__proto__',
      ),
      fc.oneof(word, fc.jsonValue(), fc.constant(['doc-' + '0'.repeat(32)])),
      { maxKeys: 6 },
    )
    .map((it) => JSON.stringify(it)),
  fc.constantFrom(
    '{"text":"hello"}',
    '{"text":"a","text":"b"}',
    '['.repeat(3000),
    '{"a":'.repeat(2000),
    '1e999',
    '"\\ud800"',
    '\ufeff{}',
    '{"text":"x"} trailing',
    '{"name":"a.pdf","contentType":"application/pdf","bytes":10}',
  ),
);
export const body = fc.oneof({ weight: 3, arbitrary: json }, { weight: 1, arbitrary: word });

/** A wait would be one: time stands still here. */
const unwaiting = (text: string) => text.replace(/wait/gi, 'w_it');
const HEADERS = [
  'idempotency-key',
  'prefer',
  'signalbox-priority',
  'signalbox-callback-url',
  'content-type',
  'accept',
  'cookie',
  'if-none-match',
  'x-forwarded-for',
  'host',
];
export const headers = fc.dictionary(
  fc.oneof(fc.constantFrom(...HEADERS), word),
  fc.oneof(
    word.map(unwaiting),
    fc.constantFrom('urgent', 'low', 'https://example.com/x', 'wait=0', 'wait=-1', 'text/html'),
  ),
  { maxKeys: 6 },
);
const QUERY = [
  'automation',
  'status',
  'since',
  'key',
  'reference',
  'limit',
  'cursor',
  'days',
  'from',
  'to',
  'format',
  't',
  'n',
];
export const query = fc.dictionary(fc.oneof(fc.constantFrom(...QUERY), word.map(unwaiting)), word, {
  maxKeys: 4,
});
const caller = fc.constantFrom(
  SHOP,
  OPERATOR,
  { ...OPERATOR, role: 'auditor' },
  { ...SHOP, automations: '*' },
  null,
);

export const given = fc.record({ headers, body, query, caller, base64: fc.boolean(), id: word });

export const each = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number, run: (one: T) => Promise<void>) =>
  fc.assert(fc.asyncProperty(arbitrary, run), { seed: SEED, numRuns });

export const MINUTES = 240_000;
