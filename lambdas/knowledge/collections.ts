import type { FolderIndexes } from '../contract/steps/knowledge.ts';
import { getBytes } from '../kit/bucket/bytes.ts';
import { clock } from '../kit/clock.ts';
import { errorFacts, SystemError } from '../kit/errors.ts';
import { logger } from '../kit/telemetry.ts';
import { currentKey, indexKey } from '../tables/object-keys.ts';
import type { Index } from './index/open.ts';

/** Gives the index of a collection. @throws SystemError where there is none; TransientError while it cannot be read */
export type OpenCollection = (name: string) => Promise<Index>;

/** Which index counts: written last, so that what it names is whole. */
export interface Current {
  version: string;
  /** When it was put there (ISO 8601). */
  at: string;
  documents: number;
  passages: number;
}

/** A new version is noticed after a minute at most: each look is a request. */
const LOOK_AGAIN_MS = 60_000;

interface Loaded {
  index: Index;
  lookedAt: number;
}

/** The indexes of one function: each is loaded when it is first asked for, and once. */
export class Collections {
  readonly #folder: FolderIndexes;
  readonly #bucket: string;
  readonly #loaded = new Map<string, Loaded>();
  /** Ten items of one delivery ask at once. */
  readonly #loading = new Map<string, Promise<Index>>();

  constructor(folder: FolderIndexes, bucket: string) {
    this.#folder = folder;
    this.#bucket = bucket;
  }

  readonly open: OpenCollection = (name) => {
    const before = this.#loading.get(name);
    if (before) return before;
    const loading = this.#load(name).finally(() => this.#loading.delete(name));
    this.#loading.set(name, loading);
    return loading;
  };

  async #load(name: string): Promise<Index> {
    const known = this.#loaded.get(name);
    const base64 = Object.hasOwn(this.#folder, name) ? this.#folder[name] : undefined;
    if (base64 !== undefined)
      return known?.index ?? this.#keep(name, await opened(Buffer.from(base64, 'base64')));
    if (known && clock.now() - known.lookedAt < LOOK_AGAIN_MS) return known.index;
    try {
      const current = await this.#current(name);
      if (known?.index.header.version === current.version) return this.#keep(name, known.index);
      return this.#keep(name, await this.#fetch(name, current));
    } catch (error) {
      // What was there a minute ago is better than nothing; an index that cannot be read is looked for again.
      if (!known) throw error;
      logger.warn('collection not refreshed', { collection: name, reason: errorFacts(error).message });
      return this.#keep(name, known.index);
    }
  }

  #keep(name: string, index: Index): Index {
    this.#loaded.set(name, { index, lookedAt: clock.now() });
    return index;
  }

  async #current(name: string): Promise<Current> {
    const bytes = await getBytes(this.#bucket, currentKey(name));
    if (!bytes)
      throw new SystemError(
        `the collection '${name}' was never synchronised: run 'npm run signalbox -- knowledge sync ${name} <folder>'`,
      );
    return JSON.parse(bytes.toString()) as Current;
  }

  async #fetch(name: string, { version }: Current): Promise<Index> {
    const begin = clock.now();
    const bytes = await getBytes(this.#bucket, indexKey(name, version));
    if (!bytes)
      throw new SystemError(`the collection '${name}' lacks its index ${version}: synchronise it again`);
    const index = await opened(bytes);
    const milliseconds = clock.now() - begin;
    logger.info('collection loaded', { collection: name, version, passages: index.size, milliseconds });
    return index;
  }
}

/** Few automations search. */
async function opened(bytes: Buffer): Promise<Index> {
  const { Index: Own } = await import('./index/open.ts');
  return Own.open(bytes);
}
