import type * as z from 'zod/v4/core';
import type { ApprovalPolicy, EditField } from './approval-policy.ts';
import type { AuditPolicy } from './audits/sample.ts';
import type { DocumentPolicy, ReadDocument } from './document.ts';
import type { Doors } from './intake/doors.ts';
import type { MailHeaders } from './intake/mail.ts';
import type { RepairPolicy } from './intake/repair.ts';
import type { CompensationRules } from './item/compensation.ts';
import type { Duplicate, Duplicates } from './item/duplicates.ts';
import type { Facts, Gated, Prepared, Routed } from './item/envelope.ts';
import type { Hides, PrivacyPolicy } from './item/privacy.ts';
import type { Proposal, Proposed } from './item/proposal.ts';
import type { Risk, Verdict } from './item/status.ts';
import type { EmailRules, EventRules, ForwardRules, SlackRules } from './outside/connectors.ts';
import type { Limits } from './outside/limits.ts';
import type { RequestRules } from './outside/request.ts';
import type { ParameterKind, Passage, Recipe, Template } from './parameters.ts';
import type { Hinted, HintRules } from './steps/hints.ts';
import type { Collection, Searched } from './steps/knowledge.ts';
import type { Asked, Lookup } from './steps/lookup.ts';
import type { StepPolicy } from './steps/policy.ts';
import type { Arm } from './steps/release.ts';
import type { Prompt, StepRunner } from './steps/steps.ts';

export type { Facts } from './item/envelope.ts';
export type { Limit, Limits, SubjectLimit } from './outside/limits.ts';
export type { StepPolicy } from './steps/policy.ts';
export type { ModelRequest, Prompt, StepRunner } from './steps/steps.ts';

import type { Promised, SuspendAt } from './intake/promised.ts';
import type { AgentPolicy } from './steps/agent.ts';

/**
 * What a team writes to add an automation: `automations/<name>/automation.ts` (this declaration: no model, no
 * prompt, so that the CDK app and intake can read it) and `evaluate.ts` beside it (an `Implementation`:
 * prompts and thinking).
 */
export interface Automation<Body = unknown> {
  /** Folder name and URL segment: lower-case words joined by `-`. */
  name: string;
  /** The team responsible for it. */
  owner: string;
  purpose: string;
  /** What starts it. */
  triggers: readonly string[];
  /** Which data it reads and where that data goes. */
  data: readonly string[];
  /** How it can fail, and what happens then. */
  failureModes: readonly string[];
  /** Date of the last review by the owner, `YYYY-MM-DD`. */
  lastReviewed: string;
  reviewEveryDays: number;
  /** The shape of a request body; it validates at intake and is published as JSON Schema. */
  schema: z.$ZodType<Body>;
  /**
   * The field of the body that callers know an item by, such as an order number: a text, at the top. `GET /v1/items?reference=`
   * finds items by its value, of which only a hash is kept. @default none
   */
  reference?: string;
  /** At least one per possible verdict, each true with the sandbox model: documentation that a test runs. */
  examples: readonly Example<Body>[];
  /**
   * Which parts of the body prepare reads. `text` or `html`, one of them. It is given the item's documents, whose text prepare adds
   * by itself.
   */
  content(body: Body, documents: readonly ReadDocument[]): Content;
  /** Which files its items may come with. @default none */
  documents?: DocumentPolicy;
  /** How work comes in beside the API. @default by the API alone */
  doors?: Doors<Body>;
  /** What is done to a body that does not fit the schema. @default nothing: it is refused */
  repair?: RepairPolicy;
  /**
   * Texts above 20,000 characters are read in parts, each step by so many calls at most, from 2 to 20. `evaluate` asks by `inWhole`; where
   * it leaves a part out, and where there are more parts, a person is asked. `false`: only the beginning is read, and a person is asked.
   * @default mostCalls 6
   */
  longText?: { mostCalls: number } | false;
  /** The labels route may choose. `other` is always among them and always goes to a person. */
  labels: readonly string[];
  /**
   * One of `labels`, where code knows it for certain, such as by the kind of data that came: no model is asked. Never by a stranger's
   * words. @default a model sorts every item
   */
  labelOf?(item: Prepared<Body>): string | undefined;
  actions: Readonly<Record<string, Action<Body>>>;
  /** Texts that may go out without a person, except for what code fills into their slots. @default none */
  templates?: Readonly<Record<string, Template>>;
  /** Prompt versions in use, by step: `{ route: 'route.v1' }`. The files lie in `prompts/`. */
  prompts: Readonly<Record<string, string>>;
  /** Policy: deterministic code over measured facts. The house rules in `gate/` can only make it stricter. */
  gate(item: Facts<Body>, thresholds?: Thresholds): { verdict: Verdict; reasons: readonly string[] };
  /** Numbers that the policy compares with, by name; `signalbox what-if` tries others. @default none */
  thresholds?: Readonly<Record<string, Threshold>>;
  /** What to propose to a person without a usable answer or label. `reason` is fixed text of code. */
  handOver(item: Routed<Body>, reason: string): Proposal;
  /** E-mail address of the requester, if the body names one: requesters never approve their own request. */
  requester?(body: Body): string | undefined;
  /**
   * Whom an item is about: e-mail addresses, phone numbers, customers' ids. Kept as keyed hashes, by which `signalbox erase` finds
   * what is to be removed; the requester is always among them. @default nobody else
   */
  subjects?(body: Body): readonly string[];
  /** Which items are the same matter as an earlier one. @default only a request that is repeated is */
  duplicates?: Duplicates<Body>;
  approval: ApprovalPolicy;
  /** How much of what ends without a person is looked at afterwards, and by whom. Not with `privacy`. @default none */
  audit?: AuditPolicy;
  /** Upper bounds on model costs: at 80 % of a day operators are warned, at 100 % the automation waits. */
  budget: { perDayUsd: number; perItemUsd: number; perDayTokens?: number };
  /** What each step needs of a model. @default the smallest tier, anywhere, no cache */
  steps?: Readonly<Record<string, StepPolicy>>;
  /** What may be asked of the sources of the configuration, by name. @default nothing */
  lookups?: Readonly<Record<string, Lookup>>;
  /** Steps in which a model looks up by itself what it needs, by name. @default none */
  agents?: Readonly<Record<string, AgentPolicy>>;
  /** What approvers' edits teach about the pages of one sender. Not with `privacy`. @default nothing is learnt */
  hints?: HintRules;
  /** Documents that `step.search` finds passages in, by name. @default none */
  collections?: Readonly<Record<string, Collection>>;
  /** Residencies that one body's data may go to (`eu`, `own` …). No answer is nowhere. @default any */
  residency?(body: Body): readonly string[];
  /** What callers may hear once an item is routed, before the rest is known. @default nothing */
  early?: EarlyAnswer<Body>;
  /**
   * Personal data that no model reads: tokens stand for it from `prepare` to the gate, also in what `evaluate` gets of the body.
   * The policy, `limits` and the action see the values. @default none is replaced
   */
  privacy?: PrivacyPolicy;
  /**
   * Days until an item and its content are gone, where that is sooner than `retention` of the configuration says. The audit, which holds
   * no text of an item, stays as long as `retention` says. @default as `retention` says
   */
  retentionDays?: number;
  /** Most items in work at a time, in batches of ten; at least 20. As many act at a time, or 50 where it is less. */
  maxConcurrency: number;
  /** `separate`: urgent items have a queue of their own and wait behind no other; it costs by the month. @default one queue */
  lanes?: 'separate';
  /** What callers may count on: low-priority work gives way before it is broken. @default it gives way to approvers only */
  promise?: Promised;
  /** When it suspends itself until an operator lets it go on. @default never */
  suspendAt?: SuspendAt;
}

/** A first useful thing for whoever waits: a label, a holding reply. */
export interface EarlyAnswer<Body = unknown> {
  /** How each fact comes about, as a parameter of an action does: a value that does not fit its kind is not told. */
  facts: Readonly<Record<string, ParameterKind>>;
  /**
   * Fixed code; undefined says nothing. Texts are composed of `composed` by the house. Not asked about the label `other`, or where
   * the text seems to instruct the model.
   */
  answer(
    item: Routed<Body>,
  ): { facts?: Readonly<Record<string, unknown>>; composed?: Readonly<Record<string, Recipe>> } | undefined;
}

/** A number of the policy, and the range that makes sense. */
export interface Threshold {
  value: number;
  least: number;
  most: number;
  /** What it is, with its unit: `the amount in EUR up to which it acts alone`. */
  says: string;
}

/** Their values by name. */
export type Thresholds = Readonly<Record<string, number>>;

export interface Content {
  subject?: string | undefined;
  text?: string | undefined;
  html?: string | undefined;
  /** Of a mail, as the gateway received it: whether a machine wrote it. */
  headers?: MailHeaders | undefined;
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
   * How each parameter may come about without a person (`field`, `oneOf`, `matching`, `composed` …). A
   * parameter that is not listed, or does not fit, goes out only after a person approved it.
   * @default none: any parameter asks
   */
  parameters?: Readonly<Record<string, ParameterKind>>;
  /** Names the recipient. Addresses from the body are never verified: free text asks. @default nobody */
  recipient?: string;
  /**
   * Parameters that approvers read, visible and whole, before they approve, in this order. Free words are
   * always among them.
   * @default all
   */
  shows?: readonly string[];
  /** The action in the approver's words, made from its parameters. */
  describe(parameters: Readonly<Record<string, unknown>>): string;
  /** The money at stake, as a decimal: `240.00`. It selects the terms of the approval. */
  amount?(parameters: Readonly<Record<string, unknown>>): string | undefined;
  /** The currency of `amount`, such as `EUR`. Amounts of two currencies are never added. */
  currency?(parameters: Readonly<Record<string, unknown>>): string | undefined;
  /** How much of it may happen without a person. @default no limit */
  limits?: Limits<Body>;
  /** What an approver types to allow a catastrophic action. @default the action's name */
  confirm?(parameters: Readonly<Record<string, unknown>>): string;
  /** Parameters that an approver may edit, and their limits; the gate checks the edits. @default none */
  edits?(parameters: Readonly<Record<string, unknown>>, body: Body): Readonly<Record<string, EditField>>;
  /**
   * The destination's JSON answer to a 2xx when it has acted. An answer that does not fit is no success: it
   * is a refusal if it fits `refusal`, otherwise the outcome is unknown, and a person asks there.
   * @default every 2xx is success
   */
  success?: z.$ZodType;
  /** Where its destination is of that kind: what it gets. */
  email?: EmailRules;
  slack?: SlackRules;
  forward?: ForwardRules;
  event?: EventRules;
  /** The answer to a 2xx when nothing was done. @default `ok` or `success` is `false` */
  refusal?: z.$ZodType;
  /** The action that takes this one back, where an operator asks and a person agrees. @default none does */
  compensate?: CompensationRules;
  /** How it is done at a destination of `connector: 'request'`, and at no other: docs/connectors.md. */
  request?: RequestRules;
}

/**
 * The thinking half of an automation. It may call models through `step`, nothing else. `Answer` is `Proposed` where `evaluate` writes
 * lists of actions.
 */
export interface Implementation<Body = unknown, Answer extends Proposed = Proposal> {
  prompts: Readonly<Record<string, Prompt>>;
  /** Its knowledge, fit for anybody. Texts are composed from it, evidence names it. @default none */
  passages?: readonly Passage[];
  /** One action, or a list of 1 to 10 that people approve together and `act` does in this order. */
  evaluate(item: Routed<Body>, step: StepRunner): Promise<Answer>;
}

/** Keeps the body type inside a declaration; the registry holds automations of any body. */
export function defineAutomation<Body>(automation: Automation<Body>): Automation<Body> {
  return automation;
}
/** The declaration of an automation, by its name. */
export type DeclarationOf = (name: string) => Promise<Automation | undefined>;

/** What every stage of the processor gets besides the item. */
export interface StageContext {
  automation: Automation;
  implementation: Implementation<unknown, Proposed>;
  step: StepRunner;
  /** The release that the item is a part of, for its timeline. @default none */
  part?: { release: string; arm: Arm } | undefined;
  /** Hears of an item that is routed. @default nothing */
  early?(item: Routed): Promise<void>;
  /** Where personal data is replaced by tokens. @default it is not */
  vault?: Hides | undefined;
  /** The earlier item that is about the same, before any model is asked. @default none */
  duplicateOf?(item: Prepared): Promise<Duplicate | undefined>;
  /** What was asked of sources so far. @default nothing */
  asked?(): Asked;
  /** Suspicions of what was looked up so far: a gate asks a person. @default none */
  found?(): readonly string[];
  /** What was found in collections so far. @default nothing */
  searched?(): Searched;
  /** What was read by hints so far. @default nothing */
  hinted?(): readonly Hinted[];
  /** A further check of an item that would act alone. It may turn `act` into `ask`. @default nothing */
  alone?(item: Gated): Promise<Gated>;
}
