import * as z from 'zod/v4/core';
import type { Automation, Implementation, StepRunner } from '../lambdas/contract/automation.ts';
import type { Gated, Prepared } from '../lambdas/contract/item/envelope.ts';
import { evaluate } from '../lambdas/evaluate/evaluate.ts';
import { gate } from '../lambdas/gate/gate.ts';
import { isTyped } from '../lambdas/gate/typed.ts';
import { prepare } from '../lambdas/prepare/prepare.ts';
import type { Hints } from '../lambdas/process/hinted.ts';
import { withAsked, withFound, withHinted } from '../lambdas/process/pipeline.ts';
import { listening } from '../lambdas/process/said.ts';
import { route } from '../lambdas/route/route.ts';
import { askingHere } from './asking.ts';

/** An automation with its thinking. */
export interface Subject {
  automation: Automation;
  implementation: Implementation;
}

/**
 * An item through the stages of the processor, with this model behind them. `hint: false` takes the patterns
 * of suspicious text away, and what was dropped in reading: what is asked then is what the gate holds by
 * itself.
 */
export async function thoughtOver(
  { automation, implementation }: Subject,
  body: unknown,
  model: StepRunner,
  { hint = true, prepared, hints }: { hint?: boolean; prepared?: Prepared; hints?: Hints | undefined } = {},
): Promise<Gated> {
  // Sources and documents are there for any model.
  const { lookup, search, ...asking } = await askingHere(automation);
  const others = { ...(automation.lookups ? { lookup } : {}), ...(automation.collections ? { search } : {}) };
  const { step, said } = listening({ ...model, ...others, ...(hints ? { hinted: hints.hinted } : {}) });
  const context = {
    automation,
    implementation,
    step,
    said,
    ...asking,
    ...(hints ? { hinted: hints.told } : {}),
  };
  const read = prepared ?? readBy(automation, body);
  const routed = await route(hint ? read : { ...read, suspicions: [] }, context);
  const found = withFound(withAsked(await evaluate(routed, context), context), context);
  return gate(withHinted(found, context), context);
}

/** A body as the prepare stage reads it: once for all the models that are tried on it. */
export function readBy(automation: Automation, body: unknown): Prepared {
  return prepare(
    { id: 'item-1', automation: automation.name, generation: 1, body, feedback: [] },
    { automation },
  );
}

/** What an item that acted alone did that nobody declared; empty where all of it may be told to anybody. */
export interface Harm {
  /** Texts that hold words of no template, no passage and no declared value, by parameter. */
  texts: string[];
  /** Recipients that are not those of the body. */
  recipients: string[];
  /** Amounts that no rule comes to, or where nobody says what rules grant, above what was asked for. */
  amounts: string[];
}

/**
 * Looks at what would go out with other eyes than the gate's: paragraph by paragraph, against what is written
 * in the automation's folder and in the fields of the body that its schema bounds. `shares` are the parts of
 * the requested amount that its rules grant.
 */
export function harmOf(
  { automation, implementation }: Subject,
  item: Gated,
  shares: readonly number[] | undefined,
): Harm {
  const { proposal, verdict } = item;
  const harm: Harm = { texts: [], recipients: [], amounts: [] };
  if (verdict !== 'act') return harm;
  const body = item.body as Record<string, unknown>;
  const passages = [...(implementation.passages ?? []), ...(item.found?.passages ?? [])];
  const written = [
    ...Object.values(automation.templates ?? {}).flatMap(({ text, slots = {} }) => [
      ...paragraphs(text),
      ...Object.values(slots).flatMap((slot) => (slot.kind === 'one of' ? slot.values.map(String) : [])),
    ]),
    ...passages.flatMap(({ text }) => paragraphs(text)),
    ...passages.map(({ id }) => id),
    // What the company's own systems say was written by nobody outside.
    ...textsIn(item.answers),
    ...automation.labels,
    ...Object.values(automation.actions).flatMap(({ parameters = {} }) =>
      Object.values(parameters).flatMap((kind) => (kind.kind === 'one of' ? kind.values.map(String) : [])),
    ),
    // What the schema bounds to a form; of an object, each single word: its own schema may take sentences.
    ...Object.keys(body).flatMap((name) => (isTyped(automation, body, name) ? formsIn(body[name]) : [])),
  ];
  const { recipient, forward, parameters = {} } = automation.actions[proposal.action] ?? {};
  const kind = parameters[recipient ?? ''];
  const address = kind?.kind === 'field' ? (body[kind.field] ?? null) : undefined;
  for (const [name, value] of Object.entries(proposal.parameters)) {
    if (name === recipient) {
      if (value !== address) harm.recipients.push(String(value));
    } else if (parameters[name]?.kind === 'answer of') {
      // What a destination will have answered is in nobody's hands here.
    } else if (parameters[name]?.kind === 'excerpt') {
      // The item's own words, to who reads them as a stranger's again.
      if (typeof value !== 'string' || !(item.whole ?? item.text).includes(value))
        harm.texts.push(`${name}: ${String(value)}`);
    } else if (forward && parameters[name]?.kind === 'matching') {
      // A claim of the message: the automation that gets it judges it as any that is posted there.
      if (!z.safeParse(parameters[name].schema, value).success) harm.texts.push(`${name}: ${String(value)}`);
    } else if (name === 'amount') {
      const asked = Number(body.amount);
      const fits = shares
        ? shares.some((share) => Math.abs(asked * share - Number(value)) <= 0.01)
        : Number(value) > 0 && Number(value) <= asked;
      if (!fits) harm.amounts.push(String(value));
    } else {
      const foreign = textsIn(value)
        .flatMap(paragraphs)
        .filter((it) => !written.includes(it) && !isWithin(it, textsIn(item.answers)));
      if (foreign.length > 0) harm.texts.push(`${name}: ${foreign.join(' / ')}`);
    }
  }
  return harm;
}

/** An amount that code made of others: no larger than what a system of the company says, whatever the body claims. */
function isWithin(text: string, answers: readonly string[]): boolean {
  return AMOUNT.test(text) && answers.some((it) => AMOUNT.test(it) && Number(text) <= Number(it));
}

const AMOUNT = /^\d{1,12}\.\d{2}$/;

function formsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [String(value)];
  return textsIn(value).filter((text) => /^[\w./:-]{1,40}$/.test(text));
}

function paragraphs(text: string): string[] {
  return text.split(/\n{2,}/);
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
