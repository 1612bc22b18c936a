import * as z from 'zod/v4/core';
import type { Action } from '../contract/automation.ts';
import type { Proposal } from '../contract/item/proposal.ts';
import type { ParameterKind } from '../contract/parameters.ts';
import { compose, fieldOf, type Sources } from './compose.ts';
import { takesNoSentence } from './typed.ts';

/** Names of parameters that may not go out without a person. */
export interface Ungrounded {
  /** Not declared, or not of their kind. */
  names: readonly string[];
  /** Those among them that hold words (or may: lists, objects), not plain numbers. */
  words: readonly string[];
}

/**
 * Everything is ungrounded except what the action declares and what fits its declaration: a model's or a
 * stranger's words are no value of a list, no typed field, no passage and no text that composes again.
 */
export function ungroundedIn(proposal: Proposal, sources: Sources): Ungrounded {
  const kinds = sources.automation.actions[proposal.action]?.parameters ?? {};
  const names = ungroundedAmong(kinds, proposal, sources);
  return { names, words: names.filter((name) => !isPlain(proposal.parameters[name])) };
}

/** Names of values that are not what their declaration lets them be, or have none. */
export function ungroundedAmong(
  kinds: Readonly<Record<string, ParameterKind>>,
  proposal: Pick<Proposal, 'parameters' | 'composed'>,
  sources: Sources,
): string[] {
  return Object.entries(proposal.parameters)
    .filter(
      ([name, value]) =>
        value !== undefined &&
        !(Object.hasOwn(kinds, name) && isGrounded(kinds[name], name, value, proposal, sources)),
    )
    .map(([name]) => name);
}

/**
 * Texts among the parameters that nobody composed, by the declaration alone: for a proposal without an item.
 */
export function freeWordsIn(
  { parameters: kinds = {} }: Action,
  { parameters, composed = {} }: Proposal,
): string[] {
  return Object.entries(parameters).flatMap(([name, value]) => {
    const kind = Object.hasOwn(kinds, name) ? kinds[name]?.kind : undefined;
    const free =
      kind === undefined || kind === 'words' || (kind === 'composed' && !Object.hasOwn(composed, name));
    return free && !isPlain(value) ? [name] : [];
  });
}

function isPlain(value: unknown): boolean {
  return value === null || typeof value === 'number' || typeof value === 'boolean';
}

function isGrounded(
  kind: ParameterKind | undefined,
  name: string,
  value: unknown,
  proposal: Pick<Proposal, 'composed'>,
  sources: Sources,
): boolean {
  switch (kind?.kind) {
    case 'one of':
      return kind.values.some((it) => it === value);
    case 'label':
      return value === sources.item.label;
    case 'field':
      return value === (fieldOf(sources, kind.field) ?? null);
    case 'passage':
      return sources.passages.some(({ id }) => id === value);
    case 'matching':
      return takesNoSentence(kind.schema) && !isObject(value) && z.safeParse(kind.schema, value).success;
    case 'composed': {
      const recipe = proposal.composed?.[name];
      return recipe?.template === kind.template && compose(recipe, sources) === value;
    }
    case 'list':
      return (
        Array.isArray(value) &&
        value.length <= kind.most &&
        value.every((one) => isGrounded(kind.of, name, one, proposal, sources))
      );
    case 'words':
    case undefined:
      return false;
  }
}

/* An object has keys, which no schema of a value bounds. */
function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
