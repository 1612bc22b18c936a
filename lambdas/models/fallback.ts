import { TIERS, type Tier } from '../contract/endpoint.ts';
import type { LineageEntry } from '../contract/item/row.ts';
import { ProcessingError, SystemError } from '../kit/errors.ts';
import { AFTER, type CallFailure, errorOf } from '../outbound/classify.ts';
import { BudgetSpent, outOfTime, Waiting } from '../outbound/waiting-error.ts';
import { hasTime } from '../outbound/waiting-time.ts';
import { type Outcome, type PaidCall, type Payer, pay } from './paid-call.ts';
import { exact } from './prices.ts';
import { type Candidate, isLonger } from './router.ts';
import type { StepMoney } from './runner.ts';

/* Tries a step's candidates in order. The kind of a failure says which others deserve an attempt. */

/** An endpoint that is full refuses again whoever comes back at once. */
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
  readonly #money: Pick<StepMoney, 'hold' | 'paid'>;
  readonly #mostUsd: number;
  readonly #callAt: CallAt<R>;
  /** Every request that was made, in order. */
  readonly lineage: LineageEntry[] = [];
  #last: { failure: CallFailure; candidate: Candidate } | undefined;
  /** Why an answer that was paid for was of no use. */
  #useless: ProcessingError | undefined;
  #tooDear: ProcessingError | undefined;
  readonly #waits: { wait: Waiting; candidate: Candidate }[] = [];

  /** `mostUsd`: for all candidates together. */
  constructor(
    payer: Payer,
    { mostUsd, money }: { mostUsd: number; money: Pick<StepMoney, 'hold' | 'paid'> },
    callAt: CallAt<R>,
  ) {
    this.#payer = payer;
    this.#money = money;
    this.#mostUsd = mostUsd;
    this.#callAt = callAt;
  }

  /**
   * @throws Waiting while every endpoint that could answer is busy or shut; BudgetSpent when the day does not hold the call; and
   *   what the last failure is to the item, where nothing is left to try.
   * @param before what was tried elsewhere. @default nothing
   */
  async run(
    candidates: readonly Candidate[],
    before?: { failure: CallFailure; candidate: Candidate } | undefined,
  ): Promise<Found<R>> {
    let left = [...candidates];
    if (before) {
      this.#failed(before.failure, before.candidate);
      left = left.filter((other) => worthATry(before.failure, before.candidate, other));
    }
    for (let next = left.shift(); next; next = left.shift()) {
      const candidate = next;
      const call = await this.#callAt(candidate);
      if (call.kept !== undefined) return { answer: call.kept, candidate, kept: true };
      if (exact(this.spentUsd + candidate.worstUsd) > this.#mostUsd) continue;
      if (!this.#hasTime(candidate, call)) continue;
      const outcome = await this.#held(candidate, call);
      if (outcome === undefined) continue;
      if ('result' in outcome) return { answer: outcome.result, candidate, kept: false };
      if ('wait' in outcome) {
        this.#waits.push({ wait: outcome.wait, candidate });
        // Its other models share its breaker and its rate limiter.
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

  /** Undefined if the item's other steps have spent what this call may cost, or for `#attempt`'s reasons. */
  async #held(candidate: Candidate, call: PaidCall<R>): Promise<Outcome<R> | undefined> {
    const { worstUsd } = candidate;
    if (!(await this.#money.hold(worstUsd))) {
      this.#tooDear = new ProcessingError(
        `the step '${call.about.step}' could cost more than the item's budget`,
      );
      return undefined;
    }
    const before = this.spentUsd;
    try {
      return await this.#attempt(candidate, call);
    } finally {
      this.#money.paid(worstUsd, exact(this.spentUsd - before));
    }
  }

  /**
   * Undefined if the day's budget does not hold this call but an earlier candidate gives the better reason: it is only busy or down
   * and worth waiting for, its key or the request is wrong and operators must hear of it, or its useless answer was paid for.
   */
  async #attempt(candidate: Candidate, call: PaidCall<R>): Promise<Outcome<R> | undefined> {
    try {
      return await pay(this.#payer, candidate, call, this.lineage);
    } catch (error) {
      const last = this.#last && AFTER[this.#last.failure.kind].error;
      // A text too long for the cheap model is not wrong: it waits for a day that holds the expensive one.
      const other = this.#waits.length > 0 || (last !== undefined && last !== 'InputError');
      if (error instanceof BudgetSpent && other) return undefined;
      throw error;
    }
  }

  #failed(failure: CallFailure, candidate: Candidate): void {
    this.#last = { failure, candidate };
    const error = errorOf(failure, candidate.endpoint);
    // A blocked request cost nothing.
    if (error instanceof ProcessingError && failure.kind !== 'blocked') this.#useless = error;
    if (failure.kind === 'rate' || failure.kind === 'unsure')
      this.#waits.push({ wait: waitForRoom(failure, candidate), candidate });
  }

  #outOfCandidates(): Error {
    if (!this.#last)
      return soonest(this.#waits) ?? this.#tooDear ?? new SystemError('no model could be asked');
    // What was paid for would be paid for again.
    if (this.#useless) return this.#useless;
    const { failure, candidate } = this.#last;
    // A candidate that only had no room may do better than the one that failed, even if it was tried first.
    const better = this.#waits.filter(
      (it) => it.candidate === candidate || worthATry(failure, candidate, it.candidate),
    );
    return soonest(better) ?? errorOf(failure, candidate.endpoint);
  }
}

function soonest(waits: readonly { wait: Waiting }[]): Waiting | undefined {
  return waits.map(({ wait }) => wait).sort((a, b) => a.seconds - b.seconds)[0];
}

/** A full endpoint is waited for like a busy one, without using up a receive of the item's message. */
function waitForRoom(failure: CallFailure, { endpoint: neighbour }: Candidate): Waiting {
  const seconds = Math.ceil((failure.retryAfterMs ?? 0) / 1000);
  return new Waiting(failure.message, Math.max(LEAST_ROOM_SECONDS, seconds), { neighbour });
}

/** Whether a candidate could do better after this failure. */
function worthATry(failure: CallFailure, failed: Candidate, other: Candidate): boolean {
  if (isLonger(other, failed)) return failure.kind === 'cut';
  const same = other.endpoint.name === failed.endpoint.name;
  switch (AFTER[failure.kind].next) {
    case 'another endpoint':
      // A wrong key or an outage concerns the whole endpoint; a request may be wrong for one model only.
      return !same || failure.kind === 'request';
    case 'a longer context':
      return other.offer.contextTokens > failed.offer.contextTokens;
    case 'a stronger tier':
      return (
        rank(other.offer.tier) > rank(failed.offer.tier) ||
        (failure.kind === 'cut' && isLonger(other, failed))
      );
    case 'none':
      return false;
  }
}

function rank(tier: Tier): number {
  return TIERS.indexOf(tier);
}
