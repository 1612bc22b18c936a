import type { Action, Automation, Facts, Implementation } from '../contract/automation.ts';
import type { Evaluated, Gated, Grounds } from '../contract/item/envelope.ts';
import { actionsOf, MOST_ACTIONS, type ProposedAction } from '../contract/item/proposal.ts';
import { SystemError } from '../kit/errors.ts';
import type { Sources } from './compose.ts';
import { HINTED } from './doubts/hints.ts';
import { answersMachine, FELL_BACK, TO_A_MACHINE, withFallback } from './doubts/mails.ts';
import { duplicateReason, readingObjections } from './doubts/reading.ts';
import { repairObjections } from './doubts/repaired.ts';
import { freeTexts, shapeOf } from './free-texts.ts';
import { type Ungrounded, ungroundedIn } from './grounding.ts';
import { thresholdsOf } from './policy/thresholds.ts';
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

/**
 * The automation's policy, then the house rules. These turn `act` into `ask`, and nothing into `act`. A mail whose draft nobody
 * composed is judged once more with the action's fallback text in it: nothing else about it changes.
 */
export function gate<Body>(evaluated: Evaluated<Body>, context: GateContext): Gated<Body> {
  const gated = judged(evaluated, context);
  if (gated.verdict !== 'ask' || context.byPerson) return gated;
  const other = withFallback(evaluated, sourcesOf(evaluated, context));
  if (!other) return gated;
  const again = judged(other, context);
  const grounds = gated.grounds && again.grounds && { ...gated.grounds, fallback: again.grounds };
  if (again.verdict !== 'act') return { ...gated, ...(grounds ? { grounds } : {}) };
  return { ...again, reasons: [...again.reasons, FELL_BACK], ...(grounds ? { grounds } : {}) };
}

/**
 * The verdict on a proposal that no policy is asked about, as an operator wants it: a person decides, whatever the policy would say of
 * it, and is shown all words that no code composed. @throws SystemError if its action is not declared
 */
export function askFor<Body>(item: Evaluated<Body>, reason: string, context: GateContext): Gated<Body> {
  declaredIn(item, context.automation as Automation);
  const sentBack = item.feedback.length > 0 ? [SENT_BACK] : [];
  const reasons = [reason, ...sentBack];
  return { ...item, ...wordsTold(item, ungroundedOf(item, context), reasons), verdict: 'ask', reasons };
}

const SENT_BACK = 'an approver sent an earlier proposal back';

function sourcesOf(item: Evaluated, { automation, implementation }: GateContext): Sources {
  const passages = [...(implementation?.passages ?? []), ...(item.found?.passages ?? [])];
  return { automation, passages, item };
}

function judged<Body>(evaluated: Evaluated<Body>, context: GateContext): Gated<Body> {
  const { automation } = context;
  const told = wordsOf(evaluated, context);
  const item = withOwnBrief(withNamedSources(evaluated, told), told);
  const listed = declaredIn(item, automation as Automation);
  const { duplicate } = item;
  const facts = factsOf(item, context.byPerson);
  const refused =
    duplicate?.verdict === 'refuse'
      ? duplicateReason(duplicate)
      : answersMachine(item, listed)
        ? TO_A_MACHINE
        : undefined;
  if (refused !== undefined)
    return { ...item, verdict: 'refuse', reasons: [refused], grounds: { facts, refused } };
  const said = automation.gate(facts, thresholdsOf(automation));
  const reasons = [...new Set(said.reasons.map((reason) => (repeats(reason, told) ? WITHHELD : reason)))];
  const policy = { verdict: said.verdict, reasons };
  const ungrounded = context.byPerson ? [] : ungroundedOf(item, context);
  const house = (asks: boolean) => objectionsOf(item, { listed, ungrounded, asks }, automation as Automation);
  // What another policy would meet: not what this one's reasons repeat.
  const held = house(false);
  const grounds: Grounds<Body> = { facts, ...(held.length > 0 ? { held } : {}) };
  if (policy.verdict === 'refuse') return { ...item, ...policy, grounds };
  const asks = policy.verdict === 'ask';
  const objections = [
    ...(asks ? house(true).filter((objection) => !reasons.includes(objection)) : held),
    ...(reasons.includes(WITHHELD) && !asks ? [WITHHELD] : []),
  ];
  const gated = { ...item, ...wordsTold(item, ungrounded, reasons), grounds };
  if (objections.length === 0) return { ...gated, ...policy };
  // A person who is asked for another reason learns of the suspicion as well.
  return { ...gated, verdict: 'ask', reasons: asks ? [...policy.reasons, ...objections] : objections };
}

/** What the house has against acting alone; where the policy asks anyway, what its approver is told beside that. */
function objectionsOf(
  item: Evaluated,
  {
    listed,
    ungrounded,
    asks,
  }: { listed: readonly Action[]; ungrounded: readonly Ungrounded[]; asks: boolean },
  automation: Automation,
): string[] {
  const { duplicate, label, hinted, feedback } = item;
  return [
    duplicate && duplicateReason(duplicate),
    label === 'other' && !duplicate && !asks && "the label is 'other'",
    ...readingObjections(item),
    ...repairObjections(item, automation),
    hinted !== undefined && HINTED,
    listed.some(({ risk }) => risk === 'catastrophic') &&
      !asks &&
      'a catastrophic action always needs a person',
    // Otherwise one approver's words to the model could bring about what needs two approvers.
    feedback.length > 0 && SENT_BACK,
    ...(asks ? [] : ungrounded.flatMap((one, at) => objectionsTo(one, listed, at))),
  ].filter((objection) => typeof objection === 'string');
}

/** @throws SystemError if one of the actions is not declared, or there are too many */
function declaredIn({ proposal }: Evaluated, { name: own, actions }: Automation): Action[] {
  const listed = actionsOf(proposal);
  if (listed.length > MOST_ACTIONS)
    throw new SystemError(
      `automation '${own}' proposed ${listed.length} actions: at most ${MOST_ACTIONS} are possible`,
    );
  return listed.map(({ action: name }) => {
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action) return action;
    throw new SystemError(`automation '${own}' proposed '${name}', which it has not declared`);
  });
}

/** Free words of each action, but for what a reason of code tells anyway. */
function wordsTold(
  { proposal }: Evaluated,
  ungrounded: readonly Ungrounded[],
  reasons: readonly string[],
): Pick<Gated, 'words' | 'furtherWords'> {
  const [words = [], ...furtherWords] = actionsOf(proposal).map(({ parameters }, at) =>
    (ungrounded[at]?.words ?? []).filter((name) => !reasons.some((reason) => reason === parameters[name])),
  );
  return {
    ...(words.length > 0 ? { words } : {}),
    ...(furtherWords.some((some) => some.length > 0) ? { furtherWords } : {}),
  };
}

/** The item without its words: a policy cannot repeat what it cannot read. */
function factsOf<Body>(
  {
    text: _,
    whole: ______,
    feedback: __,
    found: _______,
    hinted: ________,
    proposal,
    documents,
    ...item
  }: Evaluated<Body>,
  byPerson = false,
): Facts<Body> {
  const { brief: ___, briefBy: _____, composed: ____, evidence, further, ...rest } = proposal;
  return {
    ...item,
    ...(documents ? { files: documents.map(traitsOf) } : {}),
    byPerson,
    proposal: {
      ...rest,
      evidence: evidence.map(({ source }) => ({ source })),
      ...(further ? { further: further.map(withoutRecipes) } : {}),
    },
  };
}

const withoutRecipes = ({ composed: _, ...one }: ProposedAction) => one;

const UNNAMED = 'a source without a name of ours';
/** Its reader learns that the policy needs a fix. */
export const WITHHELD = 'a reason of the policy is withheld: it repeats words of the model or of the message';

/** Words that may appear in no reason and in no name of a source. */
function wordsOf(
  { text, whole = '', body, documents = [], found, answers = {} }: Evaluated,
  { automation, implementation, said = [] }: GateContext,
): Words {
  const { lookups = {} } = automation;
  const told = Object.entries(answers).flatMap(([name, some]) => {
    const schema = Object.hasOwn(lookups, name) ? lookups[name]?.answer : undefined;
    return some.flatMap((answer) => freeTexts(answer, schema && shapeOf(schema)));
  });
  const names = new Set([
    ...automation.labels,
    ...Object.keys(automation.actions),
    ...(implementation?.passages ?? []).map(({ id }) => id),
    ...(found?.names ?? []),
  ]);
  return {
    said,
    // One common word in a record is no quotation of it.
    written: [...told, text, whole, ...freeTextsIn(body, automation), ...documents.flatMap(wordsIn)],
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

function ungroundedOf(item: Evaluated, context: GateContext): Ungrounded[] {
  const sources = sourcesOf(item, context);
  const listed = actionsOf(item.proposal);
  return listed.map((one, at) => ungroundedIn({ ...one, earlier: listed.slice(0, at) }, sources));
}

/** Names come from the declaration: a parameter's own name may be a model's word. */
function objectionsTo({ names, words }: Ungrounded, listed: readonly Action[], at: number): string[] {
  const { parameters = {}, recipient } = listed[at] ?? {};
  const where = listed.length > 1 ? `action ${at + 1}: ` : '';
  const declared = names.filter((name) => Object.hasOwn(parameters, name));
  return [
    ...declared.map((name) => `${where}'${name}' is no declared value and no text that code composed`),
    ...(declared.length < names.length ? [`${where}a parameter is not declared`] : []),
    ...(recipient !== undefined && words.length > 0
      ? [`${where}free text would go to an address that nobody verified`]
      : []),
  ];
}
