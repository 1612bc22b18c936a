import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Account } from '../../local/account.ts';
import type { Outputs } from '../../local/outputs.ts';
import { processTree } from '../../local/resources.ts';
import type { Verdict } from '../verdicts.ts';

/* The deployed application, before the cases of one set. */

export interface HostileSet {
  /** Of its folder. */
  name: string;
  /** Sends `most` of its cases, spread over all of them, and says what else is asked of them. */
  check(app: HostileApp, folder: string, most: number): Promise<Verdict[]>;
}

export interface Answer {
  status: number;
  body: { id?: string; detail?: string; errors?: { pointer: string; message: string }[] };
}

export interface Item {
  id: string;
  status: string;
  reasons?: string[];
  error?: { message: string };
  approval?: { status: string };
  timeline: { at: string; event: string }[];
}

/** Posts at a time, and cases under way: most of its time an item waits for its turn. */
const CONNECTIONS = 6;
const UNDER_WAY = 40;
/** At rest, or before a person. */
const RESTS =
  /^(?:done|rejected|refused|expired|withdrawn|quarantined|parked|suspended|deferred|waiting_approval)$/;
const PATIENCE_MS = 300_000;

export class HostileApp {
  readonly outputs: Outputs;
  readonly account: Account;
  readonly #emulator: number | undefined;
  readonly #endings = new Map<string, number>();
  readonly #began = Date.now();
  readonly #waiting: (() => void)[] = [];
  #calls = 0;
  #faults = 0;
  #lost = 0;
  #parked = 0;
  #slowest = 0;
  #fullest: Fullness | undefined;

  constructor(outputs: Outputs, emulator: number | undefined) {
    this.outputs = outputs;
    this.account = new Account(outputs.endpointUrl);
    this.#emulator = emulator;
  }

  /** Several at a time; what is done with a case returns how it ended. */
  async each<T>(cases: readonly T[], end: (one: T) => Promise<string>): Promise<void> {
    const left = [...cases];
    const lane = async () => {
      for (let one = left.shift(); one !== undefined; one = left.shift()) {
        const ending = await end(one);
        this.#endings.set(ending, (this.#endings.get(ending) ?? 0) + 1);
        if (left.length % 25 === 0) await this.#weigh();
      }
    };
    await Promise.all(Array.from({ length: UNDER_WAY }, lane));
  }

  post(automation: string, body: Uint8Array | string): Promise<Answer> {
    return this.send(`/v1/automations/${automation}/items`, body, {
      authorization: `Bearer ${this.outputs.clientToken}`,
      'idempotency-key': crypto.randomUUID(),
    });
  }

  /** Without a token, unless it is among the headers. */
  async send(
    path: string,
    body: Uint8Array | string,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    return this.#inTurn(async () => {
      const response = await fetch(`${this.outputs.apiUrl}${path}`, {
        ...{ method: 'POST', body: typeof body === 'string' ? body : new Uint8Array(body) },
        headers: { 'content-type': 'application/json', ...headers },
      });
      const answer: Answer = {
        status: response.status,
        body: (await response.json().catch(() => ({}))) as Answer['body'],
      };
      if (answer.status >= 500) this.#faults += 1;
      return answer;
    });
  }

  async #inTurn<T>(call: () => Promise<T>): Promise<T> {
    if (this.#calls >= CONNECTIONS) await new Promise<void>((go) => this.#waiting.push(go));
    else this.#calls += 1;
    try {
      return await call();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#calls -= 1;
    }
  }

  /** An accepted item at rest, as the API tells it; nothing where it did not come to rest, which is a loss. */
  async rest(id: string): Promise<Item | undefined> {
    const headers = { authorization: `Bearer ${this.outputs.clientToken}` };
    const began = Date.now();
    for (let pause = 300; Date.now() - began < PATIENCE_MS; pause = Math.min(pause * 1.5, 1500)) {
      await sleep(pause);
      // The table is asked whether it is there yet: of the API it costs two functions each time.
      if (!RESTS.test((await this.account.item(id))?.status ?? '')) continue;
      const response = await this.#inTurn(() => fetch(`${this.outputs.apiUrl}/v1/items/${id}`, { headers }));
      if (response.status >= 500) this.#faults += 1;
      if (!response.ok) continue;
      const item = (await response.json()) as Item;
      const [first, last] = [item.timeline[0], item.timeline.at(-1)];
      const took = (Date.parse(last?.at ?? '') - Date.parse(first?.at ?? '')) / 1000;
      this.#slowest = Math.max(this.#slowest, took);
      if (item.status === 'parked') this.#parked += 1;
      return item;
    }
    this.#lost += 1;
    return undefined;
  }

  /** Of the functions' processes, by what each has to itself beside what it would have in AWS. */
  async #weigh(): Promise<void> {
    if (this.#emulator === undefined) return;
    const [, ...all] = await processTree(this.#emulator);
    for (const { pid, bytes } of all) {
      const own = await functionOf(pid);
      if (own && !(bytes / own.memory <= shareOf(this.#fullest))) this.#fullest = { ...own, bytes };
    }
  }

  async told() {
    const endings = [...this.#endings].sort(([, a], [, b]) => b - a);
    return {
      ...{ endings, faults: this.#faults, lost: this.#lost, parked: this.#parked },
      ...{ slowest: this.#slowest, fullest: this.#fullest },
      cases: endings.reduce((sum, [, count]) => sum + count, 0),
      seconds: (Date.now() - this.#began) / 1000,
    };
  }
}

/** A function's process, at its worst. */
export interface Fullness {
  name: string;
  /** Bytes: what it stands at, and what the function has in AWS, where it is ended beyond that. */
  bytes: number;
  memory: number;
}

/** No number where nobody could measure it. */
export function shareOf(of: Fullness | undefined): number {
  return of ? of.bytes / of.memory : Number.NaN;
}

async function functionOf(pid: number): Promise<Pick<Fullness, 'name' | 'memory'> | undefined> {
  const told = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  const of = (variable: string) =>
    told
      .split('\0')
      .find((it) => it.startsWith(`${variable}=`))
      ?.slice(variable.length + 1);
  const [name, megabytes] = [of('AWS_LAMBDA_FUNCTION_NAME'), Number(of('AWS_LAMBDA_FUNCTION_MEMORY_SIZE'))];
  return name && megabytes > 0 ? { name, memory: megabytes * 1024 * 1024 } : undefined;
}

/** By its name: the detail of a refusal, the words of an error, the first reason of a question. */
export function endingOf(answer: Answer, item?: Item): string {
  if (answer.status >= 300) {
    const { detail = '', errors = [] } = answer.body;
    // Which field it is tells more than how many there are.
    return `${answer.status} ${detail.replace(/: \d+ faults?$/, `: ${errors[0]?.pointer || 'the whole body'}`)}`;
  }
  if (!item) return 'lost';
  const why = item.error?.message ?? item.reasons?.[0];
  return why === undefined ? item.status : `${item.status}: ${why}`;
}

/** So many of them, evenly over the whole. */
export function spread<T>(all: readonly T[], most: number): T[] {
  const step = Math.max(1, all.length / most);
  return Array.from({ length: Math.min(most, all.length) }, (_, at) => all[Math.floor(at * step)] as T);
}
