import type { Automation, ModelRequest } from '../../shared/automation.ts';
import { clock, isoNow } from '../../shared/clock.ts';
import { sha256 } from '../../shared/digest.ts';
import { type Endpoint, TIERS, type Tier, type Usage } from '../../shared/endpoint.ts';
import { errorFacts, SystemError } from '../../shared/errors.ts';
import type { LineageEntry, Priority } from '../../shared/item.ts';
import { exact } from '../../shared/prices.ts';
import { count, logger, modelCall } from '../../shared/telemetry.ts';
import { type Answer, type Asked, answerOf } from './answer.ts';
import { type Reservation, release, reserve, settle } from './budget.ts';
import { call } from './call.ts';
import { AFTER, CallFailure, errorOf } from './classify.ts';
import { cost, priceRow } from './prices.ts';
import { reportFailure, reportSuccess } from './report.ts';
import type { Candidate } from './router.ts';
import { type NoTurn, type Turn, takeTurn, waitForTurn } from './turn.ts';
import { BudgetSpent, Waiting } from './waiting-error.ts';

/*
 * One question, put to the candidates in their order until one answers. Each candidate is its own little contract: booked at its
 * worst, let through by the endpoint's breaker and line, called, settled on what it really used. What goes wrong says which
 * candidate is worth a try next, or that none is.
 */

export interface LadderOptions {
  automation: Pick<Automation, 'name' | 'budget'>;
  controlTable: string;
  priority: Priority;
  /** A bound on the dear side of what one question takes. */
  inputTokens: number;
  logprobs: boolean;
  temperature?: number;
}

export interface Climbed<T> {
  answer: Answer<T>;
  candidate: Candidate;
}

export class Ladder<T> {
  readonly #options: LadderOptions;
  readonly #asked: Asked<T>;
  /** Every call that was made, in order. */
  readonly lineage: LineageEntry[] = [];
  #last: CallFailure | undefined;
  #waits: { seconds: number; reason: string }[] = [];

  constructor(options: LadderOptions, asked: Asked<T>) {
    this.#options = options;
    this.#asked = asked;
  }

  /**
   * @throws Waiting while every endpoint that could answer is busy or shut; BudgetSpent when the day does not hold the call; and
   *   what the last failure is to the item, where nothing is left to try.
   */
  async climb(candidates: readonly Candidate[]): Promise<Climbed<T>> {
    let left = [...candidates];
    for (let next = left.shift(); next; next = left.shift()) {
      const candidate = next;
      const result = await this.#attempt(candidate);
      if (!(result instanceof CallFailure)) {
        if (result) return { answer: result, candidate };
        // Another model of a shut endpoint is behind the same door.
        left = left.filter(({ endpoint }) => endpoint.name !== candidate.endpoint.name);
        continue;
      }
      this.#last = result;
      left = left.filter((other) => worthATry(result, candidate, other));
    }
    throw this.#outOfCandidates();
  }

  /** The answer, its failure, or undefined where the endpoint gave no turn. */
  async #attempt(candidate: Candidate): Promise<Answer<T> | CallFailure | undefined> {
    const { endpoint } = candidate;
    const reservation = await this.#book(candidate);
    if (!reservation) return undefined;
    const turn = await this.#turn(candidate, reservation);
    if (!turn) return undefined;
    const calls: Usage[] = [];
    const startedAt = clock.now();
    try {
      const answer = await this.#ask(candidate, calls);
      await this.#settle(candidate, reservation, calls);
      await reportSuccess(this.#options.controlTable, endpoint, turn, answer.reply.headers);
      this.#note(candidate, calls, answer.milliseconds);
      return answer;
    } catch (error) {
      const spent = error instanceof CallFailure ? error.calls : calls;
      await this.#settle(candidate, reservation, spent);
      if (!(error instanceof CallFailure)) throw error;
      await this.#report(endpoint, turn, error);
      this.#note(candidate, spent, clock.now() - startedAt, error);
      return error;
    }
  }

  #ask(candidate: Candidate, calls: Usage[]): Promise<Answer<T>> {
    const { endpoint, offer } = candidate;
    const { logprobs, temperature } = this.#options;
    const { step, schema } = this.#asked;
    return answerOf(
      (messages) => call(endpoint, offer, { step, messages, schema, logprobs, temperature }),
      this.#asked,
      calls,
    );
  }

  /** Undefined where the day holds no such call but a cheaper endpoint is only busy: that one is waited for. */
  async #book({ worstUsd, offer }: Candidate): Promise<Reservation | undefined> {
    const { controlTable, automation, inputTokens } = this.#options;
    // As the price: two questions, the second with the first answer in it, and two answers.
    const most = { usd: worstUsd, tokens: 2 * (inputTokens + 2 * offer.maxOutputTokens) };
    try {
      return await reserve(controlTable, automation, most);
    } catch (error) {
      if (error instanceof BudgetSpent && (this.#waits.length > 0 || this.#last)) return undefined;
      throw error;
    }
  }

  async #turn({ endpoint, offer }: Candidate, reservation: Reservation): Promise<Turn | undefined> {
    const { controlTable, priority, automation, inputTokens } = this.#options;
    const tokens = inputTokens + offer.maxOutputTokens;
    try {
      const turn = await takeTurn(controlTable, endpoint, { tokens, priority, automation: automation.name });
      if ('refused' in turn) {
        if (turn.refused === 'open') count('endpointsShut', automation.name);
        this.#waits.push(waitFor(endpoint, turn));
      } else {
        const came = await waitForTurn(controlTable, endpoint, turn);
        if (came === 'go') return turn;
        this.#waits.push(waitFor(endpoint, came));
      }
    } catch (error) {
      await release(reservation);
      throw error;
    }
    await release(reservation);
    return undefined;
  }

  async #settle({ offer }: Candidate, reservation: Reservation, calls: readonly Usage[]): Promise<void> {
    const usd = calls.reduce((sum, usage) => sum + cost(offer, usage), 0);
    const tokens = calls.reduce((sum, usage) => sum + usage.inputTokens + usage.outputTokens, 0);
    await settle(reservation, usd, tokens);
  }

  async #report(endpoint: Endpoint, turn: Turn, failure: CallFailure): Promise<void> {
    const { controlTable } = this.#options;
    const { breaker: kind } = AFTER[failure.kind];
    // An answer of no use is no fault of the endpoint's health.
    if (kind === 'none') return reportSuccess(controlTable, endpoint, turn, failure.headers);
    const { retryAfterMs, headers } = failure;
    logger.warn('endpoint failed', { endpoint: endpoint.name, kind, reason: failure.message });
    return reportFailure(controlTable, endpoint, turn, { kind, retryAfterMs, headers });
  }

  #note(
    { endpoint, offer, reason }: Candidate,
    calls: readonly Usage[],
    milliseconds: number,
    failure?: CallFailure,
  ): void {
    const sum = (field: keyof Usage) => calls.reduce((before, usage) => before + usage[field], 0);
    const entry: LineageEntry = {
      at: isoNow(),
      step: this.#asked.step,
      model: offer.name,
      endpoint: endpoint.name,
      promptVersion: this.#asked.prompt.version,
      promptHash: promptHash(this.#asked),
      route: reason,
      cached: false,
      costUsd: exact(calls.reduce((before, usage) => before + cost(offer, usage), 0)),
      inputTokens: sum('inputTokens'),
      cachedTokens: sum('cachedTokens'),
      outputTokens: sum('outputTokens'),
      price: priceRow(offer),
      milliseconds: Math.round(milliseconds),
      ...(failure ? { failure: failure.kind } : {}),
    };
    this.lineage.push(entry);
    modelCall(this.#options.automation.name, entry);
  }

  #outOfCandidates(): Error {
    const wait = this.#waits.sort((a, b) => a.seconds - b.seconds)[0];
    const passing = !this.#last || errorFacts(errorOf(this.#last)).class === 'TransientError';
    // What is shut opens again: a failure that passes does not outweigh an endpoint that is worth waiting for.
    if (wait && passing) return new Waiting(wait.reason, wait.seconds);
    return this.#last ? errorOf(this.#last) : new SystemError('no model could be asked');
  }
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

function waitFor({ name }: Endpoint, refused: NoTurn): { seconds: number; reason: string } {
  const ms = refused.refused === 'open' ? refused.until - clock.now() : refused.retryAfterMs;
  const why = refused.refused === 'open' ? `its breaker is open (${refused.reason})` : 'it is busy';
  return { seconds: Math.max(1, Math.ceil(ms / 1000)), reason: `endpoint '${name}': ${why}` };
}

export function promptHash({ prompt }: Pick<ModelRequest<unknown>, 'prompt'>): string {
  return sha256(prompt.text).slice(0, 12);
}
