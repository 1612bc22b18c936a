import * as z from 'zod/mini';
import type { StepPolicy, StepRunner } from '../../lambdas/contract/automation.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import type { Priority } from '../../lambdas/contract/item/status.ts';
import { trainSurrogates } from '../../lambdas/operate/surrogates/run.ts';
import { LEARNING, THINKING } from '../../lib/parts/handler.ts';
import { BUCKET, CONTROL_TABLE, IDEMPOTENCY_TABLE } from '../../local/cases/account.ts';
import { type BatchWorld, ITEM_TABLE, openBatchWorld } from '../batch-world.ts';
import { costOf, MONTHLY } from '../prices.ts';
import type { Ticket } from '../sort/automation.ts';
import { lookForBatches } from '../standing.ts';
import { Counter, since } from './aws.ts';
import { type Arrival, type Line, MONTH_BEGINS } from './lines.ts';
import { type Assumed, AssumedModel } from './model.ts';

/*
 * The month of one line, through the code of `process`, of the batches and of what trains: tables and bucket in memory, a model server on
 * loopback, and a clock that is moved from one arrival to the next.
 */

const MINUTE = 60_000;
const SCHEDULE_MINUTES = 15;
/** In production each ten minutes: that is what is counted. */
const TRAIN_MINUTES = 180;
const TRAINS_IN_PRODUCTION = 18;
/** Of the function that looks after batches. */
const BATCH_MB = 1769;
const STATES_OF_A_LOOK = 3;
const SCHEDULES_A_MONTH = (30 * 24 * 60) / SCHEDULE_MINUTES;

export interface Ended {
  id: string;
  priority: Priority;
  /** Until its verdict: what was waited, what models took, and the processor time of our own code. */
  seconds: number;
  right: boolean;
  by: 'model' | 'exact' | 'similar' | 'surrogate';
}

export interface Came {
  ended: Ended[];
  modelUsd: number;
  awsUsd: number;
  /** What the items say that they cost. */
  lineageUsd: number;
  labels: number;
  drafts: number;
  vectors: number;
  inFiles: number;
  unanswered: number;
}

export interface Given {
  line: Line;
  arrivals: readonly Arrival[];
  on: boolean;
  assumed: Assumed;
  vectorOf: (text: string) => readonly number[];
  /** Told now and then. */
  log?: (line: string) => void;
}

const draftSchema = z.object({ answer: z.string() });

export async function runLine({ line, arrivals, on, assumed, vectorOf, log }: Given): Promise<Came> {
  const steps: Readonly<Record<string, StepPolicy>> = on ? line.means : {};
  let model: AssumedModel | undefined;
  const world = await openBatchWorld({
    policy: {},
    fate: () => ({ seconds: 5400 }),
    offer: offerOf(assumed),
    more: [vectorsOffer(assumed)],
    capabilities: on ? { promptCacheKey: true } : {},
    complete: (body, path, inFile) => (model as AssumedModel).answer(body, path, inFile),
    automation: {
      ...{ name: line.name, labels: line.labels, steps },
      requester: (body: unknown) => (body as { from: string }).from,
    } as never,
    implementation: implementationOf(line) as never,
  });
  model = new AssumedModel(assumed, line, { messages: arrivals, vectorOf, now: () => world.now });
  try {
    const month = new Month(world, model, new Counter(world.memory), steps);
    for (const [nth, arrival] of arrivals.entries()) {
      await month.until(arrival.at);
      await month.take(arrival);
      if (nth % 500 === 499) log?.(`${line.name}, ${on ? 'on' : 'off'}: ${nth + 1} of ${arrivals.length}`);
    }
    return await month.end();
  } finally {
    await world.close();
  }
}

class Month {
  readonly #world: BatchWorld;
  readonly #model: AssumedModel;
  readonly #aws: Counter;
  readonly #has: { batches: boolean; surrogate: boolean };
  readonly #waiting = new Map<string, Arrival>();
  readonly #ended: Ended[] = [];
  #nextLook = MONTH_BEGINS;
  #nextSchedule = MONTH_BEGINS;
  /** The run that looks after batches at the moment. */
  #runs: string | undefined;
  #nextTraining = MONTH_BEGINS;
  #idleLooks = 0;
  #moreUsd = 0;
  #looks = 0;
  readonly #began = process.cpuUsage();
  /** Of it, what looks and trainings took, each counted by itself. */
  #apart = 0;

  constructor(
    world: BatchWorld,
    model: AssumedModel,
    aws: Counter,
    steps: Readonly<Record<string, StepPolicy>>,
  ) {
    [this.#world, this.#model, this.#aws] = [world, model, aws];
    const all = Object.values(steps);
    this.#has = {
      batches: all.some(({ batch }) => batch && batch.tier !== 'flex'),
      surrogate: all.some(({ surrogate }) => surrogate),
    };
  }

  /** What the clocks do until then. */
  async until(at: number): Promise<void> {
    for (;;) {
      const next = Math.min(
        this.#has.batches ? this.#nextLook : Number.POSITIVE_INFINITY,
        this.#has.surrogate ? this.#nextTraining : Number.POSITIVE_INFINITY,
      );
      if (next > at) break;
      this.#world.now = next;
      if (next === this.#nextLook && this.#has.batches) await this.#look();
      else await this.#train();
    }
    this.#world.now = at;
  }

  /** A run of the state machine: it looks each minute while it says so, and the schedule begins the next one. */
  async #look(): Promise<void> {
    const begins = this.#runs === undefined;
    if (begins) this.#nextSchedule += SCHEDULE_MINUTES * MINUTE;
    this.#nextLook = this.#nextSchedule;
    if (begins && this.#waiting.size === 0) {
      this.#idleLooks += 1;
      return;
    }
    this.#runs ??= `run-${this.#world.now}`;
    this.#looks += 1;
    const began = process.cpuUsage();
    const { waits } = await this.#world.tick(this.#runs);
    this.#ran(BATCH_MB, began);
    this.#aws.add('Step Functions transition', begins ? STATES_OF_A_LOOK + 1 : STATES_OF_A_LOOK);
    if (waits) this.#nextLook = this.#world.now + MINUTE;
    else {
      this.#runs = undefined;
      while (this.#nextSchedule <= this.#world.now) this.#nextSchedule += SCHEDULE_MINUTES * MINUTE;
      this.#nextLook = this.#nextSchedule;
    }
    await this.#work();
    for (const arrival of [...this.#waiting.values()])
      this.#settle(arrival, (this.#world.now - arrival.at) / 1000);
  }

  async #train(): Promise<void> {
    this.#nextTraining += TRAIN_MINUTES * MINUTE;
    const [before, began] = [this.#aws.now(), process.cpuUsage()];
    await trainSurrogates(this.#world.automation, {
      ITEM_TABLE,
      CONTROL_TABLE,
      IDEMPOTENCY_TABLE,
      CONTENT_BUCKET: BUCKET,
    });
    this.#ran(LEARNING, began);
    this.#moreUsd += costOf(since(before, this.#aws.now(), TRAINS_IN_PRODUCTION - 1));
  }

  #ran(megabytes: number, began: NodeJS.CpuUsage): void {
    const seconds = cpuSeconds(began);
    this.#apart += seconds;
    this.#aws.ran(megabytes, seconds);
  }

  async take(arrival: Arrival): Promise<void> {
    const { id, priority, text, from } = arrival;
    this.#waiting.set(id, arrival);
    const body: Ticket & { from: string } = { ticket: id, euros: 10, text, from };
    await this.#world.put(id, priority, body);
    this.#settle(arrival, await this.#work());
  }

  /** @returns the seconds of models */
  async #work(): Promise<number> {
    const before = this.#model.billed.seconds;
    const delivered = this.#world.delivered;
    await this.#world.work();
    const waited = this.#model.billed.seconds - before;
    const messages = this.#world.delivered - delivered;
    this.#aws.add('Lambda request', messages);
    this.#aws.waited(THINKING, waited);
    // Received and deleted, one by one.
    this.#aws.add('SQS request', 2 * messages);
    return waited;
  }

  #settle({ id, priority, label }: Arrival, seconds: number): void {
    const row = this.#world.memory.tables.rows(ITEM_TABLE).get(id) as unknown as ItemRow | undefined;
    if (!row?.verdict) return;
    this.#waiting.delete(id);
    const calls = (row.lineage ?? []).filter(({ step }) => step === 'route');
    const last = calls.at(-1);
    const by = last?.similar ? 'similar' : last?.surrogate ? 'surrogate' : last?.cached ? 'exact' : 'model';
    this.#ended.push({ id, priority, seconds, right: row.label === label, by });
    // What `act` does, or a person who agrees: nothing of the month is about that.
    this.#world.memory.tables.put(ITEM_TABLE, { ...row, status: 'done' });
  }

  async end(): Promise<Came> {
    for (let hours = 0; hours < 48 && this.#waiting.size > 0; hours += 1)
      await this.until(this.#world.now + 60 * MINUTE);
    const { usd, labels, drafts, vectors, inFiles } = this.#model.billed;
    // The rest of the processor's time is that of `process`, with the server of the model in it: shared by all messages alike.
    const own = (cpuSeconds(this.#began) - this.#apart) / Math.max(1, this.#world.delivered);
    this.#aws.waited(THINKING, own * this.#world.delivered);
    const idle = this.#idleLooks / SCHEDULES_A_MONTH;
    const stands = this.#has.batches ? MONTHLY.alarm + idle * lookForBatches() : 0;
    return {
      ended: this.#ended.map((it) => ({ ...it, seconds: it.seconds + own })),
      ...{
        modelUsd: usd,
        awsUsd: costOf(this.#aws.now()) + this.#moreUsd + stands,
        labels,
        drafts,
        vectors,
        inFiles,
      },
      lineageUsd: this.#world.items().reduce((sum, { costUsd = 0 }) => sum + costUsd, 0),
      unanswered: this.#waiting.size,
    };
  }
}

const cpuSeconds = (began: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1e6;
};

function implementationOf({ name, labels, rules, drafts }: Line) {
  const prompt = (task: string, more: string) => ({
    version: `${name}.v1`,
    text: `${task}\n\n${more}\n${RULE.repeat(rules)}`,
  });
  const explained = labels
    .map((label) => `- ${label}: what is about ${label.replaceAll('_', ' ')}`)
    .join('\n');
  const draft = prompt('You answer what customers write, in the words of the house.', '');
  return {
    prompts: { route: prompt('You sort messages by what they are about.', explained), draft },
    evaluate: async (item: { label: string; text: string; body: Ticket }, step: StepRunner) => {
      const { label, text, body } = item;
      const said = drafts
        ? await step.model('draft', { prompt: draft, schema: draftSchema, input: { about: label, text } })
        : { answer: '' };
      return {
        ...{ action: 'file', parameters: { label, ticket: body.ticket }, confidence: null },
        ...{ brief: said.answer, evidence: [] },
      };
    },
  };
}

const RULE =
  '- Read the whole message first, and go by what it asks for and not by the words that it happens to use.\n';

function offerOf({ wrong: _, vectorUsdPerMillion: __, ...assumed }: Assumed) {
  const { inputUsdPerMillion, cachedUsdPerMillion, outputUsdPerMillion, batchShare, flexShare } = assumed;
  return {
    ...{ name: 'assumed', inputUsdPerMillion, cachedUsdPerMillion, outputUsdPerMillion },
    ...{ batchShare, flexShare, maxOutputTokens: 300 },
  };
}

function vectorsOffer({ vectorUsdPerMillion: inputUsdPerMillion }: Assumed) {
  return {
    ...{ name: 'vectors', kind: 'embeddings' as const, tier: 'small' as const, pricedAt: '2026-11-20' },
    ...{ inputUsdPerMillion, cachedUsdPerMillion: inputUsdPerMillion, outputUsdPerMillion: 0 },
    ...{ maxOutputTokens: 1, contextTokens: 8192 },
  };
}
