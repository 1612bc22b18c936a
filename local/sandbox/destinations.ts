import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiReply, bodyOf, type SandboxApi, unknownApi } from './api.ts';
import { FaultSwitch, header, Problem, readBody } from './http.ts';
import { type SigningKey, signedWith } from './verify.ts';

export const KNOWN_DESTINATIONS = ['help-desk', 'refund-ledger'] as const;
const NAME = /^[a-z][a-z0-9-]{0,39}$/;
const MODES = ['ok', 'down', 'slow', 'garbage', 'refuse', 'lost-answer'] as const;

/** Longer than an answer is waited for. A fault may say `delaySeconds` instead. */
const SLOW_SECONDS = 12;

/** What it answers while its answers are garbage: some page that stands before it. */
const GARBAGE = '<!doctype html><title>Welcome</title>';

/** What `GET /destinations/<name>/calls` shows of one call. */
export interface DestinationCall {
  at: string;
  idempotencyKey: string | null;
  item: string | null;
  body: unknown;
  duplicate: boolean;
  /** Of an API of its own: method and path. */
  request?: string;
}
/** What is remembered of it besides. */
export interface KeptCall extends DestinationCall {
  reference: string;
  /** Whether a `Signalbox-Signature` came with it. One that is not good is turned away. */
  signed: boolean;
}

/**
 * An outside system that takes work, such as a help desk or a ledger. It takes a key once: a second call with
 * the same key changes nothing, gets the first call's reference, and is reported loudly, because a platform
 * that acts exactly once never makes one but after an answer that was lost.
 */
export class Destination {
  readonly name: string;
  readonly calls: KeptCall[];
  readonly faults = new FaultSwitch<(typeof MODES)[number]>(MODES);
  readonly #record: (call: KeptCall) => void;

  readonly #signingKey: SigningKey;

  constructor(
    name: string,
    earlier: KeptCall[],
    record: (call: KeptCall) => void,
    signingKey: SigningKey = async () => undefined,
  ) {
    if (!NAME.test(name))
      throw new Problem(404, 'a destination has a name of lower-case words joined by "-"');
    this.name = name;
    this.calls = earlier;
    this.#record = record;
    this.#signingKey = signingKey;
  }

  /**
   * A call that is turned away was not taken and is not among the calls. Who posts by hand need not sign.
   * @returns undefined when it was taken and its answer is to be lost; a text that is no JSON where its answers are garbage
   */
  async take(request: IncomingMessage): Promise<{ reference: string } | string | undefined> {
    const text = await readBody(request);
    const signature = header(request, 'signalbox-signature');
    const key = signature === undefined ? undefined : await this.#signingKey(this.name);
    if (signature !== undefined && key !== undefined && !signedWith(key, request, text))
      throw new Problem(401, 'the signature is not of this key, item and body');
    const body = parsed(text);
    const fault = this.faults.mode;
    if (fault === 'down') throw new Problem(503, `sandbox fault: ${this.name} is down`);

    const idempotencyKey = header(request, 'idempotency-key') ?? null;
    const item = header(request, 'signalbox-item') ?? null;
    const passes = this.#passes(item);
    if (fault === 'refuse' && !passes)
      throw new Problem(422, `sandbox fault: ${this.name} refuses this call`);
    const { reference } = this.#keep({ idempotencyKey, item, body, signed: signature !== undefined });
    if (fault === 'slow') await sleep(this.faults.setting('delaySeconds', SLOW_SECONDS) * 1000);
    if (fault === 'garbage') return GARBAGE;
    return fault === 'lost-answer' && !passes ? undefined : { reference };
  }

  /** A call to an API of its own. Only those that write are among its calls. @returns as `take` does */
  async answer(request: IncomingMessage, at: URL, api?: SandboxApi): Promise<ApiReply | string | undefined> {
    const { method = 'GET', headers } = request;
    const text = await readBody(request);
    const fault = this.faults.mode;
    if (fault === 'down') throw new Problem(503, `sandbox fault: ${this.name} is down`);
    const writes = method !== 'GET';
    if (writes && fault === 'refuse') throw new Problem(422, `sandbox fault: ${this.name} refuses this call`);
    const path = at.pathname.slice(`/destinations/${this.name}`.length);
    const query = Object.fromEntries(at.searchParams);
    const call = { method, path, query, headers, body: bodyOf(headers['content-type'], text) };
    const idempotencyKey = header(request, 'idempotency-key') ?? null;
    const known = api?.(call);
    const kept = { idempotencyKey, item: null, body: call.body, signed: false };
    const reference = writes ? this.#keep({ ...kept, request: `${method} ${path}` }).reference : '';
    if (fault === 'slow') await sleep(this.faults.setting('delaySeconds', SLOW_SECONDS) * 1000);
    if (fault === 'garbage') return GARBAGE;
    if (writes && fault === 'lost-answer') return undefined;
    return known ?? unknownApi(method, reference);
  }

  #keep(given: Omit<KeptCall, 'at' | 'duplicate' | 'reference'>): KeptCall {
    const { idempotencyKey, body } = given;
    const first = idempotencyKey === null ? undefined : this.#firstWith(idempotencyKey);
    if (first !== undefined) this.#report(first, body);
    const duplicate = first !== undefined;
    const reference = first?.reference ?? this.#nextReference();
    const call = { at: new Date().toISOString(), ...given, duplicate, reference };
    this.calls.push(call);
    this.#record(call);
    return call;
  }

  shown(): DestinationCall[] {
    return this.calls.map(({ at, idempotencyKey, item, body, duplicate, request }) => ({
      ...{ at, idempotencyKey, item, body, duplicate },
      ...(request === undefined ? {} : { request }),
    }));
  }

  get duplicates(): number {
    return this.calls.filter(({ duplicate }) => duplicate).length;
  }

  /** `skip` of the fault: so many calls of each item pass, so that a list of actions fails in its middle. */
  #passes(item: string | null): boolean {
    const taken = new Set(this.calls.filter((call) => call.item === item).map((call) => call.idempotencyKey));
    return taken.size < this.faults.setting('skip', 0);
  }

  #firstWith(key: string): KeptCall | undefined {
    return this.calls.find((call) => call.idempotencyKey === key);
  }

  #nextReference(): string {
    return `${this.name}-${String(this.calls.length - this.duplicates + 1).padStart(6, '0')}`;
  }

  #report(first: KeptCall, body: unknown): void {
    const changed = JSON.stringify(first.body) === JSON.stringify(body) ? '' : ' WITH ANOTHER BODY';
    console.error(
      `sandbox: DUPLICATE CALL${changed}: ${this.name} already took '${first.idempotencyKey}' at ${first.at} as ${first.reference}`,
    );
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
