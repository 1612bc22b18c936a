import * as z from 'zod/mini';
import type { StepRunner } from '../../lambdas/contract/automation.ts';
import type { Routed } from '../../lambdas/contract/item/envelope.ts';
import { compare, exact, plus } from '../../lambdas/kit/money.ts';
import type { InvoiceRequest } from './automation.ts';
import { doubtsAbout, isDay } from './checks.ts';
import { lineWith, type ValueKind } from './find.ts';
import extractV1 from './prompts/extract.v1.md';
import { CURRENCIES, DAY, IBAN, NUMBER, VAT_ID } from './shape.ts';
import type { Vendor } from './vendors.ts';

export const extractPrompt = { version: 'extract.v1', text: extractV1 };

const orEmpty = (pattern: RegExp, says: string) =>
  z.string().check(z.regex(new RegExp(`^$|${pattern.source}`), says));
const amount = z
  .string()
  .check(z.regex(/^(?:0|[1-9]\d{0,8})\.\d{2}$/, 'must be an amount with two digits, such as "119.00"'));

/** What a model copies out of a text; an empty text stands for what is not there. */
const copied = z.strictObject({
  number: z.string().check(z.regex(NUMBER, 'must be the number of the invoice, without blanks')),
  issueDate: z.string().check(z.regex(DAY, 'must be a day such as "2026-11-27"')),
  dueDate: orEmpty(DAY, 'must be a day such as "2026-12-27", or empty'),
  currency: z.enum(CURRENCIES),
  vatId: orEmpty(VAT_ID, 'must be a VAT number without blanks, or empty'),
  iban: orEmpty(IBAN, 'must be an IBAN without blanks, or empty'),
  order: orEmpty(NUMBER, 'must be an order number without blanks, or empty'),
  net: amount,
  vat: amount,
  gross: amount,
  brief: z.string().check(z.minLength(1), z.maxLength(400)),
});

export type Copied = z.output<typeof copied>;

const KINDS: Readonly<Partial<Record<keyof Copied, ValueKind>>> = {
  ...{ number: 'id', vatId: 'id', iban: 'id', order: 'id' },
  ...{ issueDate: 'day', dueDate: 'day' },
  ...{ net: 'amount', vat: 'amount', gross: 'amount' },
};

/** One paid call. @throws ProcessingError when a value that it names stands nowhere in the text, after one repair */
export function copy(item: Routed<InvoiceRequest>, step: StepRunner): Promise<Copied> {
  const { text, label } = item;
  return step.model('extract', {
    prompt: extractPrompt,
    input: { label, text },
    schema: copied,
    missing: (answer) => {
      const missing = notIn(text, answer);
      return missing.length === 0 ? undefined : `The text does not hold the value of ${missing.join(', ')}.`;
    },
  });
}

/** Fields whose value the text does not hold. Nothing is copied that is not there. */
export function notIn(text: string, answer: Copied): string[] {
  return Object.entries(KINDS).flatMap(([field, kind]) => {
    const value = answer[field as keyof Copied];
    // An invoice without VAT mostly says nothing about it.
    if (value === '' || (field === 'vat' && value === '0.00')) return [];
    return lineWith(text, kind, value) === undefined ? [`'${field}'`] : [];
  });
}

/** What does not hold in what was copied, in fixed words. */
export function copiedFaults(found: Omit<Copied, 'brief'>, vendor: Vendor | undefined): string[] {
  const [net, vat, gross] = [found.net, found.vat, found.gross].map(exact);
  const holds = net && vat && gross && compare(plus(net, vat), gross) === 0;
  const facts = {
    ...{ seller: { vatId: found.vatId }, buyer: {}, typeCode: '380' },
    payment: { accounts: found.iban ? [{ iban: found.iban }] : [] },
  };
  const faults: [boolean, string][] = [
    [!holds, 'the gross total is not net plus VAT'],
    [!isDay(found.issueDate), 'the date of issue is no day of the calendar'],
    [found.dueDate !== '' && !isDay(found.dueDate), 'the due date is no day of the calendar'],
    [found.dueDate !== '' && found.dueDate < found.issueDate, 'it is due before it was issued'],
  ];
  return [...doubtsAbout(facts, vendor), ...faults.filter(([is]) => is).map(([, fault]) => fault)];
}
