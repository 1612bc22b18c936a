import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/v4/core';
import type { SourceRequest } from '../../lambdas/contract/outside/source.ts';
import type { Lookup } from '../../lambdas/contract/steps/lookup.ts';

/* What sources answer from the start: what the automations' `sandbox.ts` say of them. */

/** A source that knows more than a list. @returns undefined or null: it has no such thing */
export type AnswersPath = (
  /** Below the source's own address, decoded and without the first `/`: `orders/A-1`. */
  path: string,
  query: Readonly<Record<string, string>>,
  /** The value of its JSON; undefined of a GET. */
  body: unknown,
) => unknown;

/** Answers by path, or a function that finds them. */
export type SourceAnswers = Readonly<Record<string, unknown>> | AnswersPath;

/** What all automations say of one source. Paths win over functions; of functions the first that answers. */
export interface Described {
  paths: Readonly<Record<string, unknown>>;
  functions: readonly AnswersPath[];
}

/** A question to a source, as it came over HTTP. */
export interface Asked {
  path: readonly string[];
  query: URLSearchParams;
  body?: unknown;
}

export type Telling = { sources?: Readonly<Record<string, SourceAnswers>> };

export function describedBy(knowledge: readonly Telling[], name: string): Described {
  const said = knowledge.flatMap(({ sources = {} }) =>
    Object.hasOwn(sources, name) ? [sources[name] ?? {}] : [],
  );
  return {
    paths: Object.assign({}, ...said.filter((one) => typeof one !== 'function')),
    functions: said.filter((one) => typeof one === 'function'),
  };
}

/** Whether any automation says what the source answers. */
export const isDescribed = (knowledge: readonly Telling[], name: string): boolean =>
  knowledge.some(({ sources = {} }) => Object.hasOwn(sources, name));

/** As the keys of `sources` are written. */
export const pathOf = (path: readonly string[]): string => path.map(decodeURIComponent).join('/');

/** The first answer of its functions. Undefined: none of them has such a thing. */
export function found({ functions }: Described, { path, query, body }: Asked): unknown {
  for (const answers of functions) {
    const answer = answers(pathOf(path), Object.fromEntries(query), body) ?? undefined;
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/** What a source answers as it is described. Undefined: it has no such thing. */
export function answerOf(described: Described, asked: Asked): unknown {
  const path = pathOf(asked.path);
  const { paths } = described;
  return Object.hasOwn(paths, path) ? (paths[path] ?? undefined) : found(described, asked);
}

/** What the sandbox's source of a lookup says, without a server. Null: it has no such thing, or what it has does not fit. */
export function saidOf(knowledge: readonly Telling[], lookup: Lookup, input: unknown): unknown {
  const { path, query = {}, body } = lookup.request(input);
  const asked = { path: path.split('/').slice(1), query: sentQuery(query), body };
  const said = answerOf(describedBy(knowledge, lookup.source), asked);
  const { success, data } = z.safeParse(lookup.answer, said);
  return success ? data : null;
}

/** As it is put behind a URL. */
export function sentQuery(query: NonNullable<SourceRequest['query']>): URLSearchParams {
  const sent = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)] as [string, string]],
  );
  return new URLSearchParams(sent);
}

/**
 * Copies of an automation may say the same.
 * @throws Error naming source, path and the two automations that say different things of it
 */
export function refuseClashes(told: readonly (Telling & { automation: string })[]): void {
  const first = new Map<string, { automation: string; answer: unknown }>();
  for (const { automation, sources = {} } of told)
    for (const [source, answers] of Object.entries(sources))
      for (const [path, answer] of typeof answers === 'function' ? [] : Object.entries(answers)) {
        const key = `${source} ${path}`;
        const known = first.get(key) ?? { automation, answer };
        first.set(key, known);
        if (!isDeepStrictEqual(known.answer, answer))
          throw new Error(
            `automations/${automation}/sandbox.ts: 'sources.${source}' answers '${path}' otherwise than automations/${known.automation}/sandbox.ts: keep one of them`,
          );
      }
}
