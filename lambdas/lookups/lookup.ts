import '#start';
import * as z from 'zod/v4/core';
import type { LineageEntry } from '../contract/item/row.ts';
import type { Source, SourceRequest } from '../contract/outside/source.ts';
import type { Answers, Asked, Degraded, LookedUp, Lookup } from '../contract/steps/lookup.ts';
import type { StepRunner } from '../contract/steps/steps.ts';
import { digest } from '../kit/digest.ts';
import { ProcessingError, SystemError } from '../kit/errors.ts';
import { sideBySide } from '../kit/together.ts';
import { Memo } from '../tables/idempotency/once.ts';
import { stepId } from '../tables/keys.ts';
import { type Kept, question } from './ask.ts';
import { clearInput } from './input.ts';
import type { LookupOptions } from './options.ts';
import { Said } from './said.ts';
import { whyWithout } from './without.ts';

export interface Lookups {
  lookup: StepRunner['lookup'];
  /** Questions that were asked or remembered, as entries of the item's lineage. */
  lineage: LineageEntry[];
  asked(): Asked;
  /** Starts no further question, and waits for those that run. */
  close(): Promise<void>;
}

/** The version of a lookup's steps: what is kept under it has the shape of `Kept`. */
const VERSION = 'lookup.v1';
const UNKEPT = new ProcessingError('the table does not take the answer to a lookup');

/** The only way to a source while an item is thought about: declared, remembered, paced, bounded, checked. */
export function lookupsOf(options: LookupOptions): Lookups {
  const { item, automation, idempotencyTable, contentDays, fresh, vault } = options;
  const memo = new Memo(idempotencyTable, item.id, { contentDays, fresh, unkept: UNKEPT });
  const { start, close } = sideBySide();
  const lineage: LineageEntry[] = [];
  const looked = new Map<string, LookedUp>();
  const degraded = new Map<string, Degraded>();
  const missing = new Set<string>();
  const said = new Said();
  /** In the order of asking, each question once. */
  const answers = new Map<string, { name: string; is?: unknown }>();
  /** Tokens are numbered as values are found: in the order of the questions, whichever answer comes first. */
  let turn: Promise<unknown> = Promise.resolve();

  const hidden = async <T>(before: Promise<unknown>, value: T): Promise<T> => {
    if (!vault) return value;
    await before.catch(() => {});
    return vault.hide(value);
  };

  const remembered = (lookup: Lookup, source: Source, input: unknown) => {
    const request = requestOf(lookup, input);
    // Of the input, too: an answer is about what was asked for, though one request may serve for more.
    const input_ = digest({ source: source.name, url: source.url, request, input });
    const generation = String(item.remembers ?? item.generation);
    const id = stepId(automation.name, item.id, generation, lookup.name, VERSION, input_);
    return memo.once<Kept>(id, async () => {
      try {
        return await question(options, { lookup, source, request, input, hash: input_ });
      } catch (error) {
        const without = lookup.required === false ? whyWithout(error, source, options) : undefined;
        if (without) return { value: without, lineage: [] };
        if (error instanceof ProcessingError) return { failure: error.message, lineage: [] };
        throw error;
      }
    });
  };

  const ask = async (given: Pick<Lookup, 'name'>, input: unknown, before: Promise<unknown>) => {
    const { lookup, source } = declared(given.name, options);
    const clear = clearInput(lookup, input, vault);
    const place = { name: lookup.name };
    const question = `${lookup.name} ${digest({ input })}`;
    if (!answers.has(question)) answers.set(question, place);
    const kept = await remembered(lookup, source, clear);
    lineage.push(...kept.lineage.filter((entry) => !lineage.includes(entry)));
    if (kept.failure !== undefined) throw new ProcessingError(kept.failure);
    const value = kept.value as Kept;
    const { name } = lookup;
    if ('without' in value) {
      degraded.set(`${name} ${value.without}`, { step: name, reason: value.without });
      if (value.passes) missing.add(source.name);
      return undefined;
    }
    const { is, at } = value;
    looked.set(`${name} ${at} ${is !== null}`, { lookup: name, source: source.name, at, found: is !== null });
    const answer = await hidden(before, is);
    said.add(name, answer);
    answers.set(question, { name, is: answer });
    return answer;
  };

  return {
    lookup: ((given: Lookup, input: unknown) => {
      const before = turn;
      const asking = start(() => ask(given, input, before));
      turn = Promise.allSettled([before, asking]);
      return asking;
    }) as StepRunner['lookup'],
    lineage,
    asked: () => ({
      looked: [...looked.values()],
      degraded: [...degraded.values()],
      missing: [...missing],
      answers: byLookup([...answers.values()]),
      says: (lookup, quote) => said.says(lookup, quote),
    }),
    close,
  };
}

/** Without those that were not answered. */
function byLookup(answers: readonly { name: string; is?: unknown }[]): Answers {
  const grouped: Record<string, unknown[]> = {};
  for (const one of answers) {
    if (!('is' in one)) continue;
    grouped[one.name] ??= [];
    grouped[one.name]?.push(one.is);
  }
  return grouped;
}

/** @throws SystemError where the automation has not declared it, or its function was not given the source */
function declared(name: string, { automation, sources }: LookupOptions): { lookup: Lookup; source: Source } {
  const { lookups = {} } = automation;
  const lookup = Object.hasOwn(lookups, name) ? lookups[name] : undefined;
  if (!lookup) throw new SystemError(`the lookup '${name}' is not among the 'lookups' of the automation`);
  const source = Object.hasOwn(sources, lookup.source) ? sources[lookup.source] : undefined;
  if (!source) throw new SystemError(`this function may not ask '${lookup.source}'`);
  return { lookup, source };
}

/** @throws ProcessingError where the input is none of the lookup's, or its code fails over it */
function requestOf(lookup: Lookup, input: unknown): SourceRequest {
  const { name } = lookup;
  const read = z.safeParse(lookup.input, input);
  if (!read.success)
    throw new ProcessingError(`what the lookup '${name}' was asked for does not fit its 'input'`);
  try {
    return lookup.request(read.data);
  } catch (cause) {
    throw new ProcessingError(`the 'request' of the lookup '${name}' failed by itself`, { cause });
  }
}
