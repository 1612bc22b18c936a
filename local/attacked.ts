import * as z from 'zod/v4/core';
import type { Automation } from '../lambdas/contract/automation.ts';
import { isTyped } from '../lambdas/gate/typed.ts';
import type { Attack } from './attacks.ts';

/* Where an attack stands in what comes to an automation. */

type Body = Record<string, unknown>;

/** The body of an example that acts, if one does, with the attack in every field that takes free text. */
export function bodyOf(automation: Automation, { text, html }: Pick<Attack, 'text' | 'html'>): Body {
  const example = exampleOf(automation);
  const free = Object.keys(example).filter((name) => !isTyped(automation, example, name));
  const typed = Object.fromEntries(Object.entries(example).filter(([name]) => !free.includes(name)));
  const asHtml = { ...typed, html };
  if (html !== undefined && z.safeParse(automation.schema, asHtml).success) return asHtml;
  const words = wordsOf({ text, html });
  return { ...typed, ...Object.fromEntries(free.map((name) => [name, words])) };
}

/** Its words where there is no HTML. */
export const wordsOf = ({ text, html }: { text: string; html?: string | undefined }): string =>
  text || (html ?? '').replaceAll(/<[^>]*>/g, ' ');

/** One that acts, if one does. */
export const exampleOf = ({ examples }: Automation) =>
  (examples.find((it) => it.expect === 'act') ?? examples[0])?.body as Body;

/** The parts of an amount that the rules grant, where a declaration exports them by label and rule. */
export async function sharesOf({ name }: Automation): Promise<number[] | undefined> {
  const { GRANTED_BY } = await import(`../automations/${name}/automation.ts`);
  return (
    GRANTED_BY && Object.values(GRANTED_BY as Record<string, Record<string, number>>).flatMap(Object.values)
  );
}
