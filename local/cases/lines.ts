import { existsSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod/mini';
import { caseSchema } from '../../lambdas/api/openapi/approval-schemas.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { type Case, type CasePolicy, LANGUAGES } from '../../lambdas/contract/item/cases.ts';
import { UsageError } from '../usage.ts';

const texts = z.array(z.string().check(z.minLength(1)));
const amount = z.string().check(z.regex(/^\d{1,12}(?:\.\d{1,2})?$/, 'must be a decimal such as 24.90'));

/** A line of `cases.jsonl`: what `GET /v1/cases` gives, and what a team adds to it. */
export const lineSchema = z.extend(caseSchema, {
  documents: z.optional(texts),
  lookups: z.optional(z.record(z.string(), z.unknown())),
  down: z.optional(texts),
  action: z.optional(z.string()),
  actions: z.optional(texts),
  parameters: z.optional(z.record(z.string(), z.unknown())),
  expects: z.optional(
    z.strictObject({
      amount: z.optional(
        z.strictObject({
          ...{ is: z.optional(amount), atLeast: z.optional(amount), atMost: z.optional(amount) },
        }),
      ),
      cites: z.optional(texts),
      contains: z.optional(texts),
      lacks: z.optional(texts),
      language: z.optional(z.enum(LANGUAGES)),
    }),
  ),
});

/**
 * The cases of a file, in its order.
 * @throws UsageError naming the line, what is wrong with it, and what fits
 */
export function casesIn(
  text: string,
  file: string,
  { name, labels, actions, lookups = {} }: Automation,
): Case[] {
  const names = new Set<string>();
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return [];
    const wrong = (fault: string) => new UsageError(`line ${at + 1} of '${file}' ${fault}`);
    const { success, data, error } = z.safeParse(lineSchema, jsonOf(line, wrong));
    if (!success) {
      const [issue] = error.issues;
      throw wrong(`is no case: '${issue?.path.join('.') || '(all of it)'}': ${issue?.message}`);
    }
    if (names.has(data.name)) throw wrong(`has the name of an earlier case, '${data.name}': rename one`);
    names.add(data.name);
    if (!labels.includes(data.label))
      throw wrong(`has the label '${data.label}'; ${name} has ${labels.join(', ')}`);
    for (const action of [data.action ?? [], data.actions ?? []].flat())
      if (!Object.hasOwn(actions, action))
        throw wrong(`has the action '${action}'; ${name} has ${Object.keys(actions).join(', ')}`);
    for (const lookup of [...Object.keys(data.lookups ?? {}), ...(data.down ?? [])])
      if (!Object.hasOwn(lookups, lookup))
        throw wrong(`has the lookup '${lookup}'; ${name} has ${Object.keys(lookups).join(', ') || 'none'}`);
    for (const lookup of data.down ?? [])
      if (lookups[lookup]?.required !== false)
        throw wrong(
          `says that the lookup '${lookup}' is down: without it the item waits, and comes to nothing`,
        );
    for (const document of data.documents ?? [])
      if (!isBelow(document) || !existsSync(join('automations', name, document)))
        throw wrong(`names the document '${document}': there is no such file in automations/${name}`);
    return [data as Case];
  });
}

function jsonOf(line: string, wrong: (fault: string) => UsageError): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw wrong('is not JSON');
  }
}

const isBelow = (path: string) => !normalize(path).startsWith('..') && !path.startsWith('/');

/** The cases of an automation, or those of another file. @throws UsageError as `casesIn` does, and where there is no file */
export function readCases(automation: Automation, file = `automations/${automation.name}/cases.jsonl`) {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`'${file}' cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  return casesIn(text, file, automation);
}

/** What its `cases.ts` says of all its cases; nothing where it has none. @throws UsageError where it exports no `cases` */
export async function policyOf({ name }: Automation): Promise<CasePolicy> {
  const file = join('automations', name, 'cases.ts');
  if (!existsSync(file)) return {};
  const module: { cases?: CasePolicy } = await import(pathToFileURL(file).href);
  const { cases } = module;
  if (!cases) throw new UsageError(`'${file}' must export 'cases'`);
  const { least = 1 } = cases;
  if (!(least >= 0 && least <= 1))
    throw new UsageError(`'${file}': 'least' must be a share from 0 to 1, got ${least}`);
  return cases;
}
