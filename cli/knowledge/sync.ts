import type { Automation } from '../../lambdas/contract/automation.ts';
import { suspicionsIn } from '../../lambdas/kit/html/suspicion.ts';
import type { Current } from '../../lambdas/knowledge/collections.ts';
import { buildIndex, type Chunk, MOST_CHUNKS, versionOf } from '../../lambdas/knowledge/index/build.ts';
import type { Index } from '../../lambdas/knowledge/index/open.ts';
import { UsageError } from '../errors.ts';
import { collect, type Place } from './documents.ts';
import { type Objects, store, stored } from './store.ts';
import { type Embed, embedAll, type embeddingsOf, planOf } from './vectors.ts';

export interface SyncOptions {
  aws: Objects;
  bucket: string;
  collection: string;
  place: Place;
  /** Each paragraph is a passage by itself. */
  apart: boolean;
  /** Whose vectors it gets. @default none */
  vectors?: (ReturnType<typeof embeddingsOf> & { embed: Embed }) | undefined;
  /** False: everything is read and counted, and nothing is asked of a model or written. */
  write: boolean;
  now: number;
  progress(text: string): void;
}

export interface Synced {
  collection: string;
  documents: number;
  passages: number;
  /** Documents, beside what counts now. */
  added: string[];
  changed: string[];
  removed: string[];
  left: { name: string; why: string }[];
  /** Documents with passages that seem to talk to a model. */
  suspicious: string[];
  /** Passages that a vector is or would be computed for, and what that is likely to cost. */
  embedded?: { passages: number; usd: number };
  version: string;
  written: boolean;
}

/** Which collection a command may touch, and how it is cut. @throws UsageError for one that nobody declares */
export function cutOf(collection: string, automations: readonly Automation[]): { apart: boolean } {
  const declared = automations.flatMap(({ collections = {} }) => collections[collection] ?? []);
  if (declared.length === 0)
    throw new UsageError(
      `no automation declares the collection '${collection}': add it to 'collections' of automation.ts first`,
    );
  if (!declared.some(({ from }) => from === 'synced'))
    throw new UsageError(
      `the collection '${collection}' is made of its automation's folder at each deploy: deploy`,
    );
  return { apart: declared.some(({ outward }) => outward) };
}

/** Makes the index of a collection and puts it where functions find it; nothing where it is there already. */
export async function sync(options: SyncOptions): Promise<Synced> {
  const { aws, bucket, collection, place, apart, vectors, write, now, progress } = options;
  const { chunks, documents, left } = await collect(place, { apart }, (done, all) => {
    if (done % 100 === 0) progress(`read ${done} of ${all} documents`);
  });
  if (chunks.length > MOST_CHUNKS)
    throw new UsageError(
      `a collection has at most ${MOST_CHUNKS} passages, and this one has ${chunks.length}: make several of it`,
    );
  const before = await stored(aws, bucket, collection);
  const of = vectors && { endpoint: vectors.endpoint.name, model: vectors.offer.name };
  const version = versionOf(chunks, of);
  const plan = vectors && planOf(chunks, before?.index, vectors);
  const result: Synced = {
    ...{ collection, documents, passages: chunks.length, left, version, written: false },
    ...differences(chunks, before?.index),
    suspicious: [
      ...new Set(chunks.filter(({ text }) => suspicionsIn(text).length > 0).map(({ source }) => source)),
    ],
    ...(plan ? { embedded: { passages: plan.missing.length, usd: plan.usd } } : {}),
  };
  if (!write || (before?.index && before.current.version === version)) return result;
  if (chunks.length === 0)
    throw new UsageError(`there is no document to be found in '${collection}': nothing was changed`);
  const embeddings =
    vectors && plan && of
      ? {
          ...of,
          vectors: await embedAll(chunks, plan, vectors.embed, (done, all) =>
            progress(`${done} of ${all} vectors`),
          ),
        }
      : undefined;
  const current: Current = { version, at: new Date(now).toISOString(), documents, passages: chunks.length };
  await store(aws, bucket, collection, { file: buildIndex(chunks, embeddings), current, before });
  return { ...result, written: true };
}

function differences(chunks: readonly Chunk[], before: Index | undefined) {
  const texts = Map.groupBy(chunks, ({ source }) => source);
  const now = new Map([...texts].map(([source, held]) => [source, joined(held)]));
  const passages = Array.from({ length: before?.size ?? 0 }, (_, at) => before?.passage(at)).filter(
    (it) => it !== undefined,
  );
  const then = new Map(
    [...Map.groupBy(passages, ({ source }) => source)].map(([source, held]) => [source, joined(held)]),
  );
  return {
    added: [...now.keys()].filter((source) => !then.has(source)),
    changed: [...now].flatMap(([source, text]) =>
      then.has(source) && then.get(source) !== text ? [source] : [],
    ),
    removed: [...then.keys()].filter((source) => !now.has(source)),
  };
}

function joined(held: readonly { place: string; text: string }[]): string {
  return held.map(({ place, text }) => `${place}\n${text}`).join('\n\n');
}
