import type { Automation } from '../../contract/automation.ts';
import type { Endpoint } from '../../contract/endpoint.ts';
import type { EnvFor } from '../../contract/env.ts';
import { errorFacts } from '../../kit/errors.ts';
import { logger } from '../../kit/telemetry.ts';
import type { Amount } from '../../tables/control/budgets.ts';
import { settleAhead } from '../budget.ts';
import { Provider } from './provider.ts';

/** What one look at the batches of an automation needs. */
export class Keeping {
  readonly env: EnvFor<'models/batch'>;
  readonly automation: Pick<Automation, 'name' | 'steps' | 'maxConcurrency'>;
  readonly endpoints: readonly Endpoint[];
  /** Whether an operator holds the automation: nothing is begun, and what is under way is stopped. */
  readonly held: boolean;
  readonly #providers = new Map<string, Provider>();
  /** What is to be corrected, by the day's row. */
  readonly #money = new Map<string, Amount & { requests: number }>();

  constructor(given: Pick<Keeping, 'env' | 'automation' | 'endpoints' | 'held'>) {
    this.env = given.env;
    this.automation = given.automation;
    this.endpoints = given.endpoints;
    this.held = given.held;
  }

  get table(): string {
    return this.env.IDEMPOTENCY_TABLE;
  }

  endpoint(name: string): Endpoint | undefined {
    return this.endpoints.find((it) => it.name === name);
  }

  /** What a request cost that was booked. @param used nothing where nobody bills it */
  async settle(
    { day, microUsd, tokens }: Amount & { day: string },
    used: Amount = { microUsd: 0, tokens: 0 },
  ): Promise<void> {
    const before = this.#money.get(day) ?? { microUsd: 0, tokens: 0, requests: 0 };
    const requests = before.requests + 1;
    this.#money.set(day, {
      microUsd: before.microUsd + used.microUsd - microUsd,
      tokens: before.tokens + used.tokens - tokens,
      requests,
    });
    if (requests >= SETTLED_TOGETHER) await this.flush();
  }

  /** Writes what was settled. What cannot be written stays booked: too much, never too little. */
  async flush(): Promise<void> {
    const all = [...this.#money];
    this.#money.clear();
    for (const [day, { microUsd, tokens }] of all)
      await settleAhead(this.env.CONTROL_TABLE, day, { microUsd, tokens }).catch((error: unknown) =>
        logger.warn('not settled', { budget: day, microUsd, tokens, reason: errorFacts(error).message }),
      );
  }

  /** Undefined where the configuration has no such endpoint any more. */
  provider(name: string): Provider | undefined {
    const endpoint = this.endpoint(name);
    if (!endpoint) return undefined;
    const provider = this.#providers.get(name) ?? new Provider(endpoint);
    this.#providers.set(name, provider);
    return provider;
  }
}

/** Settled together: all of a day are one row. */
const SETTLED_TOGETHER = 200;

/** So many at a time: tables and queues answer them side by side. */
const AT_ONCE = 40;

export async function eachOf<T>(
  all: Iterable<T> | AsyncIterable<T>,
  work: (one: T) => Promise<void>,
): Promise<void> {
  let group: Promise<void>[] = [];
  for await (const one of all) {
    group.push(work(one));
    if (group.length < AT_ONCE) continue;
    await Promise.all(group);
    group = [];
  }
  await Promise.all(group);
}
