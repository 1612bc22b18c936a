import { createHash, createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochSeconds, isoNow } from '../../lambdas/kit/clock.ts';
import { digest, mailboxOf, newLinkToken, sha256 } from '../../lambdas/kit/digest.ts';
import { cents } from '../../lambdas/kit/numbers/money.ts';
import { signature } from '../../lambdas/outbound/signature.ts';
import { budgetKey, newItemId } from '../../lambdas/tables/keys.ts';
import { time } from '../support/world.ts';

const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, shuffled(member)]),
  );
};

describe('the digest of a document', () => {
  it('does not depend on the order of keys, and survives the way through the bucket', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(digest(shuffled(value))).toBe(digest(value));
        expect(digest(JSON.parse(JSON.stringify(value)))).toBe(digest(value));
      }),
      { numRuns: 500 },
    );
  });

  it('survives the bucket also with what JSON does not keep', () => {
    for (const value of [
      { a: undefined },
      [undefined],
      { a: Number.NaN },
      { a: -0 },
      { a: 'half \uD83D' },
      { 'ключ\u2028': '"' },
    ]) {
      expect(digest(JSON.parse(JSON.stringify(value)))).toBe(digest(value));
    }
  });

  it('is another one for another document, however alike', () => {
    const documents = [
      {},
      [],
      null,
      '',
      0,
      false,
      'null',
      { a: 1 },
      { a: '1' },
      { a: [1] },
      { a: { b: 1 } },
      { 'a":1,"b': 2 },
      { a: 1, b: 2 },
      [1, 2],
      [[1], 2],
      ['1,2'],
      { a: 'x' },
      { a: 'X' },
      { a: 'x ' },
      { a: '\u0065\u0301' },
      { a: '\u00e9' },
    ];

    expect(new Set(documents.map(digest)).size).toBe(documents.length);
  });

  it('is that of what JSON says: a date is its text, and what writes itself is what it writes', () => {
    const due = new Date(0);
    const money = { toJSON: () => '24.90' };

    expect(digest({ due, money })).toBe(digest({ due: '1970-01-01T00:00:00.000Z', money: '24.90' }));
    expect(digest({ due })).not.toBe(digest({ due: new Date(1) }));
    expect([digest(undefined), digest(Number.NaN)]).toEqual([digest(null), digest(null)]);
  });

  it('changes with any change of a value', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.string(),
        fc.jsonValue(),
        (document, key, value) => {
          const changed = { ...document, [key]: value };
          if (JSON.stringify(shuffled(changed)) === JSON.stringify(shuffled(document))) return;
          if (Object.hasOwn(document, key) && digest(document[key]) === digest(value)) return;
          expect(digest(changed)).not.toBe(digest(document));
        },
      ),
    );
  });

  it('is SHA-256, as others would compute it', () => {
    expect(digest({ b: [true, null], a: 'é' })).toBe(
      createHash('sha256').update('{"a":"é","b":[true,null]}').digest('hex'),
    );
    expect(sha256('')).toMatch(/^e3b0c442/);
  });
});

describe('a mailbox', () => {
  it('is one, however mail programs and people write it', () => {
    for (const written of [
      ...['ann@example.com', ' Ann@Example.com ', 'ann+shop@example.com', 'Ann Lee <ann@example.com>'],
      ...['"Lee, Ann" <ANN+a@example.com>', '<ann@example.com>'],
    ])
      expect(mailboxOf(written)).toBe('ann@example.com');
    expect(mailboxOf('a.nn@example.com')).toBe('a.nn@example.com');
    expect(mailboxOf('customer <7>')).toBe('customer <7>');
  });

  it('is told in time of a text that was written against it', () => {
    const began = performance.now();
    for (const text of ['<'.repeat(50_000), '<@'.repeat(50_000), `<${'a@'.repeat(50_000)}>`]) mailboxOf(text);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});

describe('names that nobody can guess', () => {
  it('have 128 and 256 random bits and fit where they are used', () => {
    const ids = new Set(Array.from({ length: 1000 }, () => newItemId('demo')));
    const links = new Set(Array.from({ length: 1000 }, newLinkToken));

    expect([ids.size, links.size]).toEqual([1000, 1000]);
    for (const id of ids) expect(id).toMatch(/^demo_[0-9a-f]{32}$/);
    for (const link of links) expect(Buffer.from(link, 'base64url')).toHaveLength(32);
  });
});

describe('a signature', () => {
  it('binds its parts to a time', () => {
    const signed = signature('key', ['k-1', 'item-1', '{"a":1.5}'], 1_700_000_000);

    expect(signed).toBe(
      `t=1700000000,v1=${createHmac('sha256', 'key').update('1700000000.k-1.item-1.{"a":1.5}').digest('hex')}`,
    );
    expect(signature('key', ['k-1', 'item-1', '{"a":1.5}'], 1_700_000_001)).not.toBe(signed);
    expect(signature('other', ['k-1', 'item-1', '{"a":1.5}'], 1_700_000_000)).not.toBe(signed);
  });

  it('is not made where a dot would let one part be read as two', () => {
    expect(() => signature('key', ['k.1', 'item-1', '{}'])).toThrow('read as two');
    expect(() => signature('key', ['k-1', 'item.1', '{}'])).toThrow('read as two');
  });
});

describe('the clock', () => {
  it('tells one time in each of its forms, and the day of a budget in UTC', () => {
    time.freeze();
    time.at = Date.parse('2026-12-01T23:59:59.600Z');

    expect(isoNow()).toBe('2026-12-01T23:59:59.600Z');
    expect(epochSeconds()).toBe(1_796_169_599);
    expect(epochSeconds(0.2)).toBe(1_796_169_600);
    expect(budgetKey('demo')).toBe('demo_budget#2026-12-01');
  });
});

describe('an amount', () => {
  it.each([
    ['0', 0],
    ['1', 100],
    ['240.00', 24000],
    ['24.9', 2490],
    ['0.01', 1],
    ['19.99', 1999],
    ['999999999999.99', 99999999999999],
  ])('%s is %i cents', (amount, whole) => {
    expect(cents(amount)).toBe(whole);
  });

  it.each([
    '',
    ' 1',
    '1 ',
    '-1',
    '+1',
    '01',
    '1.',
    '.5',
    '1.234',
    '1,00',
    '1e3',
    '0x10',
    'NaN',
    'Infinity',
    '1_000',
    '١',
    '1.0.0',
    '9'.repeat(13),
    '1\n',
  ])('%j is none', (amount) => {
    expect(cents(amount)).toBeNull();
  });

  it('is read as it is written, for every cent', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999_999_999 }), (whole) => {
        expect(cents(`${Math.floor(whole / 100)}.${String(whole % 100).padStart(2, '0')}`)).toBe(whole);
      }),
    );
  });
});
