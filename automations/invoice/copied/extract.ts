import * as z from 'zod/mini';
import type { StepRunner } from '../../../lambdas/contract/automation.ts';
import type { Routed } from '../../../lambdas/contract/item/envelope.ts';
import { inWhole } from '../../../lambdas/kit/long/ask.ts';
import type { InvoiceRequest } from '../automation.ts';
import { lineWith, type ValueKind } from '../find.ts';
import extractV2 from '../prompts/extract.v2.md';
import { CURRENCIES, DAY, IBAN, NUMBER, VAT_ID } from '../shape.ts';

export const extractPrompt = { version: 'extract.v2', text: extractV2 };

const orEmpty = (pattern: RegExp, says: string) =>
  z.string().check(z.regex(new RegExp(`^$|${pattern.source}`), says));
const AMOUNT = /^(?:0|[1-9]\d{0,8})\.\d{2}$/;
const OR_EMPTY = 'must be an amount with two digits, such as "119.00", or empty';
const amount = z.string().check(z.regex(AMOUNT, 'must be an amount with two digits, such as "119.00"'));
const decimal = z
  .string()
  .check(z.regex(/^(?:0|[1-9]\d{0,8})(?:\.\d{1,6})?$/, 'must be a decimal with a point, such as "2.5"'));
const words = (most: number) => z.string().check(z.maxLength(most));

/** Of a longer invoice no line is copied: a person compares it. */
const MOST_LINES = 25;

const lines = z
  .array(
    z.strictObject({
      ...{ description: words(120), article: words(40) },
      ...{ quantity: decimal, unitPrice: decimal, net: amount },
    }),
  )
  .check(z.maxLength(MOST_LINES));

/** What a model copies out of a text; an empty text stands for what is not there. */
const copied = z.strictObject({
  number: z.string().check(z.regex(NUMBER, 'must be the number of the invoice, without blanks')),
  issueDate: z.string().check(z.regex(DAY, 'must be a day such as "2026-11-27"')),
  dueDate: orEmpty(DAY, 'must be a day such as "2026-12-27", or empty'),
  currency: z.enum(CURRENCIES),
  seller: words(80),
  vatId: orEmpty(VAT_ID, 'must be a VAT number without blanks, or empty'),
  iban: orEmpty(IBAN, 'must be an IBAN without blanks, or empty'),
  order: orEmpty(NUMBER, 'must be an order number without blanks, or empty'),
  lines,
  net: amount,
  vat: amount,
  gross: amount,
  brief: z.string().check(z.minLength(1), z.maxLength(400)),
});

export type Copied = z.output<typeof copied>;

type Value = Exclude<keyof Copied, 'lines'>;

const KINDS: Readonly<Partial<Record<Value, ValueKind>>> = {
  ...{ number: 'id', vatId: 'id', iban: 'id', order: 'id' },
  ...{ issueDate: 'day', dueDate: 'day' },
  ...{ net: 'amount', vat: 'amount', gross: 'amount' },
};

/** Of a part of a long text: what it does not name is empty. */
const copiedOfPart = z.strictObject({
  ...{
    number: orEmpty(NUMBER, 'must be the number of the invoice, or empty'),
    issueDate: orEmpty(DAY, 'must be a day, or empty'),
  },
  ...{ dueDate: copied.shape.dueDate, currency: z.enum(['', ...CURRENCIES]), seller: copied.shape.seller },
  ...{ vatId: copied.shape.vatId, iban: copied.shape.iban, order: copied.shape.order, lines },
  ...{ net: orEmpty(AMOUNT, OR_EMPTY), vat: orEmpty(AMOUNT, OR_EMPTY), gross: orEmpty(AMOUNT, OR_EMPTY) },
  brief: z.string().check(z.maxLength(400)),
});

type CopiedOfPart = z.output<typeof copiedOfPart>;

/**
 * One paid call, or one for each part of a long text: the facts, or why there are none, in fixed words.
 * @throws ProcessingError when a value that it names stands nowhere in the text, after one repair
 */
export async function copy(item: Routed<InvoiceRequest>, step: StepRunner): Promise<Copied | string> {
  const { label } = item;
  const asked = {
    prompt: extractPrompt,
    input: ({ text }: { text: string }) => ({ label, text }),
    missing: (answer: CopiedOfPart, { text }: { text: string }) => {
      const missing = notIn(text, answer);
      return missing.length === 0 ? undefined : `The text does not hold the value of ${missing.join(', ')}.`;
    },
  };
  if (item.whole === undefined) {
    const [all] = await inWhole(step, 'extract', item, { ...asked, schema: copied });
    return all as Copied;
  }
  return joined(await inWhole(step, 'extract', item, { ...asked, schema: copiedOfPart, note: EMPTY }));
}

const EMPTY =
  'Every value that this part does not name is an empty text, `brief` too. `lines` are those of this part.';

/** One invoice out of its parts. Two values of one field are two invoices, or somebody's trick. */
function joined(parts: readonly CopiedOfPart[]): Copied | string {
  const fields = Object.keys(copiedOfPart.shape).filter((field) => field !== 'lines') as Value[];
  const named = fields.map((field) => {
    const values = new Set(parts.map((part) => part[field]).filter((value) => value !== ''));
    return { field, values: [...values] };
  });
  const oneOfMany: readonly Value[] = ['brief', 'seller'];
  if (named.some(({ field, values }) => values.length > 1 && !oneOfMany.includes(field)))
    return 'parts of the text name different values of one field';
  const found = Object.fromEntries(named.map(({ field, values: [value = ''] }) => [field, value]));
  const all = parts.flatMap((part) => part.lines);
  // Some of the lines are none: what is left out would look like a bill for less.
  const kept = all.length > MOST_LINES ? [] : all;
  const whole = copied.safeParse({ ...found, lines: kept, vat: found.vat || '0.00' });
  return whole.success ? whole.data : 'no part of the text names all that an invoice must have';
}

/** Fields whose value the text does not hold. Nothing is copied that is not there. */
export function notIn(text: string, answer: Pick<CopiedOfPart, Value>): string[] {
  return Object.entries(KINDS).flatMap(([field, kind]) => {
    const value = answer[field as Value];
    // An invoice without VAT mostly says nothing about it.
    if (value === '' || (field === 'vat' && value === '0.00')) return [];
    return lineWith(text, kind, value) === undefined ? [`'${field}'`] : [];
  });
}
