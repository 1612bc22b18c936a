import type { Automation, ModelRequest } from '../contract/automation.ts';
import type { Usage } from '../contract/endpoint.ts';
import type { LineageEntry } from '../contract/item/row.ts';
import type { Priority } from '../contract/item/status.ts';
import { isoNow } from '../kit/clock.ts';
import { sha256 } from '../kit/digest.ts';
import { ProcessingError, SystemError } from '../kit/errors.ts';
import { modelCall } from '../kit/telemetry.ts';
import { AFTER, CallFailure, errorOf, type FailureKind, total } from '../outbound/classify.ts';
import { comeTo, type NoTurn, type Turn, waitFor } from '../outbound/permit.ts';
import { reportCall } from '../outbound/report.ts';
import { BudgetSpent, outOfTime, Waiting } from '../outbound/waiting-error.ts';
import { hasTime } from '../outbound/waiting-time.ts';
import { type Answer, type Asked, answerOf } from './answer/answer.ts';
import { isDoubtful, secondOpinion } from './answer/opinion.ts';
import { type Reservation, release, reserve, settle } from './budget.ts';
import { worthATry } from './next-candidate.ts';
import { cost, exact, priceRow, worstCalls } from './prices.ts';
import type { Candidate } from './router.ts';
import { call, type Message } from './wire/call.ts';
import { knowingLimit, learnLimit, withOldLimit } from './wire/limit-field.ts';
import { likelyTokens } from './wire/tokens.ts';

/*
 * One question, put to the candidates in their order until one answers. Each candidate is its own little contract: booked at its
 * worst, let through by the endpoint's breaker and line, called, settled on what it really used. What goes wrong says which
 * candidate is worth a try next, or that none is.
 */

/** Others were let in meanwhile: whoever comes back at once is refused once more. */
const LEAST_ROOM_SECONDS = 5;

export interface FallbackOptions {
  automation: Pick<Automation, 'name' | 'budget'>;
  controlTable: string;
  priority: Priority;
  /** Whose question it is: an item alone opens no breaker. @default nobody else's */
  item?: string | undefined;
  /** A bound on the dear side of what one question takes. */
  inputTokens: number;
  /** What is left of the item's budget, for all of its candidates together. */
  mostUsd: number;
  logprobs: boolean;
  temperature?: number;
  /** When the function ends (milliseconds since 1970): no call begins that could outlive it. @default never */
  deadline?: number | undefined;
}

export interface ChainResult<T> {
  answer: Answer<T>;
  candidate: Candidate;
}

/** One call, and why its answer was not used, if it was not. */
interface Made {
  at: string;
  calls: readonly Usage[];
  milliseconds: number;
  failure?: FailureKind;
}

export class FallbackChain<T> {
  readonly #options: FallbackOptions;
  readonly #asked: Asked<T>;
  /** Every call that was made, in order. */
  readonly lineage: LineageEntry[] = [];
  #last: { failure: CallFailure; candidate: Candidate } | undefined;
  /** Why an answer that was paid for was of no use. */
  #useless: ProcessingError | undefined;
  readonly #waits: { wait: Waiting; candidate: Candidate }[] = [];

  constructor(options: FallbackOptions, asked: Asked<T>) {
    this.#options = options;
    this.#asked = asked;
  }

  /**
   * @throws Waiting while every endpoint that could answer is busy or shut; BudgetSpent when the day does not hold the call; and
   *   what the last failure is to the item, where nothing is left to try.
   */
  async run(candidates: readonly Candidate[]): Promise<ChainResult<T>> {
    let left = [...candidates];
    for (let next = left.shift(); next; next = left.shift()) {
      const candidate = next;
      if (exact(this.spentUsd + candidate.worstUsd) > this.#options.mostUsd) continue;
      if (!this.#hasTime(candidate)) continue;
      const result = await this.#attempt(candidate);
      if (result === 'not booked') continue;
      if (result === 'no turn') {
        // Another model of a shut endpoint is behind the same door.
        left = left.filter(({ endpoint }) => endpoint.name !== candidate.endpoint.name);
        continue;
      }
      if (!(result instanceof CallFailure)) return { answer: result, candidate };
      this.#last = { failure: result, candidate };
      const error = errorOf(result);
      // Who blocks a question was not paid for it.
      if (error instanceof ProcessingError && result.kind !== 'blocked') this.#useless = error;
      if (result.kind === 'rate' || result.kind === 'unsure')
        this.#waits.push({ wait: waitForRoom(result), candidate });
      left = left.filter((other) => worthATry(result, candidate, other));
    }
    throw this.#outOfCandidates();
  }

  /** What the calls so far have cost. */
  get spentUsd(): number {
    return exact(this.lineage.reduce((sum, { costUsd }) => sum + costUsd, 0));
  }

  #hasTime(candidate: Candidate): boolean {
    const { priority, deadline } = this.#options;
    if (hasTime(deadline, candidate.endpoint, priority, 2)) return true;
    this.#waits.push({ wait: outOfTime(), candidate });
    return false;
  }

  async #attempt(candidate: Candidate): Promise<Answer<T> | CallFailure | 'not booked' | 'no turn'> {
    const { controlTable } = this.#options;
    const reservation = await this.#book(candidate);
    if (!reservation) return 'not booked';
    const turn = await this.#turn(candidate, reservation);
    if (!turn) return 'no turn';
    const calls: Usage[] = [];
    const made: Made[] = [];
    let outcome: Answer<T> | CallFailure | undefined;
    try {
      outcome = await this.#ask(candidate, calls, made);
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      outcome = await this.#doubted(candidate, turn, error, calls, made);
    } finally {
      // In one place: settled twice, it would give back what others have booked.
      await this.#settle(candidate, reservation, calls);
      this.#note(candidate, made, outcome);
    }
    await reportCall(
      controlTable,
      candidate.endpoint,
      turn,
      outcome instanceof CallFailure ? outcome.heard : outcome.reply.headers,
    );
    if ('reply' in outcome && outcome.reply.oldLimit)
      await learnLimit(controlTable, candidate.endpoint, candidate.offer);
    return outcome;
  }

  /** One text must not shut an endpoint for everybody: what would is asked about once more. */
  async #doubted(
    { endpoint, offer }: Candidate,
    turn: Turn,
    first: CallFailure,
    calls: Usage[],
    made: Made[],
  ): Promise<CallFailure> {
    if (!isDoubtful(first)) return first;
    const { controlTable, deadline } = this.#options;
    const { failure, usage, milliseconds } = await secondOpinion(
      controlTable,
      endpoint,
      offer,
      turn,
      first,
      deadline,
    );
    const { kind } = failure.heard;
    const last = made.at(-1);
    if (last) last.failure = kind;
    if (usage) {
      calls.push(usage);
      made.push({ at: isoNow(), calls: [usage], milliseconds, failure: kind });
    }
    return failure;
  }

  #ask({ endpoint: named, offer }: Candidate, calls: Usage[], made: Made[]): Promise<Answer<T>> {
    const { logprobs, temperature, inputTokens, controlTable } = this.#options;
    let endpoint = knowingLimit(controlTable, named, offer);
    const { step, schema } = this.#asked;
    const booked = worstCalls(offer, inputTokens);
    const one = async (messages: readonly Message[]) => {
      const inputMost = booked[made.length]?.inputTokens;
      try {
        const reply = await call(endpoint, offer, {
          ...{ step, messages, schema, logprobs, temperature, inputMost },
        });
        made.push({ at: isoNow(), calls: [reply.usage], milliseconds: reply.milliseconds });
        if (reply.oldLimit) endpoint = withOldLimit(endpoint);
        return reply;
      } catch (error) {
        if (error instanceof CallFailure) {
          const { kind: failure, milliseconds } = error;
          made.push({ at: isoNow(), calls: error.calls, milliseconds, failure });
        }
        throw error;
      }
    };
    return answerOf(one, this.#asked, calls);
  }

  /**
   * Undefined where the day does not hold the call, and something else is to be said: a cheaper endpoint is only busy or down, and
   * is waited for; its key or the request is wrong, and operators hear of it; or an answer was paid for, and a person gets the item.
   */
  async #book({ worstUsd, offer }: Candidate): Promise<Reservation | undefined> {
    const { controlTable, automation, inputTokens } = this.#options;
    const calls = total(worstCalls(offer, inputTokens));
    const most = { usd: worstUsd, tokens: calls.inputTokens + calls.outputTokens };
    try {
      return await reserve(controlTable, automation, most);
    } catch (error) {
      const last = this.#last && AFTER[this.#last.failure.kind].error;
      // A text that is too long for the cheap one is right, and waits for the day that holds the dear one.
      const other = this.#waits.length > 0 || (last !== undefined && last !== 'InputError');
      if (error instanceof BudgetSpent && other) return undefined;
      throw error;
    }
  }

  async #turn(candidate: Candidate, reservation: Reservation): Promise<Turn | undefined> {
    const { controlTable, priority, automation, inputTokens, item } = this.#options;
    const { endpoint, offer } = candidate;
    const tokens = likelyTokens(inputTokens) + offer.maxOutputTokens;
    let turn: Turn | NoTurn;
    try {
      turn = await comeTo(controlTable, endpoint, { tokens, priority, item, automation: automation.name });
    } catch (error) {
      await release(reservation);
      throw error;
    }
    if (!('refused' in turn)) return turn;
    await release(reservation);
    this.#waits.push({ wait: waitFor(endpoint, turn, automation.name), candidate });
    return undefined;
  }

  async #settle({ offer }: Candidate, reservation: Reservation, calls: readonly Usage[]): Promise<void> {
    const usd = calls.reduce((sum, usage) => sum + cost(offer, usage), 0);
    const tokens = calls.reduce((sum, usage) => sum + usage.inputTokens + usage.outputTokens, 0);
    await settle(reservation, usd, tokens);
  }

  #note(
    { endpoint, offer, reason }: Candidate,
    made: readonly Made[],
    outcome: Answer<T> | CallFailure | undefined,
  ): void {
    const { step, prompt } = this.#asked;
    made.forEach(({ at, calls, milliseconds, failure }, index) => {
      const last = index === made.length - 1;
      const used = last && outcome !== undefined && !(outcome instanceof CallFailure);
      // A reply that nobody refused and nobody used was no good to its reader.
      const why = failure ?? (last && outcome instanceof CallFailure ? outcome.kind : 'unusable');
      const entry: LineageEntry = {
        ...{ at, step, model: offer.name, endpoint: endpoint.name, promptVersion: prompt.version },
        ...{ promptHash: promptHash(this.#asked), route: reason, cached: false },
        costUsd: exact(calls.reduce((sum, usage) => sum + cost(offer, usage), 0)),
        ...total(calls),
        ...{ price: priceRow(offer), milliseconds: Math.round(milliseconds) },
        ...(used ? {} : { failure: why }),
      };
      this.lineage.push(entry);
      modelCall(this.#options.automation.name, entry);
    });
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
export function waitForRoom(failure: CallFailure): Waiting {
  const seconds = Math.ceil((failure.retryAfterMs ?? 0) / 1000);
  return new Waiting(failure.message, Math.max(LEAST_ROOM_SECONDS, seconds));
}

export function promptHash({ prompt }: Pick<ModelRequest<unknown>, 'prompt'>): string {
  return sha256(prompt.text).slice(0, 12);
}
