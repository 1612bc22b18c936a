import type * as z from 'zod/v4/core';
import type { Evaluated, Proposal, Risk, Routed, Verdict } from './item.ts';

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
  /** At least one per verdict, each true with the sandbox model: documentation that a test runs. */
  examples: readonly Example<Body>[];
  /** Which parts of the body prepare reads. Exactly one of `text` and `html` need be given. */
  content(body: Body): { subject?: string | undefined; text?: string | undefined; html?: string | undefined };
  /** The labels route may choose. `other` is always among them and always goes to a person. */
  labels: readonly string[];
  actions: Readonly<Record<string, Action>>;
  /** Prompt versions in use, by step: `{ route: 'route.v1' }`. The files lie in `prompts/`. */
  prompts: Readonly<Record<string, string>>;
  /** Policy: deterministic code over measured facts. It can only be made stricter by the house rules in `gate/`. */
  gate(item: Evaluated<Body>): { verdict: Verdict; reasons: readonly string[] };
  /** What to propose to a person when the model gave no usable answer or the label is `other`. */
  handOver(item: Routed<Body>, reason: string): Proposal;
  approval: ApprovalPolicy;
  budget: { perDayUsd: number; perItemUsd: number };
  /** Most items in work at a time, in batches of ten; at least 20. */
  maxConcurrency: number;
}

export interface Example<Body = unknown> {
  name: string;
  expect: Verdict;
  body: Body;
}

export interface Action {
  /** A destination of `signalbox.config.ts`. */
  destination: string;
  risk: Risk;
  reversible: boolean;
  /** The action in the approver's words, made from its parameters. */
  describe(parameters: Readonly<Record<string, unknown>>): string;
}

export interface ApprovalPolicy {
  /** Approver groups of `signalbox.config.ts`. */
  group: string;
  escalateTo: string;
  /** Time until the second group is asked, and from then until the item expires. An expiry never approves. */
  timeoutMinutes: number;
  escalationMinutes: number;
}

/** The thinking half of an automation. It may call models through `step`, and nothing else. */
export interface Implementation<Body = unknown> {
  prompts: Readonly<Record<string, Prompt>>;
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
}

export interface StepRunner {
  /**
   * One paid call: remembered under (item, generation, step, prompt version, input), so that a redelivery pays nothing.
   * The answer fits `schema`, after at most one repair.
   * @throws ProcessingError when the answer does not fit even then; TransientError when the endpoint is down or busy;
   *   SystemError when the budget is spent or the endpoint is misconfigured.
   */
  model<T>(name: string, request: ModelRequest<T>): Promise<T>;
}

/** Keeps the body type inside a declaration while the registry holds automations of any body. */
export function defineAutomation<Body>(automation: Automation<Body>): Automation<Body> {
  return automation;
}
