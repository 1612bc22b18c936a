import * as z from 'zod/v4/core';
import type { Prompt } from '../../lambdas/contract/automation.ts';
import type { Case, CasePolicy } from '../../lambdas/contract/item/cases.ts';
import { clock, sleep } from '../../lambdas/kit/clock.ts';
import { digest } from '../../lambdas/kit/digest.ts';
import { errorFacts, TransientError } from '../../lambdas/kit/errors.ts';
import { BudgetSpent, Waiting } from '../../lambdas/outbound/waiting-error.ts';
import type { KeptReading } from '../../lambdas/tables/judged/kept.ts';
import { budgetKey } from '../../lambdas/tables/keys.ts';
import { CONTROL_TABLE, DAY } from './account.ts';
import { faultsOf } from './judge.ts';
import type { Model } from './model.ts';
import { type Subject, type Thought, thought } from './think.ts';
import { type CasesVerdict, type Outcome, type Spread, spreadOf, verdictOf } from './verdict.ts';

export interface Suite extends Subject {
  cases: readonly Case[];
  policy: CasePolicy;
  /** Prompts in place of those in use, by step. */
  prompts: Readonly<Record<string, Prompt>>;
  /** Whether the sandbox model knows what is right; a real one always may. */
  taught: boolean;
  /** What was read of documents before, by the name of a case. @default they are read, where there are any */
  readings?: ReadonlyMap<string, readonly KeptReading[]>;
}

/** What the whole run may take; it only shrinks. */
export interface Means {
  repeat: number;
  /** @default without end */
  leftUsd: number;
  /** Milliseconds since 1970. */
  deadline: number;
  /** The option that allows more money. @default --most-usd */
  option?: string;
  /** Why no further case is begun. */
  ended?: string;
}

/** One try of a case. */
export interface Try {
  outcome: Outcome;
  /** Of a wrong one what is wrong, of one that nobody knows why. */
  faults: string[];
  label?: string;
  verdict?: string;
  action?: string;
  costUsd: number;
  milliseconds: number;
}

export interface CaseResult {
  name: string;
  verdict: CasesVerdict;
  tries: Try[];
}

export interface SuiteResult {
  cases: CaseResult[];
  spread: Spread;
  costUsd: number;
}

/** Items in work at a time. */
const AT_ONCE = 4;
/** Of a call that fails without saying when it may be made again. */
const MOST_TRIES = 4;
const PAUSE_SECONDS = 2;

/** Runs all cases of an automation, as often as they are to be repeated. Never throws for what a case comes to. */
export async function runSuite(
  suite: Suite,
  means: Means,
  model: Model,
  progress: (done: number, of: number) => void = () => {},
): Promise<SuiteResult> {
  const { cases, automation } = suite;
  // Repeat by repeat: where the money ends, every case was tried as often as the others.
  const open = Array.from({ length: means.repeat }, (_, repeat) =>
    cases.map((one) => ({ one, repeat })),
  ).flat();
  const all = open.length;
  const tries = new Map<string, Try[]>(cases.map(({ name }) => [name, []]));
  const worker = async () => {
    for (let next = open.shift(); next; next = open.shift()) {
      const { one, repeat } = next;
      const tried =
        means.ended === undefined
          ? await tryOnce(suite, one, repeat, { means, model })
          : unknown(means.ended);
      const of = tries.get(one.name);
      if (of) of[repeat] = tried;
      progress(all - open.length, all);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const costUsd = spentOn(automation.name, model);
  means.leftUsd = Math.max(0, means.leftUsd - costUsd);
  const results = cases.map(({ name }) => {
    const own = tries.get(name) ?? [];
    return { name, tries: own, verdict: verdictOf(own.map(({ outcome }) => outcome)) };
  });
  const outcomes = results.map((result) => result.tries.map(({ outcome }) => outcome));
  return { cases: results, spread: spreadOf(outcomes), costUsd };
}

const unknown = (why: string): Try => ({ outcome: 'none', faults: [why], costUsd: 0, milliseconds: 0 });

interface World {
  means: Means;
  model: Model;
}

async function tryOnce(suite: Suite, one: Case, repeat: number, world: World): Promise<Try> {
  const { automation, prompts, taught } = suite;
  const { means, model } = world;
  const parsed = z.safeParse(automation.schema, one.body);
  if (!parsed.success)
    return {
      ...unknown(`the body does not fit the schema: ${parsed.error.issues[0]?.message}`),
      outcome: 'wrong',
    };
  const versions = Object.values(prompts).map(({ version }) => version);
  const id = `${automation.name}_${digest([one.name, repeat, versions]).slice(0, 32)}`;
  const startedAt = clock.now();
  for (let attempt = 1; ; attempt += 1) {
    if (clock.now() >= means.deadline) means.ended ??= 'the time of the run ended first';
    if (means.ended !== undefined) return unknown(means.ended);
    const readings = suite.readings?.get(one.name);
    const asked = {
      ...{ id, case: one, prompts, mostUsd: means.leftUsd, again: attempt > 1 },
      ...(readings ? { readings } : {}),
    };
    try {
      const came = await thought(suite, asked, model);
      return judged(suite, one, came, clock.now() - startedAt, model.real || taught);
    } catch (error) {
      const thrown = thrownBy(automation.name, error);
      if (thrown) return { ...unknown(thrown), outcome: 'wrong' };
      const why = stopOf(error, means, attempt);
      if (why !== undefined) return unknown(why);
      const seconds = error instanceof Waiting ? error.lookSeconds : PAUSE_SECONDS;
      await sleep(Math.max(0, Math.min(seconds * 1000, means.deadline - clock.now())));
    }
  }
}

/** What the automation's own code threw, and where, for who writes it; undefined of every other error. In production the item is parked. */
function thrownBy(automation: string, error: unknown): string | undefined {
  if (!(error instanceof Error) || errorFacts(error).message !== `unexpected ${error.name}`) return undefined;
  const [place] = error.stack?.match(new RegExp(`automations/${automation}/[^\\s()]+:\\d+`)) ?? [];
  return `the code threw ${error.name}: ${error.message}${place ? ` (${place})` : ''}`;
}

/** Why there is no further attempt; undefined where there is one. What concerns every case ends the run. */
function stopOf(error: unknown, means: Means, attempt: number): string | undefined {
  const { message } = errorFacts(error);
  if (error instanceof BudgetSpent) {
    means.ended ??= `the money of the run ended first: raise ${means.option ?? '--most-usd'}`;
    return means.ended;
  }
  if (error instanceof Waiting) return undefined;
  if (!(error instanceof TransientError)) means.ended ??= message;
  return error instanceof TransientError && attempt < MOST_TRIES ? undefined : message;
}

function judged(
  { automation, policy }: Suite,
  one: Case,
  { item, quarantined, unusable, lineage }: Thought,
  milliseconds: number,
  knows: boolean,
): Try {
  const costUsd = lineage.reduce((sum, entry) => sum + entry.costUsd, 0);
  // A person was asked because no answer could be used: that is not what the case is about.
  const faults = item
    ? [...unusable, ...faultsOf(automation, policy, one, item)]
    : [`quarantined: ${quarantined}`];
  const facts = item ? { label: item.label, verdict: item.verdict, action: item.proposal.action } : {};
  if (faults.length === 0) return { outcome: 'right', faults, ...facts, costUsd, milliseconds };
  return knows
    ? { outcome: 'wrong', faults, ...facts, costUsd, milliseconds }
    : { outcome: 'none', faults: [...faults, UNTAUGHT], ...facts, costUsd, milliseconds };
}

const UNTAUGHT = 'the sandbox model knows nothing of this automation: add sandbox.ts, or ask a real model';

/** What an automation's calls have cost. What comes after begins with what the run has left. */
function spentOn(automation: string, { memory: { tables } }: Model): number {
  const id = budgetKey(automation, DAY);
  const { spentMicroUsd = 0 } = tables.row<{ spentMicroUsd?: number }>(CONTROL_TABLE, id) ?? {};
  tables.rows(CONTROL_TABLE).delete(id);
  return spentMicroUsd / 1_000_000;
}
