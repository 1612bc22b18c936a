import { describe, expect, it } from 'vitest';
import { PERSONAL_KINDS, type PersonalKind } from '../../lambdas/contract/item/privacy.ts';
import { detect } from '../../lambdas/privacy/detect/detect.ts';
import { recognise } from '../../lambdas/privacy/names/names.ts';
import { growth, MOST_GROWTH } from '../support/cpu.ts';

function found(text: string, kinds: readonly PersonalKind[] = PERSONAL_KINDS): string[] {
  return detect(text, kinds).map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`);
}

/* Examples that standards, banks and offices publish, and numbers that are one digit off. */
const TRUE: Readonly<Partial<Record<PersonalKind, readonly string[]>>> = {
  card: [
    '4111 1111 1111 1111',
    '4111111111111111',
    '5555-5555-5555-4444',
    '3782 822463 10005',
    '6011111111111117',
    '3530111333300000',
    '30569309025904',
  ],
  iban: [
    'DE89 3704 0044 0532 0130 00',
    'GB82WEST12345698765432',
    'FR14 2004 1010 0505 0001 3M02 606',
    'NL91 ABNA 0417 1643 00',
  ],
  email: ['anna.berg+shop@mail.example.com', "o'hara@example.org", 'müller@bücher.example', 'a@b.co'],
  phone: [
    '+49 30 1234567',
    '+1 (415) 555-0132',
    '0044 20 7946 0018',
    '(415) 555-0132',
    '415-555-0132',
    '030 / 123 45 67',
    '01 23 45 67 89',
    '612 345 678',
  ],
  social: [
    '219-09-9999',
    'AB 12 34 56 C',
    '756.9217.0769.85',
    '15070649C103',
    '131052-308T',
    '811228-9874',
    '44051401359',
    '85.07.30-033.28',
    '9999 4105 7058',
  ],
  tax: [
    '86095742719',
    'DE136695976',
    '12345678Z',
    'X1234567L',
    'RSSMRA85T10A562S',
    'IT00743110157',
    '123-456-32-18',
    '529.982.247-25',
  ],
  health: ['943 476 5919', 'A123456780', '1EG4-TE5-MK73'],
  passport: ['L898902C36UTO7408122F1204159ZE184226B<<<<<10'],
  licence: ['MORGA657054SM9IJ'],
  ip: ['192.168.2.17', '2001:db8:85a3::8a2e:370:7334', '2001:0db8:85a3:0000:0000:8a2e:0370:7334'],
  mac: ['00:1B:44:11:3A:B7', '00-1b-44-11-3a-b7', '001b.4411.3ab7'],
  url: [
    'https://shop.example.com/reset?token=8f2c91d0aa',
    'https://ann:hunter22@example.com/inbox',
    'https://example.com/verify/9d1f02aa77',
  ],
  secret: [
    'AKIAIOSFODNN7EXAMPLE',
    `ghp_${'a1B2'.repeat(9)}`,
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N',
  ],
  crypto: [
    '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa',
    'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
    '0x52908400098527886E0F7030069857D2E4169EE7',
  ],
};

/* What is no number of one kind may still look like one of another: a broken IBAN holds what may be a phone number. */
const FALSE: Readonly<Record<string, readonly string[]>> = {
  'a card with a wrong check digit': ['4111 1111 1111 1112', '4111111111111112'],
  'a card in groups that no card has': ['411 111 111 111 1111', '41 111 111 11 111111'],
  'an IBAN with a wrong check digit, or cut short': [
    'DE88 3704 0044 0532 0130 00',
    'DE89 3704 0044 0532 0130',
  ],
  'an address without a domain, a time, a ratio': ['ann@', '@ann', '12:30:15', '16:9', 'a@b'],
  'a date, an amount, an order number': [
    '2026-11-27',
    '27.11.2026',
    'EUR 1,234,567.89',
    'order 1182',
    '#W9958106',
    '10000000',
  ],
  'a version and a chapter': ['version 1.2.3.4', 'v10.0.0.1'],
  'a number of a state with a wrong check digit': [
    '86095742718',
    '12345678A',
    '123-456-32-19',
    '44051401358',
    '756.9217.0769.86',
    '943 476 5918',
    '000-12-3456',
  ],
  'an address of the web that tells nothing': ['https://example.com/help?page=2', 'https://example.com/'],
  'a label without a number': [
    'my account number is wrong',
    'passport please',
    'the password reset does not work',
    'please reset the password for me',
  ],
};

const ONLY: Readonly<Record<string, readonly PersonalKind[]>> = {
  'a card in groups that no card has': ['card'],
  'an IBAN with a wrong check digit, or cut short': ['iban'],
  'a number of a state with a wrong check digit': ['social', 'tax', 'health'],
};

describe('personal data is found', () => {
  for (const [kind, values] of Object.entries(TRUE))
    it.each(values.map((value) => [value]))(`${kind}: %s`, (value) => {
      const text = `Please note: ${value} is mine, thank you.`;
      expect(found(text)).toEqual([`${kind} ${value}`]);
    });

  for (const [what, values] of Object.entries(FALSE))
    it.each(values.map((value) => [value]))(`but not ${what}: %s`, (value) => {
      const kinds = ONLY[what] ?? PERSONAL_KINDS;
      expect(found(`Please note: ${value} as I said.`, kinds)).toEqual([]);
    });

  it('by its label, where it has no check digit', () => {
    expect(found('Passport no. X1234567, issued in Ghent')).toEqual(['passport X1234567']);
    expect(found("my driver's licence number is D245-938-19")).toEqual(['licence D245-938-19']);
    expect(found('Routing number 021000021 and account 7391028373')).toEqual([
      'bank 021000021',
      'bank 7391028373',
    ]);
    expect(found('Routing number 021000022')).toEqual([]);
    expect(found('Patient ID: AHC-0933289')).toEqual(['health AHC-0933289']);
    expect(found('password: correct-horse')).toEqual(['secret correct-horse']);
    expect(found('the password is Tr0ub4dor&3.')).toEqual(['secret Tr0ub4dor&3']);
    expect(found('PIN 4711')).toEqual(['secret 4711']);
  });

  it('by its label in a question, where the next line answers it', () => {
    const asked = '[10:02 AM] Support: What is your account number?\n[10:03 AM] Ann: Sure, it’s 7391028373.';
    expect(found(asked)).toEqual(['bank 7391028373']);
    expect(found('Did you lose your passport?\nAnn: Yes, on 7391028373 Street')).toEqual([]);
  });

  it('by the names that people have, in letters large and small', () => {
    const names = (text: string) =>
      detect(text, ['name'], recognise).map(({ start, end }) => text.slice(start, end));
    expect(names('Dear Mr. van der Berg, I met Anna Lindqvist.')).toEqual(['van der Berg', 'Anna Lindqvist']);
    expect(names('INVOICE FOR ANNA BERG, HAMBURG')).toEqual(['ANNA BERG']);
    expect(names('Thanks for all.\n\nKind regards,\nJózef')).toEqual(['Józef']);
    expect(names('Please wait until May or June. We Will Call On Monday.')).toEqual([]);
    expect(names('Our Grace Period ends. GRACE PERIOD. @anna #anna anna_1')).toEqual([]);
  });

  it('among other numbers, as in a row of a table', () => {
    expect(found('17 4 4111 1111 1111 1111 240.00')).toEqual(['card 4111 1111 1111 1111']);
  });

  it('once where two patterns meet, by the surer one', () => {
    expect(found('card 4111 1111 1111 1111, call +49 30 1234567')).toEqual([
      'card 4111 1111 1111 1111',
      'phone +49 30 1234567',
    ]);
    expect(found('see https://example.com/?mail=ann@example.com&token=12345678')).toEqual([
      'url https://example.com/?mail=ann@example.com&token=12345678',
    ]);
  });

  it('of the kinds that are wanted, and a card is no phone where cards are not', () => {
    expect(found('4111 1111 1111 1111 and ann@example.com', ['email'])).toEqual(['email ann@example.com']);
    expect(found('4111 1111 1111 1111', ['phone'])).toEqual([]);
  });
});

describe('in proportion to the text', () => {
  const HOSTILE: Readonly<Record<string, string>> = {
    digits: '4111 1111 1111 1111 ',
    'digits and signs': '1-1.1/1 ',
    letters: 'a',
    'half an address': 'a.b@c.',
    'half a label': 'account number is ',
    'half a password': 'password is the ',
    'names and particles': 'Anna van der ',
    streets: '12 Main Big Long ',
    addresses: 'https://a.b/?',
    colons: 'aaaa:',
  };
  it.each(Object.entries(HOSTILE))('%s', (_, piece) => {
    const run = (size: number) =>
      detect(piece.repeat(Math.ceil(size / piece.length)), PERSONAL_KINDS, recognise);
    expect(growth(400_000, run)).toBeLessThan(MOST_GROWTH);
  });
});
