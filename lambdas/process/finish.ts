import type { Automation } from '../contract/automation.ts';
import type { EnvFor } from '../contract/env.ts';
import type { Gated } from '../contract/item/envelope.ts';
import type { ProposalDocument } from '../contract/item/proposal-document.ts';
import type { ItemRow, LineageEntry, TimelineEvent } from '../contract/item/row.ts';
import { inTime } from '../contract/item/timeline.ts';
import { marksOf } from '../gate/marks.ts';
import { judgedOf, sealKey, sealVerdict } from '../gate/seal.ts';
import { summaryOf } from '../gate/summary.ts';
import { digest } from '../kit/digest.ts';
import { errorFacts } from '../kit/errors.ts';
import { putContent } from '../kit/objects.ts';
import { logger } from '../kit/telemetry.ts';
import { joined } from '../models/lineage.ts';
import { changeItem, getItem } from '../tables/items/items.ts';
import { executionArn, startExecution } from '../tables/items/runs.ts';
import { proposalKey } from '../tables/keys.ts';
import { stopped } from './alone.ts';
import { questionOf } from './question.ts';

type Env = EnvFor<'process/process'>;

/**
 * Stores the result of thinking (proposal to the bucket, verdict and digest to the table), then starts the
 * run that waits and acts. The redelivery repairs a crash between the two: the verdict is there, so only the
 * start is repeated. False if the item has moved on meanwhile.
 */
export async function finish(
  env: Env,
  row: ItemRow,
  thought: { item: Gated; events: TimelineEvent[] },
  automation: Automation,
  lineage: readonly LineageEntry[],
): Promise<boolean> {
  const { item } = thought;
  const document = await proposalDocument(env, item, automation, lineage);
  const key = proposalKey(row.id, row.generation);
  await putContent(env.CONTENT_BUCKET, key, document);
  const proposalDigest = digest(document);
  const judged = judgedOf({ proposalDigest }, document);
  // A duplicate delivery may just have found no budget: paid work is not thrown away over that.
  const written = await changeItem(env.ITEM_TABLE, row, ['processing', 'suspended'], {
    status: 'processing',
    set: {
      label: item.label,
      verdict: item.verdict,
      reasons: [...item.reasons],
      proposalKey: key,
      proposalDigest,
      proposalSeal: sealVerdict(await sealKey(env.GATE_SECRET), judged),
      executionArn: executionArn(env.STATE_MACHINE_ARN, row.id, row.generation),
      ...paidFor(row, lineage),
    },
    events: thought.events,
  });
  if (written) await start(env, { ...row, verdict: item.verdict }, automation);
  return written;
}

/** An item may be tried thousands of times while it waits, and its row is bounded. */
const MOST_CALLS = 200;

/** Stores the calls of an item that stops before its verdict: its cost must count against its budget. */
export async function keepCalls(env: Env, row: ItemRow, made: readonly LineageEntry[]): Promise<void> {
  if (made.length === 0) return;
  try {
    // The current row: another delivery may have stored calls meanwhile.
    const now = (await getItem(env.ITEM_TABLE, row.id)) ?? row;
    const kept = now.lineage ?? [];
    if (joined(kept, made).length === kept.length) return;
    const set = paidFor(now, made);
    await changeItem(env.ITEM_TABLE, row, ['processing', 'suspended'], { set, events: [] });
  } catch (error) {
    logger.warn('calls not kept', { itemId: row.id, calls: made.length, reason: errorFacts(error).message });
  }
}

/** The cost of earlier generations and deliveries belongs to the same item. */
function paidFor(row: ItemRow, made: readonly LineageEntry[]) {
  const lineage = bounded(joined(row.lineage ?? [], [...made].sort(inTime)));
  const tokens = { input: total(lineage, 'inputTokens'), output: total(lineage, 'outputTokens') };
  return { lineage, costUsd: total(lineage, 'costUsd'), tokens };
}

/** Free calls, such as hundreds that met a full endpoint, go before those that count against the budget. */
function bounded(lineage: readonly LineageEntry[]): LineageEntry[] {
  let over = lineage.length - MOST_CALLS;
  const paid = lineage.filter(({ costUsd }) => costUsd > 0 || over-- <= 0);
  return paid.slice(0, MOST_CALLS);
}

export async function start(env: Env, row: ItemRow, automation: Automation): Promise<void> {
  if (!row.verdict) return;
  // An earlier delivery may have taken room. Once people are asked, the room is theirs.
  if (row.verdict !== 'act' && row.approvalId === undefined) await stopped(env, row, automation);
  const { id, generation, verdict } = row;
  await startExecution(env.STATE_MACHINE_ARN, { itemId: id, generation, verdict, decision: 'none' });
}

async function proposalDocument(
  env: Env,
  item: Gated,
  automation: Automation,
  lineage: readonly LineageEntry[],
): Promise<ProposalDocument> {
  // Field by field: a proposal with extra fields must not replace the house's own.
  const { action: name, parameters, confidence, brief, briefBy, evidence, composed } = item.proposal;
  const action = automation.actions[name];
  if (!action) throw new Error('the gate let an undeclared action pass');
  // Prompt and model of the answer that stands, not of earlier failures; embeddings have no prompt.
  const thoughtBy = lineage.filter(({ failure, promptVersion }) => !failure && promptVersion !== 'none');
  const question =
    item.verdict === 'ask' ? await questionOf(item, automation, env.CONTENT_BUCKET) : undefined;
  return {
    action: name,
    parameters,
    confidence,
    brief,
    ...(briefBy === 'code' ? { briefBy } : {}),
    evidence,
    ...(composed ? { composed } : {}),
    itemId: item.id,
    automation: item.automation,
    generation: item.generation,
    verdict: item.verdict,
    label: item.label,
    destination: action.destination,
    risk: action.risk,
    reversible: action.reversible,
    summary: summaryOf(action, parameters, item.words),
    ...(item.words ? { words: marksOf(parameters, item.words) } : {}),
    shows: action.shows ?? Object.keys(parameters),
    ...(item.suspicions.length > 0 ? { suspicions: item.suspicions, text: item.text } : {}),
    reasons: item.reasons,
    ...(item.removed?.length ? { removed: item.removed } : {}),
    promptVersions: [...new Set(thoughtBy.map((entry) => entry.promptVersion))],
    models: [...new Set(thoughtBy.map((entry) => entry.model))],
    policyVersion: env.POLICY_VERSION,
    ...(question ? { question } : {}),
  };
}

function total(lineage: readonly LineageEntry[], field: 'costUsd' | 'inputTokens' | 'outputTokens'): number {
  const sum = lineage.reduce((before, entry) => before + entry[field], 0);
  // Sums of binary fractions grow tails that nobody paid.
  return Number(sum.toFixed(8));
}
