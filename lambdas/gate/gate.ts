import type { Action, Automation, Facts, Implementation } from '../contract/automation.ts';
import type { Evaluated, Gated } from '../contract/item/envelope.ts';
import { SystemError } from '../kit/errors.ts';
import { duplicateReason, readingObjections } from './doubts/reading.ts';
import { repairObjections } from './doubts/repaired.ts';
import { type Ungrounded, ungroundedIn } from './grounding.ts';
import { repeats, type Words } from './repeats.ts';
import { textsIn, traitsOf, wordsIn } from './traits.ts';
import { isTyped } from './typed.ts';

export interface GateContext {
  automation: Automation;
  /** Holds its passages; without it no text composes, and the gate asks. */
  implementation?: Pick<Implementation, 'passages'>;
  /** Free texts that models answered with. */
  said?: readonly string[];
  /** True if a person answers for the parameters: they need not be grounded. @default false */
  byPerson?: boolean;
}

/** The automation's policy, then the house rules. These turn `act` into `ask`, and nothing into `act`. */
export function gate<Body>(evaluated: Evaluated<Body>, context: GateContext): Gated<Body> {
  const { automation } = context;
  const held = wordsOf(evaluated, context);
  const item = withOwnBrief(withNamedSources(evaluated, held), held);
  const { action: name } = item.proposal;
  const action = Object.hasOwn(automation.actions, name) ? automation.actions[name] : undefined;
  if (!action) {
    throw new SystemError(`automation '${automation.name}' proposed '${name}', which it has not declared`);
  }
  const { duplicate } = item;
  if (duplicate?.verdict === 'refuse')
    return { ...item, verdict: 'refuse', reasons: [duplicateReason(duplicate)] };
  const said = automation.gate(factsOf(item, context.byPerson));
  const reasons = [...new Set(said.reasons.map((reason) => (repeats(reason, held) ? WITHHELD : reason)))];
  const policy = { verdict: said.verdict, reasons };
  if (policy.verdict === 'refuse') return { ...item, ...policy };
  const asks = policy.verdict === 'ask';
  const ungrounded = context.byPerson ? { names: [], words: [] } : ungroundedOf(item, context);
  const objections = [
    duplicate && !reasons.includes(duplicateReason(duplicate)) && duplicateReason(duplicate),
    item.label === 'other' && !duplicate && !asks && "the label is 'other'",
    ...readingObjections(item),
    ...repairObjections(item, automation as Automation),
    action.risk === 'catastrophic' && !asks && 'a catastrophic action always needs a person',
    // Otherwise one approver's words to the model could bring about what needs two approvers.
    item.feedback.length > 0 && 'an approver sent an earlier proposal back',
    ...(asks ? [] : objectionsTo(ungrounded, action)),
    reasons.includes(WITHHELD) && !asks && WITHHELD,
  ].filter((objection) => typeof objection === 'string');
  const told = ungrounded.words.filter(
    (name) => !reasons.some((reason) => reason === item.proposal.parameters[name]),
  );
  const gated = told.length > 0 ? { ...item, words: told } : item;
  if (objections.length === 0) return { ...gated, ...policy };
  // A person who is asked for another reason learns of the suspicion as well.
  return { ...gated, verdict: 'ask', reasons: asks ? [...policy.reasons, ...objections] : objections };
}

/** The item without its words: a policy cannot repeat what it cannot read. */
function factsOf<Body>(
  { text: _, whole: ______, feedback: __, proposal, documents, ...item }: Evaluated<Body>,
  byPerson = false,
): Facts<Body> {
  const { brief: ___, briefBy: _____, composed: ____, evidence, ...rest } = proposal;
  return {
    ...item,
    ...(documents ? { files: documents.map(traitsOf) } : {}),
    byPerson,
    proposal: { ...rest, evidence: evidence.map(({ source }) => ({ source })) },
  };
}

const UNNAMED = 'a source without a name of ours';
/** Its reader learns that the policy needs a fix. */
export const WITHHELD = 'a reason of the policy is withheld: it repeats words of the model or of the message';

/** Words that may appear in no reason and in no name of a source. */
function wordsOf(
  { text, whole = '', body, documents = [] }: Evaluated,
  { automation, implementation, said = [] }: GateContext,
): Words {
  const names = new Set([
    ...automation.labels,
    ...Object.keys(automation.actions),
    ...(implementation?.passages ?? []).map(({ id }) => id),
  ]);
  return {
    said,
    written: [text, whole, ...freeTextsIn(body, automation), ...documents.flatMap(wordsIn)],
    names,
  };
}

/** What the body holds in fields that take free text. */
function freeTextsIn(body: unknown, automation: Automation): string[] {
  if (typeof body !== 'object' || body === null) return [];
  return Object.entries(body).flatMap(([name, value]) =>
    isTyped(automation, body, name) && typeof value !== 'object' ? [] : textsIn(value),
  );
}

/** Lists and the audit name a proposal's sources: a name from a model does not count. */
function withNamedSources<Body>(item: Evaluated<Body>, held: Words): Evaluated<Body> {
  const { evidence } = item.proposal;
  if (!evidence.some(({ source }) => repeats(source, held))) return item;
  const named = evidence.map((it) => (repeats(it.source, held) ? { ...it, source: UNNAMED } : it));
  return { ...item, proposal: { ...item.proposal, evidence: named } };
}

/** Approvers are told whose words they read: a model's words never pass for code's. */
function withOwnBrief<Body>(item: Evaluated<Body>, held: Words): Evaluated<Body> {
  const { briefBy, ...proposal } = item.proposal;
  // A reason is code's: a brief that only says it again is no word of a model.
  const byCode =
    (briefBy !== undefined || proposal.brief === proposal.reason) && !repeats(proposal.brief, held);
  return { ...item, proposal: byCode ? { ...proposal, briefBy: 'code' } : proposal };
}

function ungroundedOf(item: Evaluated, { automation, implementation }: GateContext): Ungrounded {
  return ungroundedIn(item.proposal, { automation, passages: implementation?.passages ?? [], item });
}

/** Names come from the declaration: a parameter's own name may be a model's word. */
function objectionsTo({ names, words }: Ungrounded, { parameters = {}, recipient }: Action): string[] {
  const declared = names.filter((name) => Object.hasOwn(parameters, name));
  return [
    ...declared.map((name) => `'${name}' is no declared value and no text that code composed`),
    ...(declared.length < names.length ? ['a parameter is not declared'] : []),
    ...(recipient !== undefined && words.length > 0
      ? ['free text would go to an address that nobody verified']
      : []),
  ];
}
