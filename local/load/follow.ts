import type { ItemStatus } from '../../lambdas/contract/item/status.ts';
import type { Caller } from './posts.ts';
import { inParallel } from './posts.ts';
import { pause } from './send.ts';
import { isResting } from './story.ts';

/*
 * Every accepted item until it rests. The list is read, a page of a hundred at a time and no further back than the oldest that is
 * under way: one request for each item would be a load of its own.
 */

interface Listed {
  id: string;
  status: ItemStatus;
  receivedAt: string;
}

export interface Followed {
  /** The last known status of each accepted item; undefined: it was never seen. */
  statuses: ReadonlyMap<string, ItemStatus | undefined>;
  /** Accepted, and not there or not at rest when nothing had changed for as long as is waited. */
  lost: string[];
}

export interface Following {
  caller: Caller;
  token: string;
  /** By the server's clock, before the first post. */
  since: string;
  patienceSeconds: number;
  signal: AbortSignal;
  everyMs?: number;
}

/** Seconds between two looks. */
const EVERY_MS = 2500;
const ATTEMPTS = 3;

export class Follower {
  readonly #with: Following;
  readonly #statuses = new Map<string, ItemStatus | undefined>();
  readonly #received = new Map<string, string>();
  #changedAt = Date.now();

  constructor(following: Following) {
    this.#with = following;
  }

  accepted(id: string): void {
    if (this.#statuses.has(id)) return;
    this.#statuses.set(id, undefined);
    this.#changedAt = Date.now();
  }

  get size(): number {
    return this.#statuses.size;
  }

  get resting(): number {
    return [...this.#statuses.values()].filter((status) => isResting(status)).length;
  }

  /** Ends when `sent` has settled and all rests, when nothing changes any more, or when it is broken off. */
  async untilRest(sent: Promise<unknown>): Promise<Followed> {
    const { signal, patienceSeconds, everyMs = EVERY_MS } = this.#with;
    let sending = true;
    void sent.finally(() => {
      sending = false;
      this.#changedAt = Date.now();
    });
    while (!signal.aborted) {
      await this.#look();
      if (!sending && this.#open().every(([, status]) => status === 'deferred')) break;
      if (!sending && Date.now() - this.#changedAt > patienceSeconds * 1000) break;
      await pause(everyMs, signal);
    }
    const lost = signal.aborted ? [] : await this.#lost();
    return { statuses: this.#statuses, lost };
  }

  #open(): [string, ItemStatus | undefined][] {
    return [...this.#statuses].filter(([, status]) => !isResting(status) || status === 'deferred');
  }

  async #look(): Promise<void> {
    const open = this.#open();
    if (open.length === 0) return;
    const times = open.map(([id]) => this.#received.get(id) ?? this.#with.since);
    const since = times.reduce((oldest, time) => (time < oldest ? time : oldest));
    let cursor: string | undefined;
    do {
      const query = new URLSearchParams({ since, limit: '100', ...(cursor ? { cursor } : {}) });
      const page = await this.#get<{ items: Listed[]; cursor?: string }>(`/v1/items?${query}`);
      // What cannot be read now is read by the next look.
      if (!page || typeof page === 'number') return;
      for (const item of page.items) this.#note(item);
      cursor = page.cursor;
    } while (cursor !== undefined && !this.#with.signal.aborted);
  }

  #note({ id, status, receivedAt }: Listed): void {
    if (!this.#statuses.has(id)) return;
    this.#received.set(id, receivedAt);
    if (this.#statuses.get(id) === status) return;
    this.#statuses.set(id, status);
    this.#changedAt = Date.now();
  }

  /** The list is told later than the item: each is asked for by its id before it is called lost. */
  async #lost(): Promise<string[]> {
    const doubtful = this.#open().filter(([, status]) => status !== 'deferred');
    const lost: string[] = [];
    await inParallel(doubtful.length, 4, async (number) => {
      const [id] = doubtful[number - 1] ?? [''];
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const item = await this.#get<Listed>(`/v1/items/${encodeURIComponent(id)}`);
        if (item === undefined) continue;
        if (typeof item === 'object') this.#note(item);
        break;
      }
      if (!isResting(this.#statuses.get(id))) lost.push(id);
    });
    return lost;
  }

  /** Undefined where no answer came, and the status of one that says no. */
  async #get<T extends object>(path: string): Promise<T | number | undefined> {
    const headers = { authorization: `Bearer ${this.#with.token}` };
    const answer = await this.#with.caller.call('GET', path, headers).catch(() => undefined);
    if (!answer || answer.status === 429 || answer.status >= 500) return undefined;
    return answer.status === 200 ? (JSON.parse(answer.body) as T) : answer.status;
  }
}
