import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Asked as Answerable, type Described, found, pathOf } from './answers.ts';
import { FaultSwitch, Problem, readJson, sendJson, sendPage } from './http.ts';

const NAME = /^[a-z][a-z0-9-]{0,39}$/;
const MODES = ['ok', 'down', 'slow', 'garbage'] as const;
/** Longer than an answer is waited for. */
const SLOW_SECONDS = 12;
const GARBAGE = '<!doctype html><title>Maintenance</title>';
/** Whoever has the client's secret gets it; the sandbox asks nobody. */
const TOKEN = { access_token: 'sandbox', token_type: 'Bearer', expires_in: 3600 };
const PAGE = 50;
/** A laptop's memory holds these, and no more. */
const MOST_KEPT = 5000;

interface Asked extends Omit<Answerable, 'body'> {
  call: string;
}

/** What `GET /sources/<name>/calls` shows of one call. */
interface SourceCall {
  at: string;
  path: string;
  /** Whether credentials came with it. */
  authorized: boolean;
}

/**
 * An outside system that is read. It has numbered records, the oldest first: `POST <url>/records` adds one, or a list of them, as
 * somebody there would, and a path gives those behind `?after=`. It answers questions: `POST <url>/answers` with `{"orders/4711": {…}}`
 * sets what a path answers, to GET and POST; of the other paths of its folder there is nothing. Where functions answer for it, there is
 * nothing else at any path but records that were added.
 */
export class SandboxSource {
  readonly faults = new FaultSwitch<(typeof MODES)[number]>(MODES);
  readonly #calls: SourceCall[] = [];
  readonly #records: Readonly<Record<string, unknown> & { id: number }>[] = [];
  readonly #answers = new Map<string, unknown>();
  readonly #described: Described;
  #last = 0;

  /** @param described what it answers where nobody has set anything */
  constructor(name: string, described: Described = { paths: {}, functions: [] }) {
    if (!NAME.test(name)) throw new Problem(404, 'a source has a name of lower-case words joined by "-"');
    this.#described = described;
    this.#set(described.paths);
  }

  async serve(request: IncomingMessage, response: ServerResponse, asked: Asked): Promise<void> {
    const { call, path, query } = asked;
    if (call === 'GET calls') return sendJson(response, 200, this.#calls);
    if (call === 'POST faults') return sendJson(response, 200, this.faults.set(await readJson(request)));
    if (call === 'POST records') return sendJson(response, 200, { ids: this.#add(await readJson(request)) });
    if (call === 'POST answers') return sendJson(response, 200, this.#set(await readJson(request)));
    if (call === 'POST token') return sendJson(response, 200, TOKEN);
    const asks = this.#has(path);
    if (!asks && !call.startsWith('GET ')) throw new Problem(405, 'a source is read and never written to');
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
    // Somebody has added records: they are at any path of one word that answers nothing else.
    const lists = this.#records.length > 0 && call.startsWith('GET ') && path.length === 1;
    if (asks && !(lists && this.#answerTo({ path, query }) === undefined)) {
      const body = request.method === 'POST' ? { body: await readJson(request) } : {};
      const answer = this.#answerTo({ path, query, ...body });
      if (answer === undefined) throw new Problem(404, 'the source has no such thing');
      return sendJson(response, 200, answer);
    }
    const after = Number(query.get('after') ?? 0);
    const records = this.#records.filter(({ id }) => id > after).slice(0, PAGE);
    sendJson(response, 200, { records });
  }

  #set(answers: unknown): { paths: number } {
    if (typeof answers !== 'object' || answers === null || Array.isArray(answers))
      throw new Problem(400, 'send what each path answers, such as {"orders/4711": {"total": "240.00"}}');
    for (const [path, answer] of Object.entries(answers)) this.#answers.set(path, answer);
    return { paths: this.#answers.size };
  }

  /** Whether it answers questions in the folder of this path. */
  #has([folder, ...more]: readonly string[]): boolean {
    if (this.#described.functions.length > 0) return true;
    return [...this.#answers.keys()].some((path) =>
      more.length > 0 ? path.startsWith(`${folder}/`) : path === folder,
    );
  }

  #answerTo(asked: Answerable): unknown {
    const path = pathOf(asked.path);
    const answer = this.#answers.has(path) ? this.#answers.get(path) : found(this.#described, asked);
    return answer ?? undefined;
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
