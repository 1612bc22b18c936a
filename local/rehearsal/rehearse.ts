import '../markdown.ts';
import { pathToFileURL } from 'node:url';
import type { Automation, Implementation } from '../../lambdas/contract/automation.ts';
import type { Case } from '../../lambdas/contract/item/cases.ts';
import type { Gated, Grounds } from '../../lambdas/contract/item/envelope.ts';
import type { Change, Rehearsal } from '../../lambdas/contract/steps/rehearsal.ts';
import { thresholdsOf } from '../../lambdas/gate/policy/thresholds.ts';
import { weigh } from '../../lambdas/gate/policy/weigh.ts';
import { isRight, noVerdicts } from '../../lambdas/gate/policy/what-if.ts';
import { clock } from '../../lambdas/kit/clock.ts';
import type { KeptReading } from '../../lambdas/tables/judged/kept.ts';
import type { Log } from '../state.ts';

export { UsageError as NotPossible } from '../usage.ts';

import { changeOf, type Outcome, outcomeOf } from './change.ts';

/** An item as it is kept: see `GET /v1/automations/{name}/judged`. */
export interface KeptItem {
  id: string;
  decision?: string | undefined;
  costUsd?: number | undefined;
  grounds: unknown;
  /** What was read of its documents. */
  readings?: readonly { ref: string; name: string; reading: unknown }[] | undefined;
}

export interface Asked {
  automation: Automation;
  /** Versions by step: `{ route: 'route.v2' }`. */
  candidate: Readonly<Record<string, string>>;
  /** @default 0.50 with a model that costs money, else no limit */
  mostUsd: number | undefined;
  minutes: number;
  /** The sandbox model, also where the environment names another. */
  sandbox: boolean;
}

/**
 * Thinks about kept items once more, with other prompts, on this machine: tables and bucket are in memory, sources say what they said, and
 * nothing acts, as nothing that acts is here. @throws UsageError for a prompt that is not there; Error of a model that cannot be used
 */
export async function rehearse(items: readonly KeptItem[], asked: Asked, log: Log): Promise<Rehearsal> {
  // Before what logs is loaded.
  await import('../quiet.ts');
  // What thinks imports Markdown: only now it can.
  const [{ promptsOf, MOST_USD }, { collectionsOf }, { openModel }, { runSuite }] = await Promise.all([
    import('../cases/cases.ts'),
    import('../cases/knowledge.ts'),
    import('../cases/model.ts'),
    import('../cases/run.ts'),
  ]);
  const { automation, candidate } = asked;
  const { name } = automation;
  const prompts = promptsOf(automation, candidate);
  const module: { implementation: Implementation } = await import(
    pathToFileURL(`automations/${name}/evaluate.ts`).href
  );
  const leftOut: Record<string, number> = {};
  const leave = (why: string) => {
    leftOut[why] = (leftOut[why] ?? 0) + 1;
  };
  const readings = new Map<string, readonly KeptReading[]>();
  const kept = new Map<string, { item: KeptItem; was: Outcome }>();
  const cases = items.flatMap((item): Case[] => {
    const grounds = item.grounds as Grounds;
    const why = whyNot(grounds, item.readings?.length);
    if (why !== undefined) {
      leave(why);
      return [];
    }
    const { verdict } = weigh((facts) => automation.gate(facts, thresholdsOf(automation)), grounds);
    if (item.readings) readings.set(item.id, item.readings as readonly KeptReading[]);
    kept.set(item.id, { item, was: outcomeOf(automation, { ...grounds.facts, verdict }) });
    return [caseOf(item.id, grounds, verdict)];
  });
  const came = new Map<string, Gated>();
  const capture = (gated: Gated, { name: id }: Case) => {
    came.set(id, gated);
    return undefined;
  };
  const model = await openModel(log, { sandbox: asked.sandbox });
  try {
    const mostUsd = asked.mostUsd ?? (model.real ? MOST_USD : Number.POSITIVE_INFINITY);
    const deadline = clock.now() + asked.minutes * 60_000;
    const means = { repeat: 1, leftUsd: mostUsd, deadline, option: '--budget' };
    const suite = {
      ...{ automation, implementation: module.implementation, open: collectionsOf(automation) },
      ...{ cases, readings, prompts, taught: true, policy: { checks: { capture } } },
    };
    const result = await runSuite(suite, means, model, (done, of) => {
      if (done % PROGRESS_EVERY === 0) log.detail?.(`${name}: ${done} of ${of} begun`);
    });
    const changed: Change[] = [];
    const times: number[] = [];
    const verdicts = { kept: noVerdicts(), candidate: noVerdicts() };
    let before = 0;
    for (const { name: id, tries } of result.cases) {
      const [gated, known, tried] = [came.get(id), kept.get(id), tries[0]];
      if (!gated || !known || !tried) {
        leave(tried?.faults[0] ?? 'it came to nothing');
        continue;
      }
      before += known.item.costUsd ?? 0;
      times.push(tried.milliseconds);
      const is = outcomeOf(automation, gated);
      verdicts.kept[known.was.verdict] += 1;
      verdicts.candidate[is.verdict] += 1;
      const change = changeOf(known.was, is);
      if (change) changed.push({ id, ...change, ...knownOf(known.item, is, change) });
    }
    return {
      ...(model.real ? {} : { blind: true }),
      ...{ model: model.name, rehearsed: times.length, verdicts, changed, leftOut },
      costUsd: { kept: rounded(before), candidate: rounded(result.costUsd) },
      medianMs: times.sort((a, b) => a - b)[Math.floor((times.length - 1) / 2)] ?? null,
      mostUsd: Number.isFinite(mostUsd) ? mostUsd : null,
    };
  } finally {
    await model.close();
  }
}

/** What people said was said of the actions as they were: of others it says nothing. */
function knownOf({ decision }: KeptItem, { verdict }: Outcome, change: Omit<Change, 'id'>) {
  const others = change.actions ?? change.amount ?? change.parameters;
  const right = verdict === 'act' && others ? undefined : isRight(verdict, decision);
  return { ...(decision === undefined ? {} : { decision }), ...(right === undefined ? {} : { right }) };
}

const rounded = (usd: number) => Number(usd.toFixed(6));

/** Items between two lines of progress. */
const PROGRESS_EVERY = 25;

/** Why an item cannot be thought about again by what is kept of it. */
function whyNot({ facts, refused }: Grounds, read = 0): string | undefined {
  if (refused !== undefined) return 'the house refuses it without a model';
  if (facts.duplicate) return 'it is a duplicate: no model was asked';
  const { files = [] } = facts;
  if (files.length > read) return 'what was read of its documents is not kept';
  // The pictures of pages stay where they are.
  if (files.some(({ sources = [] }) => sources.includes('vision')))
    return 'a model read pages of its documents';
  const { answers = {}, looked = [] } = facts;
  const often = Object.values(answers).some((some) => some.length > 1);
  const perLookup = Map.groupBy(looked, ({ lookup }) => lookup);
  return often || [...perLookup.values()].some((some) => some.length > 1)
    ? 'a source was asked more than once'
    : undefined;
}

/** Sources say what they said; those that were down are down. */
function caseOf(id: string, { facts }: Grounds, verdict: Case['verdict']): Case {
  const { body, label, answers = {}, degraded = [] } = facts;
  return {
    ...{ name: id, body, label, verdict },
    lookups: Object.fromEntries(
      Object.entries(answers).map(([lookup, [answer]]) => [lookup, answer ?? null]),
    ),
    down: degraded.map(({ step }) => step),
  };
}
