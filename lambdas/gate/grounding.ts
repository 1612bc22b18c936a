import * as z from 'zod/v4/core';
import type { Action } from '../contract/automation.ts';
import { isAnswerOf, type ProposedAction } from '../contract/item/proposal.ts';
import type { ParameterKind } from '../contract/parameters.ts';
import { compose, fieldOf, type Sources, wasSaid } from './compose.ts';
import { takesNoSentence } from './typed.ts';

/** Names of parameters that may not go out without a person. */
export interface Ungrounded {
  /** Not declared, or not of their kind. */
  names: readonly string[];
  /** Those among them that hold words (or may: lists, objects), not plain numbers. */
  words: readonly string[];
}

/** A proposal's action, with what an `AnswerOf` in it may be about. */
type Placed = Pick<ProposedAction, 'parameters' | 'composed'> & {
  /** The actions before it in the list. @default none */
  earlier?: readonly Pick<ProposedAction, 'action' | 'parameters'>[];
};

/**
 * Everything is ungrounded except what the action declares and what fits its declaration: a model's or a
 * stranger's words are no value of a list, no typed field, no passage and no text that composes again.
 */
export function ungroundedIn(proposal: Placed & { action: string }, sources: Sources): Ungrounded {
  const kinds = sources.automation.actions[proposal.action]?.parameters ?? {};
  const names = ungroundedAmong(kinds, proposal, sources).filter(
    (name) => !isFallback(name, sources.automation.actions[proposal.action], proposal, sources),
  );
  return { names, words: names.filter((name) => !isPlain(proposal.parameters[name])) };
}

/** The text that goes out where a mail's own is none that code composed. */
function isFallback(name: string, action: Action | undefined, proposal: Placed, sources: Sources): boolean {
  const { text, fallback } = action?.email ?? {};
  if (name !== text || fallback === undefined) return false;
  return isGrounded(
    { kind: 'composed', template: fallback },
    name,
    proposal.parameters[name],
    proposal,
    sources,
  );
}

/** Names of values that are not what their declaration lets them be, or have none. */
export function ungroundedAmong(
  kinds: Readonly<Record<string, ParameterKind>>,
  proposal: Placed,
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
  { parameters, composed = {} }: ProposedAction,
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
  proposal: Pick<Placed, 'composed' | 'earlier'>,
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
    case 'looked up':
      return wasSaid(kind, value, sources);
    case 'composed': {
      const recipe = proposal.composed?.[name];
      const { earlier = [] } = proposal;
      const { template, others = [] } = kind;
      if (!recipe || !(recipe.template === template || others.includes(recipe.template))) return false;
      return compose(recipe, { ...sources, earlier }) === value;
    }
    case 'list':
      return (
        Array.isArray(value) &&
        value.length <= kind.most &&
        value.every((one) => isGrounded(kind.of, name, one, proposal, sources))
      );
    case 'excerpt':
      return isExcerpt(value, sources.item);
    case 'answer of':
      return isAnswerOf(value) && proposal.earlier?.[value.answerOf]?.action === kind.action;
    case 'of action': {
      const earlier = proposal.earlier?.find(({ action }) => action === kind.action);
      return earlier !== undefined && value !== undefined && earlier.parameters[kind.parameter] === value;
    }
    case 'words':
    case undefined:
      return false;
  }
}

/** What stands between words: a part that begins or ends inside one says something else. */
const INSIDE_WORD = /[\p{L}\p{M}\p{N}]/u;

function isExcerpt(value: unknown, { text = '', whole = text }: Sources['item']): boolean {
  if (typeof value !== 'string' || value.trim() === '') return false;
  for (let at = whole.indexOf(value); at >= 0; at = whole.indexOf(value, at + 1)) {
    const [first, last] = [value[0] ?? '', value.at(-1) ?? ''];
    const cut = [
      [whole[at - 1] ?? '', first],
      [last, whole[at + value.length] ?? ''],
    ].some((pair) => pair.every((sign) => INSIDE_WORD.test(sign)));
    if (!cut) return true;
  }
  return false;
}

/* An object has keys, which no schema of a value bounds. */
function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
