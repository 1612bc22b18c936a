import { TIERS, type Tier } from '../contract/endpoint.ts';
import type { LineageEntry } from '../contract/item/row.ts';
import { ProcessingError, SystemError } from '../kit/errors.ts';
import { AFTER, type CallFailure, errorOf } from '../outbound/classify.ts';
import { BudgetSpent, outOfTime, Waiting } from '../outbound/waiting-error.ts';
import { hasTime } from '../outbound/waiting-time.ts';
import { type Outcome, type PaidCall, type Payer, pay } from './paid-call.ts';
import { exact } from './prices.ts';
import type { Candidate } from './router.ts';

/* The candidates of a step in their order, until one answers. What goes wrong says which of the others is worth an attempt. */

/** Others were let in meanwhile: whoever comes back at once is refused once more. */
const LEAST_ROOM_SECONDS = 5;

/** The call that a step makes at a candidate. */
export type CallAt<R> = (candidate: Candidate) => PaidCall<R> | Promise<PaidCall<R>>;

export interface Found<R> {
  answer: R;
  candidate: Candidate;
  /** True where it was paid for before. */
  kept: boolean;
}

export class FallbackChain<R> {
  readonly #payer: Payer;
  readonly #mostUsd: number;
  readonly #callAt: CallAt<R>;
  /** Every request that was made, in order. */
  readonly lineage: LineageEntry[] = [];
  #last: { failure: CallFailure; candidate: Candidate } | undefined;
  /** Why an answer that was paid for was of no use. */
  #useless: ProcessingError | undefined;
  readonly #waits: { wait: Waiting; candidate: Candidate }[] = [];

  /** `mostUsd`: what is left of the item's budget, for all candidates together. */
  constructor(payer: Payer, mostUsd: number, callAt: CallAt<R>) {
    this.#payer = payer;
    this.#mostUsd = mostUsd;
    this.#callAt = callAt;
  }

  /**
   * @throws Waiting while every endpoint that could answer is busy or shut; BudgetSpent when the day does not hold the call; and
   *   what the last failure is to the item, where nothing is left to try.
   */
  async run(candidates: readonly Candidate[]): Promise<Found<R>> {
    let left = [...candidates];
    for (let next = left.shift(); next; next = left.shift()) {
      const candidate = next;
      const call = await this.#callAt(candidate);
      if (call.kept !== undefined) return { answer: call.kept, candidate, kept: true };
      if (exact(this.spentUsd + candidate.worstUsd) > this.#mostUsd) continue;
      if (!this.#hasTime(candidate, call)) continue;
      const outcome = await this.#attempt(candidate, call);
      if (outcome === undefined) continue;
      if ('result' in outcome) return { answer: outcome.result, candidate, kept: false };
      if ('wait' in outcome) {
        this.#waits.push({ wait: outcome.wait, candidate });
        // Another model of a shut endpoint is behind the same door.
        left = left.filter(({ endpoint }) => endpoint.name !== candidate.endpoint.name);
        continue;
      }
      this.#failed(outcome.failure, candidate);
      left = left.filter((other) => worthATry(outcome.failure, candidate, other));
    }
    throw this.#outOfCandidates();
  }

  /** What the requests so far have cost. */
  get spentUsd(): number {
    return exact(this.lineage.reduce((sum, { costUsd }) => sum + costUsd, 0));
  }

  #hasTime(candidate: Candidate, { worst }: PaidCall<R>): boolean {
    const { priority, deadline } = this.#payer;
    if (hasTime(deadline, candidate.endpoint, priority, worst.length)) return true;
    this.#waits.push({ wait: outOfTime(), candidate });
    return false;
  }

  /**
   * Undefined where the day does not hold the call, and something else is to be said: a cheaper endpoint is only busy or down, and
   * is waited for; its key or the request is wrong, and operators hear of it; or an answer was paid for, and a person gets the item.
   */
  async #attempt(candidate: Candidate, call: PaidCall<R>): Promise<Outcome<R> | undefined> {
    try {
      return await pay(this.#payer, candidate, call, this.lineage);
    } catch (error) {
      const last = this.#last && AFTER[this.#last.failure.kind].error;
      // A text that is too long for the cheap one is right, and waits for the day that holds the expensive one.
      const other = this.#waits.length > 0 || (last !== undefined && last !== 'InputError');
      if (error instanceof BudgetSpent && other) return undefined;
      throw error;
    }
  }

  #failed(failure: CallFailure, candidate: Candidate): void {
    this.#last = { failure, candidate };
    const error = errorOf(failure);
    // Who blocks a request was not paid for it.
    if (error instanceof ProcessingError && failure.kind !== 'blocked') this.#useless = error;
    if (failure.kind === 'rate' || failure.kind === 'unsure')
      this.#waits.push({ wait: waitForRoom(failure), candidate });
  }

  #outOfCandidates(): Error {
    if (!this.#last) return soonest(this.#waits) ?? new SystemError('no model could be asked');
    // What was paid for would be paid for again.
    if (this.#useless) return this.#useless;
    const { failure, candidate } = this.#last;
    // Who had no room may do better than who failed, also if it was asked before.
    const better = this.#waits.filter(
      (it) => it.candidate === candidate || worthATry(failure, candidate, it.candidate),
    );
    return soonest(better) ?? errorOf(failure);
  }
}

function soonest(waits: readonly { wait: Waiting }[]): Waiting | undefined {
  return waits.map(({ wait }) => wait).sort((a, b) => a.seconds - b.seconds)[0];
}

/** A full endpoint is waited for like a busy one: no receive of the item's message is used up. */
function waitForRoom(failure: CallFailure): Waiting {
  const seconds = Math.ceil((failure.retryAfterMs ?? 0) / 1000);
  return new Waiting(failure.message, Math.max(LEAST_ROOM_SECONDS, seconds));
}

/** What is left after a failure: not the same again, and only what could do better. */
function worthATry(failure: CallFailure, failed: Candidate, other: Candidate): boolean {
  const same = other.endpoint.name === failed.endpoint.name;
  switch (AFTER[failure.kind].next) {
    case 'another endpoint':
      // A wrong key or an outage is that of the whole endpoint; a request may be wrong for one model only.
      return !same || failure.kind === 'request';
    case 'a longer context':
      return other.offer.contextTokens > failed.offer.contextTokens;
    case 'a stronger tier':
      return rank(other.offer.tier) > rank(failed.offer.tier);
    case 'none':
      return false;
  }
}

function rank(tier: Tier): number {
  return TIERS.indexOf(tier);
}
