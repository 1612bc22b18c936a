import type { Automation } from '../contract/automation.ts';
import type { ReadDocument } from '../contract/document.ts';
import type { EnvFor } from '../contract/env.ts';
import type { ShownCompensation } from '../contract/item/compensation.ts';
import type { Duplicate } from '../contract/item/duplicates.ts';
import type { Gated, Grounds } from '../contract/item/envelope.ts';
import type { ActionMessage } from '../contract/item/messages.ts';
import { type Hides, READERS } from '../contract/item/privacy.ts';
import { actionsOf, type ProposedAction } from '../contract/item/proposal.ts';
import type { DocumentAction, ProposalDocument, ShownDocument } from '../contract/item/proposal-document.ts';
import type { ItemRow, TimelineEvent } from '../contract/item/row.ts';
import type { AgentTrace } from '../contract/steps/agent.ts';
import { listWhole } from '../gate/list/whole.ts';
import { marksOf } from '../gate/marks.ts';
import { judgedOf, saltOf, sealKey, sealVerdict } from '../gate/seal.ts';
import { answersIn, summarised, summaryOf, wordsIn } from '../gate/summary.ts';
import { digest } from '../kit/digest.ts';
import { getContent, putContent } from '../kit/objects.ts';
import { send } from '../kit/queue/send.ts';
import { hideIn } from '../privacy/document.ts';
import { event } from '../tables/items/items.ts';
import type { Lease } from '../tables/items/lease.ts';
import { executionArn, startExecution } from '../tables/items/runs.ts';
import { proposalKey, repairsKey, tokensKey } from '../tables/keys.ts';
import type { Witness } from '../tables/receipts/witness.ts';
import { stopped } from './alone.ts';
import { completionOf } from './asking/completion.ts';
import { questionOf } from './asking/question.ts';
import { endWork, paidFor, type Work } from './work.ts';

type Env = EnvFor<'process/process'>;

interface Thought {
  item: Gated;
  vault?: Hides | undefined;
  /** How agents came to their answers. @default none was asked */
  agents?: readonly AgentTrace[];
  /** What it takes back. @default nothing */
  compensates?: ShownCompensation;
  /** For its receipt. @default that reads what came */
  witness?: Witness | undefined;
}

/**
 * Stores the result of thinking (proposal to the bucket, verdict and digest to the table), which ends the work on the item. A
 * redelivery repairs a crash before the start of what comes next: the verdict is there, so only the start is repeated.
 * @returns the item if it is judged and its next stage is to be started; undefined if it has moved on
 */
export async function finish(
  env: Env,
  work: Work & { lease: Lease },
  thought: Thought & { events: TimelineEvent[] },
  automation: Automation,
): Promise<ItemRow | undefined> {
  const { row, lease, calls } = work;
  const { item } = thought;
  // Digests outlive erasure, in the row and in the audit: without the salt, which does not, nobody can try guesses on them.
  const salt = saltOf(await sealKey(env.GATE_KEYS), row);
  const completion = completionOf(item, { row, calls }, automation);
  const document = {
    ...(await proposalDocument(env, { ...thought, calls }, automation)),
    ...{ ...completion, salt },
  };
  const proposalDigest = digest(document);
  // Named by what it says: of two deliveries that thought apart, the later one writes over nothing that was judged.
  const key = proposalKey(row.id, row.generation, proposalDigest);
  lease.mustHold();
  await putContent(env.CONTENT_BUCKET, key, document, thought.witness);
  const judged = judgedOf({ proposalDigest }, document);
  const { done, row: now } = await endWork(env, work, ['processing'], {
    status: item.verdict === 'refuse' ? 'refused' : 'processing',
    set: {
      label: item.label,
      ...(item.duplicate ? { duplicateOf: item.duplicate.of } : {}),
      ...(item.duplicate?.own ? { duplicateIsOwn: true } : {}),
      verdict: item.verdict,
      reasons: [...document.reasons],
      ...(item.degraded ? { degraded: item.degraded } : {}),
      ...(document.tokens ? { tokenBook: { key: document.tokens.key, digest: document.tokens.digest } } : {}),
      proposalKey: key,
      proposalDigest,
      proposalSeal: sealVerdict(await sealKey(env.GATE_KEYS), judged),
      ...(item.verdict === 'ask' ? { executionArn: executionArn(env.STATE_MACHINE_ARN, row) } : {}),
      ...paidFor(row, calls),
    },
    remove: item.degraded ? [] : ['degraded'],
    events: item.verdict === 'refuse' ? [...thought.events, event('refused')] : thought.events,
  });
  if (done) return { ...row, verdict: item.verdict };
  // Refused though it was written: the SDK asked a second time, as the first answer was lost.
  if (now?.generation === row.generation && now.verdict) return now;
  // Where it was judged, the room belongs to that verdict.
  if (!now?.verdict) await stopped(env, row, automation);
  return undefined;
}

/** Sends on what was judged: to its action, or to a person. */
export async function start(env: Env, row: ItemRow, automation: Automation): Promise<void> {
  const { id: itemId, generation, verdict } = row;
  if (verdict === 'act') {
    const message: ActionMessage = { itemId, generation };
    return send(env.ACTION_QUEUE_URL, message);
  }
  // An earlier delivery may have taken room. Once people are asked, the room is theirs.
  if (row.approvalId === undefined) await stopped(env, row, automation);
  if (verdict === 'ask') await startExecution(env.STATE_MACHINE_ARN, row);
}

async function proposalDocument(
  env: Env,
  { item, vault, agents = [], calls, compensates }: Thought & Pick<Work, 'calls'>,
  automation: Automation,
): Promise<ProposalDocument> {
  // Field by field: a proposal with extra fields must not replace the house's own.
  const { confidence, brief, briefBy, evidence } = item.proposal;
  const listed = actionsOf(item.proposal).map((one, at) =>
    documentAction(automation, one, at === 0 ? item.words : item.furtherWords?.[at - 1]),
  );
  // Prompt and model of the answer that stands, not of earlier failures; embeddings have no prompt.
  const thoughtBy = calls.filter(({ failure, promptVersion }) => !failure && promptVersion !== 'none');
  const question =
    item.verdict === 'ask' ? await questionOf(item, automation, env.CONTENT_BUCKET, vault) : undefined;
  const clear: ProposalDocument = {
    ...listWhole(listed),
    confidence,
    brief,
    ...(briefBy === 'code' ? { briefBy } : {}),
    evidence,
    itemId: item.id,
    automation: item.automation,
    generation: item.generation,
    verdict: item.verdict,
    label: item.label,
    ...(item.suspicions.length > 0 ? { suspicions: item.suspicions } : {}),
    ...(question || item.suspicions.length > 0 ? { text: item.whole ?? item.text } : {}),
    reasons: item.reasons,
    ...(item.duplicate ? { duplicateOf: firstOf(item.duplicate) } : {}),
    ...(compensates ? { compensates } : {}),
    ...(item.documents ? { documents: item.documents.map(shownDocument) } : {}),
    ...(item.repaired ? { repairs: await getContent(env.CONTENT_BUCKET, repairsKey(item.id)) } : {}),
    ...(item.removed?.length ? { removed: item.removed } : {}),
    ...(item.looked ? { looked: item.looked } : {}),
    ...(item.degraded ? { degraded: item.degraded } : {}),
    ...(item.hinted ? { hinted: item.hinted } : {}),
    ...(agents.length > 0 ? { agents: vault?.back(agents) ?? agents } : {}),
    promptVersions: [...new Set(thoughtBy.map((entry) => entry.promptVersion))],
    models: [...new Set(thoughtBy.map((entry) => entry.model))],
    policyVersion: env.POLICY_VERSION,
    ...(item.counted ? { counted: item.counted } : {}),
    ...(item.grounds && !vault ? { grounds: item.grounds as Grounds } : {}),
    ...(question ? { question } : {}),
  };
  return vault ? hiddenDocument(env.CONTENT_BUCKET, clear, automation, vault) : clear;
}

/** Field by field here too. @param words names of its parameters that hold free words */
function documentAction(
  { actions }: Automation,
  proposed: ProposedAction,
  words: readonly string[] = [],
): DocumentAction {
  const { action: name, parameters, composed } = proposed;
  const action = actions[name];
  if (!action) throw new Error('the gate let an undeclared action pass');
  const answers = answersIn(action, proposed);
  return {
    ...{ action: name, parameters, ...(composed ? { composed } : {}) },
    ...{ destination: action.destination, risk: action.risk, reversible: action.reversible },
    summary: summaryOf(action, parameters, words),
    ...(words.length > 0 ? { words: marksOf(parameters, words) } : {}),
    shows: action.shows ?? Object.keys(parameters),
    ...(Object.keys(answers).length > 0 ? { answers } : {}),
  };
}

/** The document as it is kept: what it says in words of code (lists, subjects and chat show them) is said with tokens too. */
async function hiddenDocument(
  bucket: string,
  clear: ProposalDocument,
  { actions }: Automation,
  vault: Hides,
): Promise<ProposalDocument> {
  const hidden = summarised(hideIn(clear, vault), actions);
  const { itemId } = clear;
  const fingerprint = digest(vault.book);
  const key = tokensKey(itemId, fingerprint);
  await putContent(bucket, key, vault.book);
  const { shownTo = READERS } = vault.policy;
  const marked = shownTo.includes('approvers') ? hidden : withMarks(hidden);
  return { ...marked, tokens: { key, digest: fingerprint, shownTo } };
}

/** With the places to look at twice as they are in the texts now. */
function withMarks(document: ProposalDocument): ProposalDocument {
  const marked = <A extends DocumentAction>(one: A): A =>
    one.words ? { ...one, words: marksOf(one.parameters, wordsIn(one)) } : one;
  const { further } = document;
  return { ...marked(document), ...(further ? { further: further.map(marked) } : {}) };
}

function firstOf({ of: item, approvalId }: Duplicate): NonNullable<ProposalDocument['duplicateOf']> {
  return { item, ...(approvalId ? { approvalId } : {}) };
}

function shownDocument({ ref, name, readingKey, pages }: ReadDocument): ShownDocument {
  const seen = pages.flatMap(({ source, agrees = false }, at) =>
    source === 'vision' ? [{ page: at + 1, agrees }] : [],
  );
  return {
    ...{ ref, name, readingKey, pages: pages.length },
    pictures: pages.map(({ pictureDigest = '' }) => pictureDigest),
    ...(seen.length > 0 ? { seen } : {}),
  };
}
