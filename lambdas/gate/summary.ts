import type { Action, Automation } from '../contract/automation.ts';
import { type AnswerOf, isAnswerOf, type ProposedAction } from '../contract/item/proposal.ts';
import { type ProposalDocument, stepsOf } from '../contract/item/proposal-document.ts';
import { shownText } from '../kit/text.ts';

/**
 * The action in words made by code. A parameter of free words is named but not quoted: the summary appears in
 * subjects, lists, chat and audit, where no words of an item or of a model may be. Its values cannot steer
 * how it is read there.
 */
export function summaryOf(
  action: Action,
  parameters: Readonly<Record<string, unknown>>,
  words: readonly string[] = [],
): string {
  const answers = Object.entries(parameters).flatMap(([name, value]) =>
    isAnswerOf(value) ? [[name, `(${answerWords(value)})`]] : [],
  );
  const told = words.map((name) => [name, `[${name}]`]);
  return shownText(
    action.describe({ ...parameters, ...Object.fromEntries(answers), ...Object.fromEntries(told) }),
  );
}

/** What a parameter will hold that is not known yet. */
export function answerWords({ answerOf, field }: AnswerOf): string {
  return `the ${field} of action ${answerOf + 1}`;
}

/** Several actions in one line, in their order. */
export function listSummary(summaries: readonly string[]): string {
  const [first = '', ...others] = summaries;
  if (others.length === 0) return first;
  return `${summaries.length} actions: ${summaries.map((it, at) => `(${at + 1}) ${it}`).join('; ')}`;
}

/** What is asked, in a few words: the action, or that there are several. */
export function titleOf({ summary, further }: Pick<ProposalDocument, 'summary' | 'further'>): string {
  return further ? `${further.length + 1} actions, one after the other` : summary;
}

/** The document with its words of code as its parameters are now. */
export function summarised(document: ProposalDocument, actions: Automation['actions']): ProposalDocument {
  const summaries = stepsOf(document).map((step) => {
    const action = actions[step.action];
    return action ? summaryOf(action, step.parameters, wordsIn(step)) : step.summary;
  });
  const [own = '', ...others] = summaries;
  const { first, further } = document;
  return {
    ...document,
    summary: listSummary(summaries),
    ...(first ? { first: { ...first, summary: own } } : {}),
    ...(further
      ? { further: further.map((one, at) => ({ ...one, summary: others[at] ?? one.summary })) }
      : {}),
  };
}

/** Names of an action's parameters that hold free words. */
export function wordsIn({ words = {} }: Pick<ProposalDocument, 'words'>): string[] {
  return [...new Set(Object.keys(words).map((place) => (place.split('/')[0] ?? '').replaceAll('~1', '/')))];
}

/** Parameters that `act` is to fill in, by the declaration: a value that only looks so is none. */
export function answersIn(action: Action, { parameters }: ProposedAction): Record<string, AnswerOf> {
  return Object.fromEntries(
    Object.entries(action.parameters ?? {}).flatMap(([name, { kind }]) => {
      const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
      return kind === 'answer of' && isAnswerOf(value) ? [[name, value]] : [];
    }),
  );
}
