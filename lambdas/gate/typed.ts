import * as z from 'zod/v4/core';
import type { Automation } from '../contract/automation.ts';

/* What no form allows: sentences, links with a path, mark-up, line ends, scripts without blanks. */
const SENTENCES = [
  'your account is frozen',
  'Zahlen Sie heute noch.',
  'https://example.com/pay?now=1',
  'see example.com/pay now',
  'please\nread on',
  '<a href="https://example.com">here</a>',
  'アカウントは凍結されました',
  '账户已被冻结请立即付款',
  'حسابك مجمد',
  // Short ones too, or a length alone would make a form.
  'a b',
  'x.yz/1',
  '<b>',
  '钱',
];

const judged = new WeakMap<z.$ZodType, boolean>();

/** True if a schema bounds a value to a form: none of the sentences passes. */
export function takesNoSentence(schema: z.$ZodType): boolean {
  const verdict = judged.get(schema) ?? SENTENCES.every((sentence) => !z.safeParse(schema, sentence).success);
  judged.set(schema, verdict);
  return verdict;
}

/** By body: if a schema has several kinds, a field that one bounds may take a sentence in another. */
const fields = new WeakMap<Automation, WeakMap<object, Map<string, boolean>>>();

/** True if the automation's schema bounds this field of the body to a form and `content` does not read it. */
export function isTyped(automation: Automation, body: unknown, field: string): boolean {
  if (typeof body !== 'object' || body === null) return false;
  const bodies = fields.get(automation) ?? new WeakMap<object, Map<string, boolean>>();
  fields.set(automation, bodies);
  const known = bodies.get(body) ?? new Map<string, boolean>();
  bodies.set(body, known);
  const verdict = known.get(field) ?? judgeField(automation, body, field);
  known.set(field, verdict);
  return verdict;
}

function judgeField({ schema, content }: Automation, body: object, field: string): boolean {
  const read = new Set<PropertyKey>();
  content(
    new Proxy(body, {
      get: (target, key, receiver) => {
        read.add(key);
        return Reflect.get(target, key, receiver);
      },
      // Code that spreads the body reads all of it.
      ownKeys: (target) => {
        for (const key of Reflect.ownKeys(target)) read.add(key);
        return Reflect.ownKeys(target);
      },
    }),
    [],
  );
  if (read.has(field)) return false;
  return SENTENCES.every((sentence) => {
    const { success, error } = z.safeParse(schema, { ...body, [field]: sentence });
    return !success && error.issues.some(({ path }) => path[0] === field);
  });
}
