import type { IncomingMessage, ServerResponse } from 'node:http';

/** Larger than any item or mail the sandbox is meant for. */
const MOST_BYTES = 5_000_000;

/** An answer that is a problem (RFC 9457): thrown anywhere, written in one place. */
export class Problem extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.status = status;
    this.headers = headers;
  }
}

export async function readBytes(request: IncomingMessage, most = MOST_BYTES): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) throw new Problem(413, `a body may have at most ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export async function readBody(request: IncomingMessage): Promise<string> {
  return (await readBytes(request)).toString('utf8');
}

/** The body as JSON. @throws Problem 400 when it is not. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = await readBody(request);
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(400, 'the body is not JSON');
  }
}

export function header(request: Pick<IncomingMessage, 'headers'>, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...SAFE, 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body) + '\n');
}

export function sendProblem(response: ServerResponse, problem: Problem): void {
  sendJson(
    response,
    problem.status,
    { type: 'about:blank', status: problem.status, detail: problem.message },
    { 'content-type': 'application/problem+json', ...problem.headers },
  );
}

/**
 * A page without any script. Styles stand in the page (and in mails, which inherit this policy in their
 * frame); pictures from elsewhere are not loaded, as a mail could otherwise tell its sender that it was read.
 * `forms`: where it may send forms.
 */
export function sendPage(response: ServerResponse, status: number, html: string, forms = "'none'"): void {
  response.writeHead(status, {
    ...SAFE,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'self'; form-action ${forms}; frame-ancestors 'none'`,
  });
  response.end(html);
}

const SAFE = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

/** How long a fault is in force. Without `seconds`, until another mode is set. */
export class FaultSwitch<Mode extends string> {
  readonly #modes: readonly Mode[];
  #mode: Mode;
  #until = Number.POSITIVE_INFINITY;
  #settings: Readonly<Record<string, unknown>> = {};

  readonly #parts: readonly string[];

  /** The first mode is the healthy one. `parts` may be named as `model`: a fault is then theirs alone. */
  constructor(modes: readonly [Mode, ...Mode[]], parts: readonly string[] = []) {
    this.#modes = modes;
    this.#mode = modes[0];
    this.#parts = parts;
  }

  get mode(): Mode {
    if (Date.now() >= this.#until) this.#mode = this.#modes[0] ?? this.#mode;
    return this.#mode;
  }

  /** A number that came with the fault. */
  setting(name: string, otherwise: number): number {
    const value = this.#settings[name];
    return typeof value === 'number' && value >= 0 ? value : otherwise;
  }

  /** Texts that came with the fault. */
  texts(name: string): readonly string[] {
    const value = this.#settings[name];
    return Array.isArray(value) ? value.filter((it) => typeof it === 'string') : [];
  }

  /** Whether the fault is one of this part: of all parts where none is named as `model`. */
  concerns(part: string): boolean {
    const { model } = this.#settings;
    return model === undefined || model === part;
  }

  /** Sets what `POST …/faults` asks for. @throws Problem 400 naming the modes there are. */
  set(body: unknown): { mode: Mode; until: string | null } {
    const wish: Readonly<Record<string, unknown>> =
      typeof body === 'object' && body !== null ? { ...body } : {};
    const mode = this.#modes.find((one) => one === wish.mode);
    if (mode === undefined) throw new Problem(400, `'mode' must be one of ${this.#modes.join(', ')}`);
    const { seconds } = wish;
    if (seconds !== undefined && (typeof seconds !== 'number' || !(seconds > 0))) {
      throw new Problem(400, `'seconds' must be a positive number`);
    }
    const { model } = wish;
    // A fault of a part that there is not would be in force and never be seen.
    if (model !== undefined && !this.#parts.includes(String(model))) {
      throw new Problem(
        400,
        `'model' must be ${this.#parts.length > 0 ? `one of ${this.#parts.join(', ')}` : 'left out'}`,
      );
    }
    this.#mode = mode;
    this.#settings = wish;
    this.#until = seconds === undefined ? Number.POSITIVE_INFINITY : Date.now() + seconds * 1000;
    return { mode, until: seconds === undefined ? null : new Date(this.#until).toISOString() };
  }
}
