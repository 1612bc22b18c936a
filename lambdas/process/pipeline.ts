import type { StageContext } from '../contract/automation.ts';
import type { Duplicate } from '../contract/item/duplicates.ts';
import type { Evaluated, Gated, Prepared, Received } from '../contract/item/envelope.ts';
import type { TimelineEvent } from '../contract/item/row.ts';
import type { Stage } from '../contract/item/status.ts';
import { evaluate } from '../evaluate/evaluate.ts';
import { duplicateReason } from '../gate/doubts/reading.ts';
import { gate } from '../gate/gate.ts';
import { prepare } from '../prepare/prepare.ts';
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
  const prepared = prepare(received, context);
  const { suspicions, removed = [] } = prepared;
  const facts = { characters: prepared.text.length, suspicions, ...(removed.length > 0 ? { removed } : {}) };
  did(event('prepared', facts), 'route');
  const duplicate = await context.duplicateOf?.(inClear(prepared, received, context));
  const evaluated = duplicate
    ? handedOver({ ...prepared, duplicate }, context)
    : await thoughtThrough(prepared, context, did);
  if (duplicate) did(event('duplicate', { of: duplicate.of, by: duplicate.by }), 'gate');
  // The policy judges what would go out: from here on the values are back.
  const heard = context.vault ? context.vault.back([...said]) : said;
  const gated = asking(
    gate(inClear(evaluated, received, context), { ...context, said: heard }),
    evaluated,
    context,
  );
  const item = context.alone ? await context.alone(gated) : gated;
  const reasons = context.vault?.hide(item.reasons) ?? item.reasons;
  did(event('gated', { verdict: item.verdict, reasons }), 'gate');
  return { item, events: progress.events };
}

/** An item with the values for their tokens, and with what came as it came. */
function inClear<Item extends Prepared & Partial<Evaluated>>(
  item: Item,
  { body, documents, feedback }: Received,
  { vault }: StageContext,
): Item {
  if (!vault) return item;
  const { text, whole, proposal } = item;
  return {
    ...{ ...item, body, feedback, text: vault.back(text) },
    ...(proposal ? { proposal: vault.back(proposal) } : {}),
    ...(whole === undefined ? {} : { whole: vault.back(whole) }),
    ...(documents ? { documents } : {}),
  };
}

/** What a model made of a token is nobody's value: a person looks. */
function asking(gated: Gated, { proposal }: Evaluated, { vault }: StageContext): Gated {
  if (!vault || gated.verdict === 'refuse') return gated;
  if (!hasStrangers([proposal.parameters, proposal.composed], vault.book)) return gated;
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
  const evaluated = await evaluate(routed, context);
  did(event('evaluated', { action: evaluated.proposal.action }), 'gate');
  return evaluated;
}

/** A duplicate is thought about by nobody: where a person is asked, they are asked what to do with it. */
function handedOver(prepared: Prepared & { duplicate: Duplicate }, { automation }: StageContext): Evaluated {
  const routed = { ...prepared, label: 'other' };
  return { ...routed, proposal: automation.handOver(routed, duplicateReason(prepared.duplicate)) };
}
