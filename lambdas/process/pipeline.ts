import type { StageContext } from '../contract/automation.ts';
import type { Duplicate } from '../contract/item/duplicates.ts';
import type { Evaluated, Gated, Prepared, Received } from '../contract/item/envelope.ts';
import { actionsOf } from '../contract/item/proposal.ts';
import type { TimelineEvent } from '../contract/item/row.ts';
import type { Stage } from '../contract/item/status.ts';
import { evaluate } from '../evaluate/evaluate.ts';
import { duplicateReason } from '../gate/doubts/reading.ts';
import { gate } from '../gate/gate.ts';
import { languageOf } from '../kit/language/language.ts';
import { prepareAny } from '../prepare/item.ts';
import { hasStrangers } from '../privacy/tokens.ts';
import { route } from '../route/route.ts';
import { event } from '../tables/items/items.ts';
import { listening } from './said.ts';

/** How far the thinking of an item has come. If it fails, this holds the stage and what was done before. */
export interface Progress {
  stage: Stage;
  events: TimelineEvent[];
}

export const begun = (): Progress => ({ stage: 'prepare', events: [] });

/** The order of thinking; nothing from here on changes the outside world. */
export async function think(
  received: Received,
  given: StageContext,
  progress = begun(),
): Promise<{ item: Gated; events: TimelineEvent[] }> {
  const did = (told: TimelineEvent, next: Stage) => {
    progress.events.push(told);
    progress.stage = next;
  };
  const { step, said } = listening(given.step);
  const context = { ...given, step, said };
  const prepared = await prepareAny(received, context);
  const { suspicions, removed = [] } = prepared;
  const { text } = prepared;
  did(
    event('prepared', {
      ...{ characters: text.length, language: languageOf(text) ?? 'unknown', suspicions },
      ...(removed.length > 0 ? { removed } : {}),
      ...context.part,
    }),
    'route',
  );
  const duplicate = await context.duplicateOf?.(inClear(prepared, received, context));
  const evaluated = duplicate
    ? handedOver({ ...prepared, duplicate }, context)
    : await thoughtThrough(prepared, context, did);
  if (duplicate) did(event('duplicate', { by: duplicate.by }), 'gate');
  // The policy judges what would go out: from here on the values are back.
  const heard = context.vault ? context.vault.back([...said]) : said;
  const gated = asking(
    gate(inClear(evaluated, received, context), { ...context, said: heard }),
    evaluated,
    context,
  );
  const item = context.alone ? await context.alone(gated) : gated;
  const reasons = context.vault?.hide(item.reasons) ?? item.reasons;
  const { verdict, proposal } = item;
  did(event('gated', { verdict, confidence: proposal.confidence, reasons }), 'gate');
  return { item, events: progress.events };
}

/** An item with the values for their tokens, and with what came as it came. */
function inClear<Item extends Prepared & Partial<Evaluated>>(
  item: Item,
  { body, documents, feedback }: Received,
  { vault }: StageContext,
): Item {
  if (!vault) return item;
  const { text, whole, proposal, answers } = item;
  return {
    ...{ ...item, body, feedback, text: vault.back(text) },
    ...(proposal ? { proposal: vault.back(proposal) } : {}),
    ...(answers ? { answers: vault.back(answers) } : {}),
    ...(whole === undefined ? {} : { whole: vault.back(whole) }),
    ...(documents ? { documents } : {}),
  };
}

/** What a model made of a token is nobody's value: a person looks. */
function asking(gated: Gated, { proposal }: Evaluated, { vault }: StageContext): Gated {
  if (!vault || gated.verdict === 'refuse') return gated;
  const values = actionsOf(proposal).flatMap(({ parameters, composed }) => [parameters, composed]);
  if (!hasStrangers(values, vault.book)) return gated;
  return { ...gated, verdict: 'ask', reasons: [...(gated.verdict === 'ask' ? gated.reasons : []), STRANGE] };
}

const STRANGE = 'a parameter holds a token that stands for no value of the item';

/** The part that models are paid for. */
async function thoughtThrough(
  prepared: Prepared,
  context: StageContext,
  did: (told: TimelineEvent, next: Stage) => void,
): Promise<Evaluated> {
  const routed = await route(prepared, context);
  did(event('routed', { label: routed.label }), 'evaluate');
  await context.early?.(routed);
  const thought = withFound(withAsked(await evaluate(routed, context), context), context);
  const evaluated = withHinted(thought, context);
  const { action, further } = evaluated.proposal;
  did(event('evaluated', { action, ...(further ? { actions: 1 + further.length } : {}) }), 'gate');
  if (evaluated.hinted) did(event('hinted', { fields: evaluated.hinted.map(({ field }) => field) }), 'gate');
  return evaluated;
}

/** What sources were asked and said. Evidence that names one of them has to be what it said: a model may write anything. */
export function withAsked(item: Evaluated, { automation, asked, found }: StageContext): Evaluated {
  const { looked = [], degraded = [], missing = [], answers = {}, says } = asked?.() ?? {};
  const { lookups = {} } = automation;
  const { proposal } = item;
  const evidence = proposal.evidence.map((it) =>
    Object.hasOwn(lookups, it.source) && !says?.(it.source, it.quote) ? { ...it, source: UNSAID } : it,
  );
  return {
    ...{ ...item, proposal: { ...proposal, evidence } },
    suspicions: [...item.suspicions, ...(found?.() ?? [])],
    ...(looked.length > 0 ? { looked } : {}),
    ...(Object.keys(answers).length > 0 ? { answers } : {}),
    ...(degraded.length > 0 ? { degraded } : {}),
    ...(missing.length > 0 ? { missing } : {}),
  };
}

/** The passages come from the runner of steps, and never from a model. Evidence that names one has to be what it says. */
export function withFound(item: Evaluated, { searched }: StageContext): Evaluated {
  const { passages, names, says } = searched?.() ?? { passages: [], names: [], says: () => false };
  if (names.length === 0) return item;
  const { proposal } = item;
  const evidence = proposal.evidence.map((it) =>
    names.includes(it.source) && !says(it.source, it.quote) ? { ...it, source: UNSAID } : it,
  );
  return { ...item, proposal: { ...proposal, evidence }, found: { passages, names } };
}

/** What hints changed is told by whoever changed it, and by no automation: the gate asks about it. */
export function withHinted({ hinted: _, ...item }: Evaluated, { hinted }: StageContext): Evaluated {
  const told = hinted?.() ?? [];
  return told.length > 0 ? { ...item, hinted: told } : item;
}

const UNSAID = 'words that no source was found to say';

/** A duplicate is thought about by nobody: where a person is asked, they are asked what to do with it. */
function handedOver(prepared: Prepared & { duplicate: Duplicate }, { automation }: StageContext): Evaluated {
  const routed = { ...prepared, label: 'other' };
  return { ...routed, proposal: automation.handOver(routed, duplicateReason(prepared.duplicate)) };
}
