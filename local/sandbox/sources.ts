import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { FaultSwitch, Problem, readJson, sendJson, sendPage } from './http.ts';

const NAME = /^[a-z][a-z0-9-]{0,39}$/;
const MODES = ['ok', 'down', 'slow', 'garbage'] as const;
/** Longer than an answer is waited for. */
const SLOW_SECONDS = 12;
const GARBAGE = '<!doctype html><title>Maintenance</title>';
const PAGE = 50;
/** A laptop's memory holds these, and no more. */
const MOST_KEPT = 5000;

interface Asked {
  call: string;
  /** Behind the source's own address. */
  path: readonly string[];
  query: URLSearchParams;
}

/** What `GET /sources/<name>/calls` shows of one call. */
interface SourceCall {
  at: string;
  path: string;
  /** Whether credentials came with it. */
  authorized: boolean;
}

/**
 * An outside system that is read: numbered records, the oldest first. `POST <url>/records` adds one, or a list of them, as somebody
 * there would; any other path gives those behind `?after=`.
 */
export class SandboxSource {
  readonly faults = new FaultSwitch<(typeof MODES)[number]>(MODES);
  readonly #calls: SourceCall[] = [];
  readonly #records: Readonly<Record<string, unknown> & { id: number }>[] = [];
  #last = 0;

  constructor(name: string) {
    if (!NAME.test(name)) throw new Problem(404, 'a source has a name of lower-case words joined by "-"');
  }

  async serve(request: IncomingMessage, response: ServerResponse, asked: Asked): Promise<void> {
    const { call, path, query } = asked;
    if (call === 'GET calls') return sendJson(response, 200, this.#calls);
    if (call === 'POST faults') return sendJson(response, 200, this.faults.set(await readJson(request)));
    if (call === 'POST records') return sendJson(response, 200, { ids: this.#add(await readJson(request)) });
    if (!call.startsWith('GET ')) throw new Problem(405, 'a source is read and never written to');
    const { authorization, 'x-api-key': key } = request.headers;
    const shown = `/${path.join('/')}${query.size > 0 ? `?${query}` : ''}`;
    this.#calls.push({
      ...{ at: new Date().toISOString(), path: shown, authorized: (authorization ?? key) !== undefined },
    });
    this.#calls.splice(0, this.#calls.length - MOST_KEPT);
    const fault = this.faults.mode;
    if (fault === 'down') throw new Problem(503, 'sandbox fault: the source is down');
    if (fault === 'slow') await sleep(this.faults.setting('delaySeconds', SLOW_SECONDS) * 1000);
    if (fault === 'garbage') return sendPage(response, 200, GARBAGE);
    const after = Number(query.get('after') ?? 0);
    const records = this.#records.filter(({ id }) => id > after).slice(0, PAGE);
    sendJson(response, 200, { records });
  }

  #add(given: unknown): number[] {
    return [given].flat().map((record) => {
      const fields = typeof record === 'object' && record !== null ? record : { value: record };
      this.#last += 1;
      this.#records.push({ ...fields, id: this.#last });
      this.#records.splice(0, this.#records.length - MOST_KEPT);
      return this.#last;
    });
  }
}
