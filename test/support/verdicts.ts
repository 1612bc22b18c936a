import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod/v4/core';
import type { Action, Automation, Implementation, StepRunner } from '../../lambdas/contract/automation.ts';
import type { Case } from '../../lambdas/contract/item/cases.ts';
import type { Evaluated, Gated } from '../../lambdas/contract/item/envelope.ts';
import type { Proposal } from '../../lambdas/contract/item/proposal.ts';
import type { Verdict } from '../../lambdas/contract/item/status.ts';
import type { ParameterKind, Recipe, SlotKind } from '../../lambdas/contract/parameters.ts';
import { compose, fieldOf, type Sources } from '../../lambdas/gate/compose.ts';
import { gate } from '../../lambdas/gate/gate.ts';
import { ProcessingError } from '../../lambdas/kit/errors.ts';
import { wireSchema } from '../../lambdas/models/wire/schema.ts';
import { runCases } from '../../local/cases/cases.ts';
import { readOptions } from '../../local/cases/options.ts';
import { thoughtOver } from '../../local/harm.ts';
import { answeredBy } from '../../local/no-steps.ts';
import { answer } from '../../local/sandbox/brain.ts';
import { loadKnowledge } from '../../local/sandbox/knowledge.ts';
import { asks } from './asked.ts';
import { isTaught } from './automations.ts';
import { scripted } from './fixtures.ts';

/*
 * Which verdicts an automation can come to, found by trying: its examples and cases must show these, and no
 * others.
 */

export interface Subject {
  automation: Automation;
  implementation: Implementation;
}

const knowledge = await loadKnowledge();

const sandboxed = (obedient: boolean): StepRunner => ({
  ...scripted(),
  ...answeredBy(async (step, { prompt, input, schema, missing }) => {
    const asked = { step, input, schema: wireSchema(schema), prompt: prompt.text };
    const said = JSON.parse(answer({ ...asked, repaired: false, obedient }, knowledge));
    if (!obedient) return z.parse(schema, said);
    // As the runner does: what does not fit is no usable answer.
    const { success, data } = z.safeParse(schema, said);
    const fault = success ? missing?.(data) : 'no usable answer';
    if (!success || fault) throw new ProcessingError(fault ?? 'no usable answer');
    return data;
  }),
});

/** The sandbox model at its best, without a server around it. */
export const sandboxModel = sandboxed(false);

/** The same while it obeys strangers. */
export const obedientSandbox = sandboxed(true);

type Posted = Case & { body: Record<string, unknown> };

/** Bodies are all that is tried here: cases with documents are for `npm run cases`. Those with an origin are decisions of people. */
export function casesOf({ name }: Automation): Posted[] {
  const file = `automations/${name}/cases.jsonl`;
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Posted).filter(({ documents }) => documents === undefined);
}

/**
 * Every item that was tried, with its verdict: proposals of each action as code could fill it, and what the
 * sandbox model thinks.
 */
export async function judged(subject: Subject): Promise<Gated[]> {
  const { automation } = subject;
  const told = [...automation.examples, ...casesOf(automation)].map(({ body }) => body as Evaluated['body']);
  const bodies = told.slice(0, 12);
  const filled = bodies.flatMap((body) => automation.labels.flatMap((label) => items(subject, body, label)));
  const thought = isTaught(automation)
    ? await Promise.all(told.map((body) => thoughtOver(subject, body, sandboxModel)))
    : [];
  return [...filled.map((item) => gate(item, subject)), ...thought];
}

export async function verdictsOf(subject: Subject): Promise<Set<Verdict>> {
  const verdicts = (await judged(subject)).map(({ verdict }) => verdict);
  return new Set([...verdicts, ...(await inCases(subject.automation))]);
}

const ofCases = new Map<string, Promise<Verdict[]>>();

/** A run of its cases, once for each automation. */
function inCases(automation: Automation): Promise<Verdict[]> {
  if (!asks(automation) || !isTaught(automation)) return Promise.resolve([]);
  const known = ofCases.get(automation.name) ?? runOf(automation);
  ofCases.set(automation.name, known);
  return known;
}

async function runOf(automation: Automation): Promise<Verdict[]> {
  const report = await runCases(readOptions([automation.name, '--sandbox']), () => {});
  const tries = report.automations.flatMap(({ cases }) => cases.flatMap((it) => it.tries));
  return tries.flatMap(({ verdict }) => (verdict === undefined ? [] : [verdict as Verdict]));
}

function items({ automation, implementation }: Subject, body: unknown, label: string): Evaluated[] {
  const { passages = [] } = implementation;
  const item = {
    ...{ id: 'item-1', automation: automation.name, generation: 1, feedback: [], text: 'a text' },
    ...{ suspicions: [], body, label },
  };
  const cited = [[], ...passages.slice(0, 20).map(({ id }) => [{ source: id, quote: '' }])];
  const proposals = Object.entries(automation.actions).flatMap(([name, action]) =>
    fill(name, action, { automation, passages, item }),
  );
  return [true, false].flatMap((automatic) =>
    proposals.flatMap((proposal) =>
      cited.flatMap((evidence) =>
        [null, 0.99].map((confidence) => ({
          ...item,
          automatic,
          proposal: { ...proposal, confidence, evidence },
        })),
      ),
    ),
  );
}

/** Proposals of an action whose parameters are all of their kinds; one for each choice of a list. */
function fill(
  action: string,
  { parameters: kinds = {} }: Action,
  sources: Sources,
): Pick<Proposal, 'action' | 'parameters' | 'composed' | 'brief'>[] {
  const choices = Object.entries(kinds).map(([name, kind]) => [name, valuesOf(kind, sources)] as const);
  const most = Math.max(1, ...choices.map(([, values]) => values.length));
  return Array.from({ length: most }, (_, at) => {
    const picked = choices.map(([name, values]) => [name, values[at % Math.max(1, values.length)]] as const);
    const parameters = Object.fromEntries(
      picked.flatMap(([name, one]) => (one === undefined ? [] : [[name, one.value]])),
    );
    const composed = Object.fromEntries(
      picked.flatMap(([name, one]) => (one?.recipe === undefined ? [] : [[name, one.recipe]])),
    );
    return { action, parameters, composed, brief: 'a brief' };
  });
}

interface Value {
  value: unknown;
  recipe?: Recipe;
}
const PLAIN = ['1', '1.00', '2026-01-01', 'EUR', 1, 0, true];

function valuesOf(kind: ParameterKind, sources: Sources): Value[] {
  const { item, passages } = sources;
  switch (kind.kind) {
    case 'one of':
      return kind.values.map((value) => ({ value }));
    case 'label':
      return [{ value: item.label }];
    case 'field':
      return [{ value: fieldOf(sources, kind.field) ?? null }];
    case 'passage':
      return passages.slice(0, 1).map(({ id }) => ({ value: id }));
    case 'matching':
      return [...Object.values(item.body as object), ...PLAIN]
        .filter((value) => z.safeParse(kind.schema, value).success)
        .map((value) => ({ value }));
    case 'list':
      return valuesOf(kind.of, sources).map(({ value }) => ({ value: [value] }));
    case 'composed': {
      const recipe = recipeOf(kind.template, sources);
      return [{ value: compose(recipe, sources), recipe }];
    }
    case 'excerpt':
      return [{ value: sources.item.text ?? '' }];
    case 'looked up':
      return Object.values(item.answers ?? {}).map(([answer]) => ({
        value: (answer as Record<string, unknown> | null)?.[kind.field],
      }));
    // An action by itself has none before it.
    case 'of action':
      return [];
    case 'answer of':
      return [{ value: { answerOf: 0, field: kind.field } }];
    case 'words':
      return [{ value: 'free words' }];
  }
}

function recipeOf(template: string, { automation, item, passages }: Sources): Recipe {
  const { text = '', slots = {} } = automation.templates?.[template] ?? {};
  const picked = text.includes('{passages}') ? passages.slice(0, 1) : [];
  const body = item.body as Record<string, unknown>;
  const slotOf = (kind: SlotKind) => {
    if (kind.kind === 'one of') return String(kind.values[0]);
    if (kind.kind === 'label') return item.label;
    return kind.kind === 'field' ? String(body[kind.field]) : (/\w+/.exec(picked[0]?.text ?? '')?.[0] ?? '');
  };
  return {
    template,
    passages: picked.map(({ id }) => id),
    slots: Object.fromEntries(Object.entries(slots).map(([name, kind]) => [name, slotOf(kind)])),
  };
}
