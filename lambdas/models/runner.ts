import type { Automation, ModelRequest } from '../contract/automation.ts';
import type { Endpoint } from '../contract/endpoint.ts';
import type { ItemRow, LineageEntry } from '../contract/item/row.ts';
import type { AgentPolicy, AgentTools, AgentTrace } from '../contract/steps/agent.ts';
import type { ModelSteps } from '../contract/steps/steps.ts';
import type { Lease } from '../tables/items/lease.ts';
import type { Payer } from './paid-call.ts';
import { exact } from './prices.ts';

export interface RunnerOptions {
  /** Its lineage so far: what earlier generations cost counts against the item's budget. */
  item: Pick<ItemRow, 'id' | 'generation' | 'remembers' | 'lineage' | 'priority'> &
    Partial<Pick<ItemRow, 'client' | 'share'>>;
  body: unknown;
  /** What people said when they sent the item back. */
  feedback: readonly string[];
  automation: Pick<Automation, 'name' | 'budget' | 'prompts' | 'steps' | 'residency' | 'privacy'> &
    Partial<Pick<Automation, 'requester'>>;
  endpoints: readonly Endpoint[];
  idempotencyTable: string;
  controlTable: string;
  /** Where files of surrogates lie. @default there are none */
  bucket?: string;
  /** How long content is kept (`retention.contentDays`). @default without end */
  contentDays?: number;
  /** When the function ends (milliseconds since 1970). @default never */
  deadline?: number;
  /** Nobody was at work on the item before: no step of it is remembered. @default false */
  fresh?: boolean;
  /** Of who works on the item: without it no call is made. @default nobody else works on it */
  lease?: Pick<Lease, 'mustHold'>;
  /** Whose answers may be used for it where a step says `similar`, and its answers for others. @default nobody's */
  alike?: Alike;
  /** Whose day holds the money, where it is not the automation's own. */
  account?: 'shadow';
  /** Where requests wait for a batch, and since when their item waits. @default no step waits for one */
  batch?: { bucket: string; receivedAt: string } | undefined;
}

/** What is known of an item beside its input when its questions are compared with others'. */
export interface Alike {
  itemTable: string;
  /** Whoever sent it, hashed: several of one sender speak as one. */
  by: string;
  /** What it was routed to; undefined before. */
  label(): string | undefined;
  /** People look at items of the automation afterwards. @default nobody does */
  audited?: boolean;
}

/** Whose vectors are wanted: those of another model cannot be compared with them. */
export interface VectorsOf {
  endpoint: string;
  model: string;
}

export interface Runner extends ModelSteps {
  /** As `ModelSteps` has it; with `of` by that endpoint's model alone. */
  embed(name: string, texts: readonly string[], of?: VectorsOf): Promise<readonly (readonly number[])[]>;
  lineage: LineageEntry[];
  /** Paid calls that no memo holds: those of unfinished steps, and of embeddings. */
  lost: LineageEntry[];
  /** As `model`, by endpoints alone that may see personal data. */
  modelInside: ModelSteps['model'];
  /** Whether a model could be asked to read a picture at all. */
  sees: boolean;
  /**
   * What a model reads on the picture of a page, a PNG: one paid call, remembered and limited as those of `model`.
   * @throws as `model` does
   */
  see(picture: Uint8Array): Promise<string>;
  /** `step.agent`, with its tools. How it came to its answer is told in `traces`. @throws as `model` does, and what a tool throws */
  agentWith<T>(
    name: string,
    request: ModelRequest<T>,
    given: { policy: AgentPolicy; tools: AgentTools },
  ): Promise<T>;
  /** Of every agent that was asked, in their order. */
  traces: readonly AgentTrace[];
  /** Starts no further step, waits for those that run, whose cost belongs to this item, and gives back unspent money. */
  close(): Promise<void>;
}

export function payerOf(options: RunnerOptions): Payer {
  const { item, automation, controlTable, deadline, lease, account } = options;
  return { automation, controlTable, priority: item.priority, item: item.id, deadline, lease, account };
}

/** The money of one step: each of its calls holds its worst price before it is made. */
export interface StepMoney {
  /** False where the item has not got it. Waits while only what its other steps hold is in the way. */
  hold(worstUsd: number): Promise<boolean>;
  /** What the call that held cost. */
  paid(worstUsd: number, usd: number): void;
  /** The step is over, and its cost counted with those that went before. */
  end(): void;
}

/** What an item may spend, for steps that run side by side. */
export class ItemBudget {
  readonly #mostUsd: number;
  readonly #spentUsd: () => number;
  /** Worst prices of calls under way, and what steps that run have paid. */
  #heldUsd = 0;
  #paidUsd = 0;
  #settled = Promise.withResolvers<void>();

  /** @param spentUsd what the steps that are over have cost */
  constructor(mostUsd: number, spentUsd: () => number) {
    this.#mostUsd = mostUsd;
    this.#spentUsd = spentUsd;
  }

  /** What is left, if no call under way costs anything. */
  get leftUsd(): number {
    return exact(this.#mostUsd - this.#spentUsd() - this.#paidUsd);
  }

  step(): StepMoney {
    let paidUsd = 0;
    return {
      hold: async (worstUsd) => {
        while (exact(this.leftUsd - this.#heldUsd) < worstUsd) {
          if (this.leftUsd < worstUsd) return false;
          await this.#settled.promise;
        }
        this.#heldUsd = exact(this.#heldUsd + worstUsd);
        return true;
      },
      paid: (worstUsd, usd) => {
        paidUsd = exact(paidUsd + usd);
        this.#paidUsd = exact(this.#paidUsd + usd);
        this.#heldUsd = exact(this.#heldUsd - worstUsd);
        this.#tell();
      },
      end: () => {
        this.#paidUsd = exact(this.#paidUsd - paidUsd);
        paidUsd = 0;
        this.#tell();
      },
    };
  }

  #tell(): void {
    this.#settled.resolve();
    this.#settled = Promise.withResolvers();
  }
}
