import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject } from './brain-schema.ts';
import { readBytes, sendJson } from './http.ts';
import type { ModelAnswer, SandboxModel } from './model.ts';

/*
 * Files and batches as OpenAI has them, as far as Signalbox uses them: a batch is done when its time has passed, or is stopped with what
 * it had by then.
 */

/** What becomes of a batch. */
export interface Fate {
  /** From its creation until it ends. */
  seconds: number;
  /** How it ends by itself. @default completed */
  ends?: 'completed' | 'expired' | 'failed';
  /** How long it takes to stop. @default 0 */
  stopSeconds?: number;
  /** Of its lines that are answered with an error of the server, one in so many. @default none */
  errorOneIn?: number;
  /** And that are not answered at all when it expires or is stopped. @default none */
  missOneIn?: number;
}

type Complete = (body: unknown, signal: AbortSignal) => Promise<ModelAnswer>;

interface StoredFile {
  id: string;
  filename: string;
  text: string;
}

interface Line {
  custom_id: string;
  body: unknown;
}

interface Made {
  id: string;
  input: string;
  metadata: unknown;
  lines: Line[];
  fate: Fate;
  madeAt: number;
  stoppedAt?: number;
  ended?: { status: string; output: string | null; error: string | null; completed: number; failed: number };
}

const MOST_BYTES = 210_000_000;
const MOST_LINES = 50_000;

/** Enough to be seen, short enough not to be waited for. */
const BATCH_SECONDS = 5;

/** Those of a model; its faults say how long a batch takes, and what it leaves out. */
export function sandboxBatches(model: SandboxModel): SandboxBatches {
  return new SandboxBatches(model.complete.bind(model), () => ({
    seconds: model.faults.setting('batchSeconds', BATCH_SECONDS),
    missOneIn: model.faults.setting('missOneIn', 0),
  }));
}

export class SandboxBatches {
  readonly #complete: Complete;
  readonly #fate: (batch: number) => Fate;
  readonly #now: () => number;
  readonly #files = new Map<string, StoredFile>();
  readonly #batches: Made[] = [];
  #ids = 0;
  /** Lines that a model answered: each of them is billed. */
  answered: string[] = [];
  /** What these lines asked. */
  bodies: unknown[] = [];
  /** Of all files that were begun. */
  largest = { lines: 0, bytes: 0 };

  constructor(complete: Complete, fate: (batch: number) => Fate, now: () => number = () => Date.now()) {
    this.#complete = complete;
    this.#fate = fate;
    this.#now = now;
  }

  get count(): number {
    return this.#batches.length;
  }

  /** Files that nobody removed. */
  get files(): readonly string[] {
    return [...this.#files.values()].map(({ filename }) => filename);
  }

  /** Answers a request below `v1/`; false where it is about something else. */
  async serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean> {
    const [room, id, more] = path.split('/');
    if (room !== 'files' && room !== 'batches') return false;
    const { method } = request;
    const say = (body: unknown, status = 200) => sendJson(response, status, body);
    const none = () => say({ error: { message: `no such ${room}`, type: 'invalid_request_error' } }, 404);
    if (room === 'files') {
      if (method === 'POST' && !id) say(await this.#upload(request));
      else if (method === 'GET' && !id)
        say({ object: 'list', data: [...this.#files.values()].map(fileShown), has_more: false });
      else {
        const file = this.#files.get(id ?? '');
        if (!file) none();
        else if (method === 'DELETE') {
          this.#files.delete(file.id);
          say({ id: file.id, object: 'file', deleted: true });
        } else if (more === 'content')
          response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(file.text);
        else say(fileShown(file));
      }
      return true;
    }
    if (method === 'POST' && !id) {
      const made = this.#begin(JSON.parse((await readBytes(request)).toString('utf8')));
      say(
        typeof made === 'string'
          ? { error: { message: made, type: 'invalid_request_error' } }
          : await this.#shown(made),
        typeof made === 'string' ? 400 : 200,
      );
    } else if (method === 'GET' && !id) {
      const data = await Promise.all(
        this.#batches
          .toReversed()
          .slice(0, 100)
          .map((one) => this.#shown(one)),
      );
      say({ object: 'list', data, has_more: false });
    } else {
      const made = this.#batches.find((one) => one.id === id);
      if (!made) none();
      else {
        if (more === 'cancel' && !made.ended) made.stoppedAt ??= this.#now();
        say(await this.#shown(made));
      }
    }
    return true;
  }

  async #upload(request: IncomingMessage) {
    const bytes = await readBytes(request, MOST_BYTES);
    const form = await new Response(new Uint8Array(bytes), {
      headers: { 'content-type': String(request.headers['content-type']) },
    }).formData();
    const file = form.get('file') as File;
    return fileShown(this.#store(file.name, await file.text()));
  }

  #store(filename: string, text: string): StoredFile {
    this.#ids += 1;
    const file = { id: `file-sandbox-${this.#ids}`, filename, text };
    this.#files.set(file.id, file);
    return file;
  }

  /** The batch, or what is wrong with it. */
  #begin(asked: unknown): Made | string {
    const { input_file_id: input, endpoint, metadata } = isObject(asked) ? asked : {};
    const file = this.#files.get(String(input));
    if (!file) return 'there is no such input file';
    const lines = file.text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line & { url: string });
    if (lines.length > MOST_LINES) return 'too many lines';
    if (lines.some(({ url }) => url !== endpoint)) return 'all lines need the endpoint of the batch';
    if (new Set(lines.map(({ custom_id: id }) => id)).size < lines.length)
      return 'a custom_id is there twice';
    this.largest.lines = Math.max(this.largest.lines, lines.length);
    this.largest.bytes = Math.max(this.largest.bytes, Buffer.byteLength(file.text));
    const made: Made = {
      ...{ id: `batch_sandbox_${this.#batches.length + 1}`, input: file.id, metadata, lines },
      ...{ fate: this.#fate(this.#batches.length + 1), madeAt: this.#now() },
    };
    this.#batches.push(made);
    return made;
  }

  async #shown(made: Made) {
    const { id, input, metadata, lines, fate, madeAt, stoppedAt } = made;
    const { seconds, stopSeconds = 0 } = fate;
    if (!made.ended) {
      if (stoppedAt !== undefined && this.#now() >= stoppedAt + stopSeconds * 1000)
        await this.#end(made, 'cancelled');
      else if (this.#now() >= madeAt + seconds * 1000) await this.#end(made, fate.ends ?? 'completed');
    }
    const {
      status = stoppedAt === undefined ? 'in_progress' : 'cancelling',
      output = null,
      error = null,
    } = made.ended ?? {};
    const { completed = 0, failed = 0 } = made.ended ?? {};
    return {
      ...{ id, object: 'batch', endpoint: '/v1/chat/completions', completion_window: '24h', metadata },
      ...{
        input_file_id: input,
        output_file_id: output,
        error_file_id: error,
        status,
        created_at: Math.floor(madeAt / 1000),
      },
      request_counts: { total: lines.length, completed, failed },
    };
  }

  async #end(made: Made, status: string): Promise<void> {
    const { errorOneIn = 0, missOneIn = 0 } = made.fate;
    const out: string[] = [];
    const bad: string[] = [];
    // What comes back is in no order.
    const lines = made.lines.toReversed();
    for (const [at, { custom_id, body }] of lines.entries()) {
      if (status === 'failed') break;
      const misses = status !== 'completed' && missOneIn > 0 && at % missOneIn === 0;
      if (misses)
        bad.push(
          JSON.stringify({
            id: `r${at}`,
            custom_id,
            response: null,
            error: { code: 'batch_expired', message: 'not done in time' },
          }),
        );
      else if (errorOneIn > 0 && at % errorOneIn === 1)
        bad.push(
          JSON.stringify({
            id: `r${at}`,
            custom_id,
            response: { status_code: 500, body: { error: { message: 'failed', type: 'server_error' } } },
            error: null,
          }),
        );
      else {
        const answer = await this.#complete(body, new AbortController().signal);
        this.answered.push(custom_id);
        this.bodies.push(body);
        out.push(
          JSON.stringify({
            id: `r${at}`,
            custom_id,
            response: { status_code: answer.status, body: answer.body },
            error: null,
          }),
        );
      }
    }
    const stored = (name: string, of: string[]) =>
      of.length > 0 ? this.#store(`${made.id}-${name}.jsonl`, `${of.join('\n')}\n`).id : null;
    made.ended = {
      status,
      output: stored('output', out),
      error: stored('errors', bad),
      completed: out.length,
      failed: bad.length,
    };
  }
}

function fileShown({ id, filename, text }: StoredFile) {
  return {
    id,
    object: 'file',
    bytes: Buffer.byteLength(text),
    created_at: 0,
    filename,
    purpose: 'batch',
    status: 'processed',
  };
}
