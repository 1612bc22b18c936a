import type OpenAI from 'openai';
import type { Batch } from 'openai/resources/batches';
import type { Endpoint } from '../../contract/endpoint.ts';
import { textWithin, withCauses } from '../../outbound/bounded-fetch.ts';
import { CallFailure, refusedBy } from '../../outbound/classify.ts';
import { rateHeaders } from '../../outbound/rate-headers.ts';
import { refusalOf } from '../../outbound/refusal.ts';
import { keyOf } from '../wire/client.ts';
import { type Line, linesOf } from './lines.ts';

/*
 * Files and batches of an endpoint. As for single requests (`wire/client.ts`): its own key and no other header, no redirect, no retry of
 * the package's, and a failure is what `outbound/classify` says.
 */

const TIMEOUT_MS = 120_000;
/** The one window that there is. Ours is shorter: what is not done by then is stopped. */
const WINDOW = '24h';
/** The key of our own name of a file, in what the provider keeps with it. */
const OURS = 'signalbox';
/** Pages of a list that are looked through for a file that may be there: it is one of the newest. */
const MOST_LISTED = 500;

/** The clocks of two computers differ by less, and so do what a list is told of and when. */
const CLOCKS_MS = 60_000;

const NO_USAGE = { inputTokens: 0, cachedTokens: 0, outputTokens: 0 };

export class Provider {
  readonly #endpoint: Endpoint;
  #client: Promise<OpenAI> | undefined;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  /** @returns the provider's name of the file */
  async upload(batch: string, lines: readonly string[]): Promise<string> {
    const file = new File([lines.join('\n'), '\n'], fileName(batch), { type: 'application/jsonl' });
    return this.#asked(async ({ files }) => (await files.create({ file, purpose: 'batch' })).id);
  }

  begin(batch: string, input: string): Promise<Batch> {
    return this.#asked(({ batches }) =>
      batches.create({
        ...{ input_file_id: input, endpoint: '/v1/chat/completions', completion_window: WINDOW },
        metadata: { [OURS]: batch },
      }),
    );
  }

  /**
   * A batch that carries our name. A list may be behind: that it is not there is known only where one stands in it that was made later.
   * @param triedAt when it was made, if it was (milliseconds since 1970)
   */
  find(batch: string, triedAt: number): Promise<Batch | 'unmade' | 'unknown'> {
    return this.#asked(async ({ batches }) => {
      let seen = 0;
      let isCurrent = false;
      for await (const one of batches.list({ limit: 100 })) {
        if (one.metadata?.[OURS] === batch) return one;
        isCurrent ||= one.created_at * 1000 > triedAt + CLOCKS_MS;
        seen += 1;
        if (seen >= MOST_LISTED) break;
      }
      return isCurrent ? 'unmade' : 'unknown';
    });
  }

  /** Undefined where it is not there any more. */
  look(provider: string): Promise<Batch | undefined> {
    return this.#orNothing(({ batches }) => batches.retrieve(provider));
  }

  async stop(provider: string): Promise<void> {
    await this.#orNothing(({ batches }) => batches.cancel(provider));
  }

  /** The lines of a file, as they come. */
  async *lines(file: string): AsyncGenerator<Line, void> {
    const answer = await this.#orNothing(({ files }) => files.content(file));
    if (answer?.body) yield* linesOf(answer.body);
  }

  /** Removes files, also those that an upload left whose answer was lost. */
  async remove(files: readonly (string | null | undefined)[]): Promise<void> {
    for (const file of files) if (file) await this.#orNothing((client) => client.files.delete(file));
  }

  /** Removes what was uploaded under our name before: it holds words of items. */
  async removeUploads(batch: string): Promise<void> {
    const found = await this.#orNothing(async ({ files }) => {
      const ids: string[] = [];
      let seen = 0;
      for await (const one of files.list({ purpose: 'batch', limit: 100 })) {
        if (one.filename === fileName(batch)) ids.push(one.id);
        seen += 1;
        if (seen >= MOST_LISTED) break;
      }
      return ids;
    });
    await this.remove(found ?? []);
  }

  async #orNothing<T>(call: (client: OpenAI) => Promise<T>): Promise<T | undefined> {
    try {
      return await this.#asked(call);
    } catch (error) {
      if (error instanceof CallFailure && error.cause instanceof NotThere) return undefined;
      throw error;
    }
  }

  /** @throws CallFailure; and what keeps us from asking at all */
  async #asked<T>(call: (client: OpenAI) => Promise<T>): Promise<T> {
    // What is our own fault, such as a package that is not there, is no silence of the provider's.
    this.#client ??= this.#open();
    const client = await this.#client;
    try {
      return await call(client);
    } catch (error) {
      const failure = withCauses(error).find((it) => it instanceof CallFailure);
      // The words of a connection may quote what was sent.
      throw (
        failure ?? new CallFailure('transient', `endpoint '${this.#endpoint.name}': no answer about a batch`)
      );
    }
  }

  async #open(): Promise<OpenAI> {
    const { baseUrl, keyHeader, name } = this.#endpoint;
    const apiKey = await keyOf(this.#endpoint);
    const { default: Client } = await import('openai');
    return new Client({
      ...{ apiKey: apiKey || 'none', baseURL: baseUrl, maxRetries: 0, timeout: TIMEOUT_MS, logLevel: 'off' },
      fetch: async (url, init) => {
        const headers = {
          ...(apiKey ? (keyHeader ? { [keyHeader]: apiKey } : { authorization: `Bearer ${apiKey}` }) : {}),
          ...{ 'user-agent': 'signalbox', accept: 'application/json' },
          // A form says its own type, with the border between its parts.
          ...(typeof init?.body === 'string' ? { 'content-type': 'application/json' } : {}),
        };
        const response = await fetch(url, { ...init, headers, redirect: 'manual' });
        if (response.ok) return response;
        const text = await textWithin(response).catch(() => '');
        const facts = { headers: rateHeaders(response.headers), most: NO_USAGE };
        const failure = refusedBy(name, 'batch', refusalOf(response.status, text), {
          ...facts,
          ...(response.status === 404 ? { cause: new NotThere() } : {}),
        });
        throw failure;
      },
    });
  }
}

class NotThere extends Error {
  override readonly name = 'NotThere';
}

function fileName(batch: string): string {
  return `signalbox-${batch}.jsonl`;
}
