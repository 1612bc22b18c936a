import * as z from 'zod/v4/core';
import type { Automation, StepPolicy } from '../../../lambdas/contract/automation.ts';
import type { ResolvedConfig } from '../../config.ts';

/** Older answers are those of another time: a year's habit proves nothing of today. */
const MOST_HOURS = 24 * 90;

/** What is wrong with a step that may use answers to similar questions. */
export function faultsInSimilar(
  step: string,
  { similar, confidence }: StepPolicy,
  { requester }: Pick<Automation, 'requester'>,
  endpoints: ResolvedConfig['endpoints'],
): string[] {
  if (!similar) return [];
  const { hours, wrongAtMost, answer, carries = [] } = similar;
  // Synth strips types and checks none: anything may stand here.
  const isSchema = answer instanceof z.$ZodType;
  const wrong: [boolean, string][] = [
    [
      !(hours > 0 && hours <= MOST_HOURS),
      `'similar.hours' must be above 0, at most ${MOST_HOURS}, got '${hours}'`,
    ],
    [
      !(wrongAtMost >= 0.001 && wrongAtMost <= 0.05),
      `'similar.wrongAtMost' must be from 0.001 to 0.05, got '${wrongAtMost}'`,
    ],
    [
      confidence !== undefined,
      "'similar' and 'confidence' exclude each other: how sure a model was of another question says nothing of this one",
    ],
    [
      answer === undefined && step !== 'route',
      "'similar' needs 'answer', the schema of what the step answers: synth reads in it what an answer carries",
    ],
    [
      answer !== undefined && !isSchema,
      "'similar.answer' must be a schema of zod, such as z.strictObject({ fits: z.boolean() })",
    ],
    [
      requester === undefined,
      "'similar' needs the automation's 'requester': without it whoever posts twice is two senders, and gives everybody an answer",
    ],
    [
      !Object.values(endpoints).some(({ models }) => models.some(({ kind }) => kind === 'embeddings')),
      "'similar' compares by vectors, which no endpoint makes: add a model with `kind: 'embeddings'` to the configuration",
    ],
  ];
  const open = answer && isSchema ? openFields(z.toJSONSchema(answer) as Node) : [];
  const undeclared = open.filter(({ at }) => !carries.includes(at));
  return [
    ...wrong.filter(([is]) => is).map(([, fault]) => fault),
    ...undeclared.map(
      ({ at, why }) =>
        `the field '${at}' of 'similar.answer' ${why}, and would reach another item: leave it out of the answer, or name it in 'similar.carries'`,
    ),
    ...carries
      .filter((name) => !open.some(({ at }) => at === name))
      .map((name) => `'similar.carries' names '${name}', which is no such field of 'similar.answer'`),
  ];
}

interface Node {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Node>;
  items?: Node;
  additionalProperties?: Node | boolean;
  anyOf?: Node[];
  oneOf?: Node[];
  allOf?: Node[];
  prefixItems?: Node[];
  $ref?: string;
}

/** In any language a field may be called otherwise: what its type leaves open counts first, and its name where that is closed. */
const MONEY = /amount|price|total|cost|fee|money|refund|salary|balance|sum$|betrag|preis|montant|importe/i;
const IDENTITY =
  /name|email|phone|address|iban|account|customer|person|recipient|iden|passport|ssn|birth|vendor|supplier/i;

interface Open {
  at: string;
  why: string;
}

/** Fields whose value could be one item's own: free words, numbers, and what is called as money or people are. */
function openFields(node: Node, at = ''): Open[] {
  const here = at === '' ? 'answer' : at;
  if (node.$ref !== undefined)
    return [{ at: here, why: 'refers to another schema, which synth does not follow' }];
  const parts = [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])];
  if (parts.length > 0) return unique(parts.flatMap((part) => openFields(part, at)));
  const name = at.split('.').at(-1) ?? '';
  const called = MONEY.test(name)
    ? 'is called as money is'
    : IDENTITY.test(name)
      ? 'is called as people are'
      : undefined;
  if (node.enum || node.const !== undefined) return called ? [{ at: here, why: called }] : [];
  const types = [node.type].flat();
  if (types.includes('object') || node.properties) {
    const inner = Object.entries(node.properties ?? {}).flatMap(([key, value]) =>
      openFields(value, at === '' ? key : `${at}.${key}`),
    );
    const rest = node.additionalProperties;
    return unique([
      ...inner,
      ...(typeof rest === 'object' || rest === true ? [{ at: here, why: 'takes any field' }] : []),
    ]);
  }
  if (types.includes('array'))
    return unique(
      [...(node.prefixItems ?? []), ...(node.items ? [node.items] : [])].flatMap((it) => openFields(it, at)),
    );
  if (types.every((type) => type === 'boolean' || type === 'null'))
    return called ? [{ at: here, why: called }] : [];
  return [{ at: here, why: called ?? (types.includes('string') ? 'takes any words' : 'takes any number') }];
}

function unique(found: readonly Open[]): Open[] {
  return [...new Map(found.map((it) => [it.at, it])).values()];
}
