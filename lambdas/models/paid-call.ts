import type { Automation } from '../contract/automation.ts';
import type { Usage } from '../contract/endpoint.ts';
import type { LineageEntry } from '../contract/item/row.ts';
import type { Priority } from '../contract/item/status.ts';
import { isoNow } from '../kit/clock.ts';
import { modelCall } from '../kit/telemetry.ts';
import { CallFailure, type FailureKind, total } from '../outbound/classify.ts';
import { enter, type Permit, waitingFor } from '../outbound/permit.ts';
import type { RateHeaders } from '../outbound/rate-headers.ts';
import { reportCall } from '../outbound/report.ts';
import { outOfTime, type Waiting } from '../outbound/waiting-error.ts';
import { hasTime } from '../outbound/waiting-time.ts';
import type { Lease } from '../tables/items/lease.ts';
import { type Reservation, release, reserve, settle } from './budget.ts';
import { type About, entryOf } from './lineage.ts';
import { cost } from './prices.ts';
import type { Candidate } from './router.ts';
import { isDoubtful, secondOpinion } from './wire/opinion.ts';

/*
 * The one sequence of a paid call, whatever is called: booked at its worst, admitted by the endpoint's breaker and rate limiter,
 * called, settled at what it really used, noted in the lineage, reported to the endpoint's row. A kind of call (chat, embeddings)
 * is a `PaidCall`: what it takes at worst, and how it is made.
 */

/** Who pays: the automation's day holds the money, the item's priority says how long to wait. */
export interface Payer {
  automation: Pick<Automation, 'name' | 'budget'>;
  controlTable: string;
  priority: Priority;
  /** The item of the call: one item alone opens no breaker. @default an item of its own */
  item?: string | undefined;
  /** When the function ends (ms since 1970): no call begins that could outlive it. @default never */
  deadline?: number | undefined;
  /** Of who works on the item: without it no request is made. @default nobody else works on it */
  lease?: Pick<Lease, 'mustHold'> | undefined;
  /** Whose day holds the money. @default the automation's own */
  account?: string | undefined;
}

/** One kind of call, at one candidate. */
export interface PaidCall<R> {
  about: About;
  /** The requests that it makes at worst, in their order: booked before the first one. */
  worst: readonly Usage[];
  /** What it probably takes of the endpoint's limits. */
  likelyTokens: number;
  /** Paid for before: no call is made. @default nothing */
  kept?: R | undefined;
  /** Makes every request through `requests`. @throws CallFailure where what came is of no use */
  run(requests: Requests): Promise<{ result: R; headers: RateHeaders }>;
}

export type Outcome<R> = { result: R } | { failure: CallFailure } | { wait: Waiting };

interface Request {
  at: string;
  calls: readonly Usage[];
  milliseconds: number;
  failure?: FailureKind;
  answeredBy?: string | undefined;
}

/** The requests of a call so far, and what each of them cost, also where it failed. */
export class Requests {
  readonly made: Request[] = [];
  readonly #lease: Payer['lease'];

  constructor(lease?: Payer['lease']) {
    this.#lease = lease;
  }

  /** @throws Leased instead of a request that another delivery may make as well */
  async make<T extends { usage: Usage; milliseconds: number; model?: string }>(
    send: () => Promise<T>,
  ): Promise<T> {
    this.#lease?.mustHold();
    try {
      const reply = await send();
      const { usage, milliseconds, model: answeredBy } = reply;
      this.made.push({ at: isoNow(), calls: [usage], milliseconds, answeredBy });
      return reply;
    } catch (error) {
      if (error instanceof CallFailure) {
        const { kind: failure, milliseconds, calls } = error;
        this.made.push({ at: isoNow(), calls, milliseconds, failure });
      }
      throw error;
    }
  }

  get usage(): Usage[] {
    return this.made.flatMap(({ calls }) => calls);
  }
}

/**
 * Makes a call at a candidate, and adds each of its requests to `lineage`. A wait: the endpoint gave no permit, or the function has no
 * time for the call any more; nothing was called.
 * @throws BudgetSpent when the day does not hold it; what the tables throw, and what breaks in the call that is no CallFailure
 */
export async function pay<R>(
  payer: Payer,
  candidate: Candidate,
  call: PaidCall<R>,
  lineage: LineageEntry[],
): Promise<Outcome<R>> {
  const { controlTable, automation, account } = payer;
  const { endpoint } = candidate;
  const most = total(call.worst);
  const usd = costOf(candidate, call.worst);
  const reservation = await reserve(controlTable, automation, { usd, tokens: tokensOf(most) }, account);
  // The day's money may have come from other calls of this function, after a wait.
  if (!hasTime(payer.deadline, endpoint, payer.priority, call.worst.length)) {
    await release(reservation);
    return { wait: outOfTime() };
  }
  const permit = await permitFor(payer, candidate, call, reservation);
  if ('wait' in permit) return permit;
  const requests = new Requests(payer.lease);
  let done: { result: R; headers: RateHeaders } | CallFailure | undefined;
  try {
    done = await call.run(requests);
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error;
    done = await doubted(payer, candidate, permit, error, requests);
  } finally {
    // In one place: settled twice, it would give back what others have booked.
    await settle(reservation, costOf(candidate, requests.usage), tokensOf(total(requests.usage)));
    note(payer, candidate, call.about, requests.made, done, lineage);
  }
  if (done instanceof CallFailure) {
    // What is only tried must not shut an endpoint to those who need it.
    if (account === undefined) await reportCall(controlTable, endpoint, permit, done.heard);
    return { failure: done };
  }
  await reportCall(controlTable, endpoint, permit, done.headers);
  return { result: done.result };
}

async function permitFor(
  { controlTable, priority, item, automation: { name: automation } }: Payer,
  { endpoint }: Candidate,
  { likelyTokens: tokens }: PaidCall<unknown>,
  reservation: Reservation,
): Promise<Permit | { wait: Waiting }> {
  const request = { tokens, priority, item, automation };
  const permit = await enter(controlTable, endpoint, request).catch(async (error: unknown) => {
    await release(reservation);
    throw error;
  });
  if (!('refused' in permit)) return permit;
  await release(reservation);
  return { wait: waitingFor(endpoint, permit, automation) };
}

/** One text must not shut an endpoint for everybody: it is asked once more, with a text of ours. */
async function doubted(
  { controlTable, deadline }: Payer,
  { endpoint, offer }: Candidate,
  permit: Permit,
  first: CallFailure,
  { made }: Requests,
): Promise<CallFailure> {
  if (!isDoubtful(first)) return first;
  const opinion = await secondOpinion(controlTable, endpoint, offer, permit, first, deadline);
  const { failure, usage, milliseconds } = opinion;
  const { kind } = failure.heard;
  const last = made.at(-1);
  if (last) last.failure = kind;
  if (usage) made.push({ at: isoNow(), calls: [usage], milliseconds, failure: kind });
  return failure;
}

function note(
  { automation }: Payer,
  candidate: Candidate,
  about: About,
  made: readonly Request[],
  done: object | undefined,
  lineage: LineageEntry[],
): void {
  made.forEach(({ failure, ...request }, index) => {
    const last = index === made.length - 1;
    const used = last && done !== undefined && !(done instanceof CallFailure);
    // A reply that nobody refused and nobody used was no good to its reader.
    const why = failure ?? (last && done instanceof CallFailure ? done.kind : 'unusable');
    const entry = { ...entryOf(about, candidate, request), ...(used ? {} : { failure: why }) };
    lineage.push(entry);
    modelCall(automation.name, entry);
  });
}

/* Request by request: a price with a long-context step goes by each of them. */
function costOf({ offer }: Candidate, requests: readonly Usage[]): number {
  return requests.reduce((sum, usage) => sum + cost(offer, usage), 0);
}

function tokensOf({ inputTokens, outputTokens }: Usage): number {
  return inputTokens + outputTokens;
}
