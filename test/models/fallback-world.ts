import { expect } from 'vitest';
import type { Endpoint, ModelOffer } from '../../lambdas/contract/endpoint.ts';
import type { Answer as StepAnswer } from '../../lambdas/models/answer/answer.ts';
import { type ChatOptions, chatCall } from '../../lambdas/models/answer/chat-call.ts';
import { FallbackChain } from '../../lambdas/models/fallback.ts';
import type { Payer } from '../../lambdas/models/paid-call.ts';
import { worstCase } from '../../lambdas/models/prices.ts';
import type { Candidate } from '../../lambdas/models/router.ts';
import type { BreakerRow } from '../../lambdas/tables/control/breakers.ts';
import type { BudgetRow } from '../../lambdas/tables/control/budgets.ts';
import { budgetKey } from '../../lambdas/tables/keys.ts';
import { type Answer, type Stub, stubServer } from '../support/http.ts';
import { time, world } from '../support/world.ts';
import { completion, ENDPOINT, GOOD, OFFER, request, type Sorted } from './wire/completions.ts';

/* Several endpoints behind one server, told apart by their paths, and the control table that they share. */

export const INPUT_TOKENS = 50;
/** Of one good answer: 10 tokens in at a dollar, 5 out at 4 dollars a million. */
export const PAID_MICRO_USD = 30;

export class Endpoints {
  /** What each answers with, one per request; the last one stays. One that is not named answers well. */
  answers: Record<string, Answer[]> = {};
  /** Who was asked, as `endpoint/model`. */
  asked: string[] = [];
  /** How long an answer each was asked for. */
  limits: number[] = [];
  /** Runs at each request, before the answer. */
  onRequest: (() => void) | undefined;
  readonly #server: Stub;

  private constructor(server: Stub) {
    this.#server = server;
    server.answers = [
      (response, seen) => {
        const name = seen.path.split('/')[1] ?? '';
        const { model, max_completion_tokens: limit } = JSON.parse(seen.body);
        this.asked.push(`${name}/${model}`);
        this.limits.push(limit);
        this.onRequest?.();
        const mine = this.answers[name] ?? [completion(GOOD)];
        const answer = mine.length > 1 ? mine.shift() : mine[0];
        if (typeof answer === 'function') return answer(response, seen);
        response.writeHead(answer?.status ?? 200, { 'content-type': 'application/json', ...answer?.headers });
        return response.end(typeof answer?.body === 'string' ? answer.body : JSON.stringify(answer?.body));
      },
    ];
  }

  static async start(): Promise<Endpoints> {
    return new Endpoints(await stubServer());
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  candidate(name: string, offer: Partial<ModelOffer> = {}, endpoint: Partial<Endpoint> = {}): Candidate {
    const whole: ModelOffer = { ...OFFER, ...offer };
    return {
      endpoint: {
        ...ENDPOINT,
        name,
        baseUrl: `${this.#server.url}/${name}/v1`,
        models: [whole],
        ...endpoint,
      },
      offer: whole,
      worstUsd: worstCase(whole, INPUT_TOKENS),
      reason: `because of ${name}`,
    };
  }
}

/** Each call is a worker's of its own, with a table that it remembers nothing of, unless it is told one. */
export function chain(
  { mostUsd = 1, ...given }: Partial<Payer & ChatOptions & { mostUsd: number }> = {},
  asked = request,
): FallbackChain<StepAnswer<Sorted>> {
  const options = {
    automation: { name: 'demo', budget: { perDayUsd: 1, perItemUsd: 1 } },
    ...{ controlTable: 'control', priority: 'normal' as const, inputTokens: INPUT_TOKENS, logprobs: false },
    ...given,
  };
  const money = { hold: async () => true, paid: () => {} };
  return new FallbackChain(options, { mostUsd, money }, (candidate) => chatCall(options, asked, candidate));
}

export const spent = (table = 'control') =>
  world.tables.row<BudgetRow>(table, budgetKey('demo'))?.spentMicroUsd ?? 0;

export const budgetRow = (table: string) => world.tables.row<BudgetRow>(table, budgetKey('demo'));

/** The endpoint's breaker is open for so many seconds. */
export function shut(table: string, name: string, seconds = 30): void {
  const row: BreakerRow = { id: `endpoint#${name}`, breaker: 'open', reason: 'it was down', epoch: 1 };
  world.tables.put(table, { ...row, openUntil: time.at + seconds * 1000 });
}

/** Its line is longer than anybody may wait; only for an endpoint with limits. */
export function crowd(table: string, name: string, seconds = 60): void {
  world.tables.put(table, { id: `endpoint#${name}`, lineAt: time.at + seconds * 1000 });
}

export const LIMITED: Partial<Endpoint> = { requestsPerMinute: 600 };

/** Who waits for one breaker does not come back at one moment, but within half a minute, or five seconds where it opens later. */
export const spreadFrom = (seconds: number) =>
  expect.toSatisfy((it: number) => it >= seconds && it <= Math.max(30, seconds + 5));
