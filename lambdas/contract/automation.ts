import type * as z from 'zod/v4/core';
import type { ApprovalPolicy, EditField } from './approval-policy.ts';
import type { Tier } from './endpoint.ts';
import type { Evaluated, Gated, Routed } from './item/envelope.ts';
import type { Evidence, Proposal } from './item/proposal.ts';
import type { Risk, Verdict } from './item/status.ts';
import type { ParameterKind, Passage, Template } from './parameters.ts';

/**
 * What a team writes to add an automation: `automations/<name>/automation.ts` (this declaration: no model, no prompt, so that
 * the CDK app and intake can read it) and `evaluate.ts` beside it (an `Implementation`: prompts and thinking).
 */
export interface Automation<Body = unknown> {
  /** Folder name and URL segment: lower-case words joined by `-`. */
  name: string;
  /** Team that answers for it. */
  owner: string;
  purpose: string;
  /** What starts it. */
  triggers: readonly string[];
  /** Which data it reads and where that data goes. */
  data: readonly string[];
  /** How it can go wrong, and what then happens. */
  failureModes: readonly string[];
  /** Date of the last review by the owner, `YYYY-MM-DD`. */
  lastReviewed: string;
  reviewEveryDays: number;
  /** The shape of a request body; it validates at intake and is published as JSON Schema. */
  schema: z.$ZodType<Body>;
  /** At least one per verdict that it can come to, each true with the sandbox model: documentation that a test runs. */
  examples: readonly Example<Body>[];
  /** Which parts of the body prepare reads. Exactly one of `text` and `html` need be given. */
  content(body: Body): Content;
  /** The labels route may choose. `other` is always among them and always goes to a person. */
  labels: readonly string[];
  actions: Readonly<Record<string, Action<Body>>>;
  /** Texts that may go out without a person, but for what code puts in their places. @default none */
  templates?: Readonly<Record<string, Template>>;
  /** Prompt versions in use, by step: `{ route: 'route.v1' }`. The files lie in `prompts/`. */
  prompts: Readonly<Record<string, string>>;
  /** Policy: deterministic code over measured facts. It can only be made stricter by the house rules in `gate/`. */
  gate(item: Facts<Body>): { verdict: Verdict; reasons: readonly string[] };
  /**
   * What to propose to a person when the model gave no usable answer or the label is `other`. `reason` is fixed words of code:
   * it belongs in the proposal's `reason`.
   */
  handOver(item: Routed<Body>, reason: string): Proposal;
  /** E-mail address of the person the work is done for, where the body names one: they never approve it themselves. */
  requester?(body: Body): string | undefined;
  approval: ApprovalPolicy;
  /** Most that its model calls may cost: at 80 % of a day the operators are warned, at 100 % the automation waits. */
  budget: { perDayUsd: number; perItemUsd: number; perDayTokens?: number };
  /** What each step needs of a model. @default the smallest tier, anywhere, no cache */
  steps?: Readonly<Record<string, StepPolicy>>;
  /** Residencies its data may go to (`eu`, `own` …), for one body. None, or no answer, is nowhere. @default any */
  residency?(body: Body): readonly string[];
  /** Most items in work at a time, in batches of ten; at least 20. */
  maxConcurrency: number;
}

/** What a policy is made of: no words of the item and none of the model, so that no reason can repeat them. */
export type Facts<Body = unknown> = Omit<Evaluated<Body>, 'text' | 'feedback' | 'proposal'> & {
  /** An approver changed the parameters and answers for them: no model named them. @default false */
  byPerson?: boolean;
  proposal: Omit<Proposal, 'brief' | 'evidence' | 'composed'> & {
    evidence: readonly Pick<Evidence, 'source'>[];
  };
};

export interface Content {
  subject?: string | undefined;
  text?: string | undefined;
  html?: string | undefined;
  /** Of a mail, as the gateway got it: whether a machine wrote it. */
  headers?: MailHeaders | undefined;
}

/** Headers by which a mail says that a machine sent it; any of them makes it automatic. */
export interface MailHeaders {
  /** `Auto-Submitted`; `no` is a person. */
  autoSubmitted?: string | undefined;
  /** `Precedence`: `bulk`, `junk`, `list` or `auto_reply`. */
  precedence?: string | undefined;
  /** `List-Id` */
  listId?: string | undefined;
  /** `X-Auto-Response-Suppress`; `None` is a person. */
  autoResponseSuppress?: string | undefined;
}

export interface Example<Body = unknown> {
  name: string;
  expect: Verdict;
  body: Body;
}

export interface Action<Body = unknown> {
  /** A destination of `signalbox.config.ts`. */
  destination: string;
  risk: Risk;
  reversible: boolean;
  /**
   * How each parameter may come about without a person (`field`, `oneOf`, `matching`, `composed` …). One that is not named here,
   * or is not of its kind, goes out only after a person approved it. @default none: whatever has a parameter asks
   */
  parameters?: Readonly<Record<string, ParameterKind>>;
  /** The parameter that names who gets it. An address out of the body is never verified: free text to it asks. @default nobody */
  recipient?: string;
  /**
   * Which parameters are what will be done: people read them open and whole before they approve, in this order. Free words are always
   * among them. @default all
   */
  shows?: readonly string[];
  /** The action in the approver's words, made from its parameters. */
  describe(parameters: Readonly<Record<string, unknown>>): string;
  /** The money at stake, as a decimal: `240.00`. It chooses the terms of the approval. */
  amount?(parameters: Readonly<Record<string, unknown>>): string | undefined;
  /** The currency of `amount`, such as `EUR`. Amounts of two currencies are never added. */
  currency?(parameters: Readonly<Record<string, unknown>>): string | undefined;
  /** How much of it may happen with nobody asked. @default no limit */
  limits?: Limits<Body>;
  /** What an approver types to allow a catastrophic action: its amount or its target. @default the action's name */
  confirm?(parameters: Readonly<Record<string, unknown>>): string;
  /** Which parameters an approver may change, and within which limits; the gate looks at what they changed. @default none */
  edits?(parameters: Readonly<Record<string, unknown>>, body: Body): Readonly<Record<string, EditField>>;
  /**
   * How the destination's JSON answer to a 2xx looks when it has acted. An answer that does not fit is no success: a refusal where
   * it fits `refusal`, otherwise nobody knows what became of the action, and a person asks there. @default every 2xx is success
   */
  success?: z.$ZodType;
  /** How the answer to a 2xx looks when nothing was done. @default `ok` or `success` is `false` */
  refusal?: z.$ZodType;
}

/** What a step needs; the router chooses among what the configuration offers, and says why. */
export interface StepPolicy {
  /** Least that is good enough. @default 'small' */
  tier?: Tier;
  /** Lifts the tier for an input that is harder than others. */
  complexity?(input: unknown): Tier;
  /** Most that one question may cost, with its fallbacks and further opinions. @default what is left of the item's budget */
  mostUsd?: number;
  /** An answer to exactly the same request may be this old, also from another item. @default 0, none is shared */
  cacheHours?: number;
  /** How sure the model is of a choice: read from its logprobs, or from asking it three times. @default not measured */
  confidence?: 'logprobs' | 'agreement';
}

/** The thinking half of an automation. It may call models through `step`, and nothing else. */
export interface Implementation<Body = unknown> {
  prompts: Readonly<Record<string, Prompt>>;
  /** Its knowledge, each piece fit to be told to anybody. Texts are composed from it, evidence names it. @default none */
  passages?: readonly Passage[];
  evaluate(item: Routed<Body>, step: StepRunner): Promise<Proposal>;
}

export interface Prompt {
  /** File name without its ending: `reply.v1`. */
  version: string;
  text: string;
}

export interface ModelRequest<T> {
  prompt: Prompt;
  /** What the prompt is about, as JSON: the item's text is data in it, never part of the prompt. */
  input: unknown;
  schema: z.$ZodType<T>;
  /** What is missing in an answer that fits the schema, in words for the model: a list that ends early looks complete. */
  missing?(answer: T): string | undefined;
}

export interface StepRunner {
  /**
   * One paid call: remembered under (item, generation, step, prompt version, input), so that a redelivery pays nothing.
   * The answer fits `schema`, after at most one repair and a stronger model.
   * @throws ProcessingError when the answer does not fit even then, or no endpoint may be asked; TransientError when the endpoints
   *   are down or busy, or the budget of the day is spent; SystemError when they are misconfigured.
   */
  model<T>(name: string, request: ModelRequest<T>): Promise<T>;
  /** Calibrated share of right answers among those that looked like the last one of this step, or null: never invented. */
  confidence(name: string): number | null;
  /** One vector per text, in order; remembered by text and model. @throws as `model` does */
  embed(name: string, texts: readonly string[]): Promise<readonly (readonly number[])[]>;
}

/** Keeps the body type inside a declaration while the registry holds automations of any body. */
export function defineAutomation<Body>(automation: Automation<Body>): Automation<Body> {
  return automation;
}
/** The most there may be: of actions, of money in each currency (a decimal: `99.99`), or both. */
export interface Limit {
  count?: number;
  amount?: string;
}

/**
 * How much of an action may happen with nobody asked. Everything that acted counts, alone or approved; beyond a limit the gate
 * asks a person. Days are of the calendar (UTC).
 */
export interface Limits<Body = unknown> {
  /** For whatever `key` names, such as an order, today and on the days before: `days` in all. */
  perSubject?: Limit & {
    key(parameters: Readonly<Record<string, unknown>>, body: Body): string | undefined;
    days: number;
  };
  /** For the whole automation, on one day. */
  perDay?: Limit;
  /** For whoever the action's `recipient` names. @default days 1 */
  perRecipient?: { count: number; days?: number };
}
/** What every stage of the processor is given besides the item: the automation, its thinking, and the door to the model. */
export interface StageContext {
  automation: Automation;
  implementation: Implementation;
  step: StepRunner;
  /** What else must hold for an item that would act alone. It may turn `act` into `ask`. @default nothing */
  alone?(item: Gated): Promise<Gated>;
}
