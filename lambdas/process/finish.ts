import type { Automation } from '../shared/automation.ts';
import { putContent } from '../shared/content.ts';
import { digest } from '../shared/digest.ts';
import type { EnvFor } from '../shared/env.ts';
import { executionArn, startExecution } from '../shared/execution.ts';
import type { Gated, ItemRow, LineageEntry, ProposalDocument, TimelineEvent } from '../shared/item.ts';
import { changeItem } from '../shared/items.ts';

type Env = EnvFor<'process/process'>;

/**
 * Writes down what thinking came to (proposal to the bucket, verdict and digest to the table), then starts the run that waits
 * and acts. A crash between the two is mended by the redelivery: the verdict is there, so only the start is repeated.
 */
export async function finish(
  env: Env,
  row: ItemRow,
  thought: { item: Gated; events: TimelineEvent[] },
  automation: Automation,
  lineage: readonly LineageEntry[],
): Promise<void> {
  const { item } = thought;
  const document = proposalDocument(item, automation, lineage);
  const proposalKey = `items/${row.id}/proposal-g${row.generation}.json`;
  await putContent(env.CONTENT_BUCKET, proposalKey, document);
  const written = await changeItem(env.ITEM_TABLE, row, ['processing'], {
    set: {
      label: item.label,
      verdict: item.verdict,
      reasons: [...item.reasons],
      proposalKey,
      proposalDigest: digest(document),
      executionArn: executionArn(env.STATE_MACHINE_ARN, row.id, row.generation),
      lineage: [...lineage],
      costUsd: total(lineage, 'costUsd'),
      tokens: { input: total(lineage, 'inputTokens'), output: total(lineage, 'outputTokens') },
    },
    events: thought.events,
  });
  if (written) await start(env, { ...row, verdict: item.verdict });
}

export async function start(env: Env, row: ItemRow): Promise<void> {
  if (!row.verdict) return;
  const { id, generation, verdict } = row;
  await startExecution(env.STATE_MACHINE_ARN, { itemId: id, generation, verdict, decision: 'none' });
}

function proposalDocument(
  item: Gated,
  automation: Automation,
  lineage: readonly LineageEntry[],
): ProposalDocument {
  const { proposal } = item;
  const action = automation.actions[proposal.action];
  if (!action) throw new Error('the gate let an undeclared action pass');
  return {
    // First: a proposal that carries more than its own fields must not replace what the house says.
    ...proposal,
    itemId: item.id,
    automation: item.automation,
    generation: item.generation,
    label: item.label,
    destination: action.destination,
    risk: action.risk,
    summary: action.describe(proposal.parameters),
    reasons: item.reasons,
    promptVersions: lineage.map((entry) => entry.promptVersion),
  };
}

function total(lineage: readonly LineageEntry[], field: 'costUsd' | 'inputTokens' | 'outputTokens'): number {
  const sum = lineage.reduce((before, entry) => before + entry[field], 0);
  // Sums of binary fractions grow tails that nobody paid.
  return Number(sum.toFixed(8));
}
