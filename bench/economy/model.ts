import { sha256 } from '../../lambdas/kit/digest.ts';
import { seeded } from '../../local/load/random.ts';
import type { Line, Message } from './lines.ts';

/*
 * A model server of which everything is assumed, and printed: prices, how often it is wrong, how long it takes, and its prompt cache.
 * What it asks for each answer is added up here, apart from our own books.
 */

export interface Assumed {
  inputUsdPerMillion: number;
  cachedUsdPerMillion: number;
  outputUsdPerMillion: number;
  vectorUsdPerMillion: number;
  /** Of the price, in a file and in the service tier. */
  batchShare: number;
  flexShare: number;
  /** The share of texts that it sorts under a wrong label, each time that it is asked about them. */
  wrong: number;
  /** Seconds until an answer begins, for each token of it, and for a vector. */
  firstSeconds: number;
  tokenSeconds: number;
  vectorSeconds: number;
  /** Requests with one key meet at one machine, others at any. Each keeps what a request begins with for minutes. */
  machines: number;
  keptMinutes: number;
}

export const ASSUMED: Assumed = {
  ...{ inputUsdPerMillion: 2, cachedUsdPerMillion: 0.5, outputUsdPerMillion: 8, vectorUsdPerMillion: 0.02 },
  ...{ batchShare: 0.5, flexShare: 0.5, wrong: 0.02 },
  ...{ firstSeconds: 0.6, tokenSeconds: 0.012, vectorSeconds: 0.12, machines: 4, keptMinutes: 5 },
};

/** Shorter beginnings are not kept, and longer ones in steps. */
const [LEAST_KEPT, STEP_KEPT] = [1024, 128];
const CHARACTERS_PER_TOKEN = 4;
/** In the service tier an answer takes so many times as long. */
const FLEX_SLOWER = 2;

interface Billed {
  /** Requests: labels, drafts and vectors, those in files included. */
  labels: number;
  drafts: number;
  vectors: number;
  inFiles: number;
  usd: number;
  /** How long somebody waited for the answers, all together. */
  seconds: number;
}

interface Request {
  messages?: readonly { role: string; content: string }[];
  input?: readonly string[];
  prompt_cache_key?: string;
  service_tier?: string;
}

export class AssumedModel {
  readonly billed: Billed = { labels: 0, drafts: 0, vectors: 0, inFiles: 0, usd: 0, seconds: 0 };
  readonly #assumed: Assumed;
  readonly #labels: readonly string[];
  readonly #right: ReadonlyMap<string, string>;
  readonly #vectorOf: (text: string) => readonly number[];
  readonly #now: () => number;
  readonly #next = seeded(17);
  readonly #kept = new Map<string, number>();

  constructor(
    assumed: Assumed,
    { labels }: Pick<Line, 'labels'>,
    known: { messages: readonly Message[]; vectorOf: (text: string) => readonly number[]; now: () => number },
  ) {
    this.#assumed = assumed;
    this.#labels = labels;
    this.#right = new Map(known.messages.map(({ text, label }) => [keyOf(text), label]));
    this.#vectorOf = known.vectorOf;
    this.#now = known.now;
  }

  answer(body: unknown, path: string, inFile: boolean): object {
    const asked = body as Request;
    return path.endsWith('embeddings') ? this.#vectors(asked) : this.#chat(asked, inFile);
  }

  #vectors({ input = [] }: Request): object {
    const tokens = tokensOf(input.join(''));
    this.billed.vectors += 1;
    this.billed.seconds += this.#assumed.vectorSeconds;
    this.billed.usd += (tokens * this.#assumed.vectorUsdPerMillion) / 1e6;
    const data = input.map((text, index) => ({ index, embedding: this.#vectorOf(text) }));
    return { object: 'list', data, usage: { prompt_tokens: tokens, total_tokens: tokens } };
  }

  #chat(asked: Request, inFile: boolean): object {
    const { messages = [], service_tier: tier } = asked;
    const input = JSON.parse(messages.at(-1)?.content ?? '{}') as { labels?: unknown; text: string };
    const sorts = input.labels !== undefined;
    const content = JSON.stringify(
      sorts ? { label: this.says(input.text) } : { answer: draftOn(input.text) },
    );
    const all = tokensOf(messages.map((it) => it.content).join(''));
    const [cached, out] = [inFile ? 0 : this.#cached(asked), tokensOf(content)];
    const { inputUsdPerMillion, cachedUsdPerMillion, outputUsdPerMillion } = this.#assumed;
    const { batchShare, flexShare, firstSeconds, tokenSeconds } = this.#assumed;
    const usd =
      ((all - cached) * inputUsdPerMillion + cached * cachedUsdPerMillion + out * outputUsdPerMillion) / 1e6;
    const flex = tier === 'flex';
    this.billed[sorts ? 'labels' : 'drafts'] += 1;
    if (inFile) this.billed.inFiles += 1;
    // Some texts take longer: up to twice as long.
    else
      this.billed.seconds +=
        (firstSeconds + tokenSeconds * out) * (1 + shareOf(`slow|${input.text}`)) * (flex ? FLEX_SLOWER : 1);
    this.billed.usd += usd * (inFile ? batchShare : flex ? flexShare : 1);
    const usage = {
      ...{ prompt_tokens: all, completion_tokens: out, total_tokens: all + out },
      prompt_tokens_details: { cached_tokens: cached },
    };
    const message = { role: 'assistant', content, refusal: null };
    return {
      ...{ id: 'chatcmpl-month', object: 'chat.completion', created: 0, model: 'assumed', usage },
      choices: [{ index: 0, finish_reason: 'stop', logprobs: null, message }],
    };
  }

  /** @throws Error for a text that did not come this month: nobody could say what is right */
  says(text: string): string {
    const right = this.#right.get(keyOf(text));
    if (right === undefined) throw new Error(`nobody sent '${text.slice(0, 60)}'`);
    if (shareOf(`wrong|${keyOf(text)}`) >= this.#assumed.wrong) return right;
    const others = this.#labels.filter((label) => label !== right);
    return others[Math.floor(shareOf(`which|${keyOf(text)}`) * others.length)] as string;
  }

  #cached({ messages = [], prompt_cache_key: key }: Request): number {
    const beginning = messages[0]?.content ?? '';
    const tokens = Math.floor(tokensOf(beginning) / STEP_KEPT) * STEP_KEPT;
    if (tokens < LEAST_KEPT) return 0;
    const { machines, keptMinutes } = this.#assumed;
    const machine = Math.floor((key === undefined ? this.#next() : shareOf(key)) * machines);
    const place = `${machine}|${sha256(beginning)}`;
    const last = this.#kept.get(place) ?? Number.NEGATIVE_INFINITY;
    this.#kept.set(place, this.#now());
    return this.#now() - last <= keptMinutes * 60_000 ? tokens : 0;
  }
}

const tokensOf = (text: string): number => Math.ceil(text.length / CHARACTERS_PER_TOKEN);

/** From 0 to 1, the same for the same text. */
const shareOf = (text: string): number => Number.parseInt(sha256(text).slice(0, 8), 16) / 2 ** 32;

/** However a stage has put its spaces. */
const keyOf = (text: string): string => text.normalize('NFKC').replaceAll(/\s+/g, ' ').trim();

/** From a hundred to three hundred characters for each text. */
function draftOn(text: string): string {
  return 'We have seen what you wrote and will come back to you. '.repeat(
    2 + Math.floor(4 * shareOf(`draft|${text}`)),
  );
}
