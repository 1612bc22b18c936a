import '#start';
import type { Automation } from '../contract/automation.ts';
import type { ItemRow, LineageEntry } from '../contract/item/row.ts';
import { citationOf, type Found, type Searched, type SearchOptions } from '../contract/steps/knowledge.ts';
import { clock, isoNow } from '../kit/clock.ts';
import { digest } from '../kit/digest.ts';
import { errorFacts, ProcessingError, SystemError } from '../kit/errors.ts';
import { logger } from '../kit/telemetry.ts';
import { sideBySide } from '../kit/together.ts';
import { nearTokens } from '../privacy/tokens.ts';
import { Memo, type Remembered } from '../tables/idempotency/once.ts';
import { stepId } from '../tables/keys.ts';
import type { OpenCollection } from './collections.ts';
import type { Index } from './index/open.ts';
import { byWords, type Hit, MOST_QUERY, type Question, questionsIn } from './index/search.ts';
import { byBoth, telling } from './index/vectors.ts';

export interface SearchesOptions {
  item: Pick<ItemRow, 'id' | 'generation' | 'remembers'>;
  automation: Pick<Automation, 'name' | 'collections'>;
  open: OpenCollection;
  /** Vectors of that endpoint and model, as `step.embed` gives them. */
  embed(name: string, texts: readonly string[], of: Of): Promise<readonly (readonly number[])[]>;
  idempotencyTable: string;
  /** How long content is kept (`retention.contentDays`). @default without end */
  contentDays?: number | undefined;
  /** Nobody was at work on the item before: nothing of it is remembered. @default false */
  fresh?: boolean | undefined;
}

/** Whose vectors an index has. */
export interface Of {
  endpoint: string;
  model: string;
}

export interface Searches {
  search(collection: string, query: string, options?: SearchOptions): Promise<readonly Found[]>;
  /** A line for each search of the item. */
  lineage: LineageEntry[];
  searched(): Searched;
  /** Starts no further search, and waits for those that run. */
  close(): Promise<void>;
}

/** Of what is remembered. */
const VERSION = 'search.v1';
const MOST = 20;
const USUAL = 5;
const UNKEPT = new ProcessingError('the table does not take what a search found');

/** Searches of one item: remembered, so that a redelivery sees the same passages whatever became of the collection. */
export function searchesOf(options: SearchesOptions): Searches {
  const { item, automation, idempotencyTable, contentDays, fresh } = options;
  const memo = new Memo(idempotencyTable, item.id, { contentDays, fresh, unkept: UNKEPT });
  const { start, close } = sideBySide();
  const lineage: LineageEntry[] = [];
  const passages = new Map<string, Found>();
  const names = new Map<string, Found[]>();

  const search = async (collection: string, given: string, { most = USUAL }: SearchOptions = {}) => {
    const { outward = false } = declared(collection, options);
    if (!Number.isInteger(most) || most < 1 || most > MOST)
      throw new SystemError(`'most' of a search must be a whole number from 1 to ${MOST}, got '${most}'`);
    const query = withoutTokens(given);
    const input = digest({ collection, query, most });
    const id = stepId(
      automation.name,
      item.id,
      String(item.remembers ?? item.generation),
      `search ${collection}`,
      VERSION,
      input,
    );
    const kept = await memo.once<readonly Found[]>(id, () => look(options, { collection, query, most }));
    lineage.push(...kept.lineage.filter((entry) => !lineage.includes(entry)));
    const found = kept.value ?? [];
    for (const one of found) {
      for (const name of [one.id, citationOf(one)]) names.set(name, [...(names.get(name) ?? []), one]);
      if (outward && !passages.has(one.id)) passages.set(one.id, one);
    }
    return found;
  };

  return {
    search: (collection, query, how) => start(() => search(collection, query, how)),
    lineage,
    searched: () => ({
      passages: [...passages.values()].map(({ id, text }) => ({ id, text })),
      names: [...names.keys()],
      says: (name, quote) => (names.get(name) ?? []).some(({ text }) => quote !== '' && text.includes(quote)),
    }),
    close,
  };
}

/** @throws SystemError where the automation has not declared it */
function declared(name: string, { automation }: SearchesOptions) {
  const { collections = {} } = automation;
  const collection = Object.hasOwn(collections, name) ? collections[name] : undefined;
  if (!collection)
    throw new SystemError(`the collection '${name}' is not among the 'collections' of the automation`);
  return collection;
}

/** A token stands for somebody's data: no document has it, and its words would find what is about tokens. */
function withoutTokens(query: string): string {
  let [text, from] = ['', 0];
  for (const { start, end } of nearTokens(query)) {
    text += `${query.slice(from, start)} `;
    from = end;
  }
  return (text + query.slice(from)).slice(0, MOST_QUERY);
}

interface Wanted {
  collection: string;
  query: string;
  most: number;
}

async function look(options: SearchesOptions, wanted: Wanted): Promise<Remembered<readonly Found[]>> {
  const { collection, query, most } = wanted;
  const begin = clock.now();
  const index = await options.open(collection);
  const questions = questionsIn(index, query);
  const { hits, how } = await hitsOf(options, collection, { index, questions, query, most });
  const value = hits.map(({ at, score }) => {
    const { id, ...held } = index.passage(at);
    return { id: `${collection}/${id}`, ...held, score: Number(score.toFixed(4)) };
  });
  const milliseconds = clock.now() - begin;
  logger.info('collection searched', {
    ...{ automation: options.automation.name, collection, version: index.header.version },
    ...{ found: value.length, how, milliseconds },
  });
  return { value, lineage: [entryOf(collection, index, how, milliseconds)] };
}

const BY_WORDS = 'by words';
const BY_BOTH = 'by words and vectors';

/* Vectors are a help, and no condition: without them the words decide alone, and the lineage says so. */
async function hitsOf(
  { embed }: SearchesOptions,
  collection: string,
  given: { index: Index; questions: readonly Question[]; query: string; most: number },
): Promise<{ hits: Hit[]; how: string }> {
  const { index, questions, query, most } = given;
  const { endpoint, model } = index.header;
  if (endpoint === undefined || model === undefined || questions.length === 0)
    return { hits: byWords(index, query, most), how: BY_WORDS };
  try {
    const texts = telling(index, questions).map(({ text }) => text);
    const vectors = await embed(`search ${collection}`, texts, { endpoint, model });
    if (vectors.some(({ length }) => length !== index.header.dimensions))
      return {
        hits: byWords(index, query, most),
        how: `${BY_WORDS} alone: the vectors are of another length`,
      };
    return { hits: byBoth(index, questions, vectors, most), how: BY_BOTH };
  } catch (error) {
    const { class: kind } = errorFacts(error);
    return { hits: byWords(index, query, most), how: `${BY_WORDS} alone: no vectors (${kind})` };
  }
}

function entryOf(collection: string, { header }: Index, how: string, milliseconds: number): LineageEntry {
  return {
    ...{ at: isoNow(), step: collection, source: 'knowledge', model: 'none', endpoint: 'none' },
    ...{ promptVersion: 'none', promptHash: 'none', price: 'none', costUsd: 0 },
    ...{ inputTokens: 0, cachedTokens: 0, outputTokens: 0, milliseconds: Math.round(milliseconds) },
    ...{ cached: false, route: `searched '${collection}' (index ${header.version}) ${how}` },
  };
}
