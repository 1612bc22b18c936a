import type { AnswerOf } from '../contract/item/proposal.ts';
import {
  type DocumentAction,
  type Mark,
  type ProposalDocument,
  stepsOf,
} from '../contract/item/proposal-document.ts';
import { marksIn } from './marks.ts';
import { answerWords, wordsIn } from './summary.ts';

/** One value of the action, exactly as it goes out. */
export interface ShownValue {
  /** The parameter, or a path within it: `reply`, `lines/0/text`. */
  place: string;
  /** `place` as people write it: `due date` for `dueDate`. The table of all values has it letter by letter. */
  name: string;
  /** Which action of a list it belongs to, counted from 1. Absent where there is one. */
  action?: number;
  value: string;
  /** The places to look at twice; in a value without free words only invisible characters. */
  marks: readonly Mark[];
  words: boolean;
}

type Shown = Pick<DocumentAction, 'parameters' | 'shows' | 'words' | 'answers'>;

/** The values of every action in their order: a name says which, where there are several. */
export function allShown(document: ProposalDocument): ShownValue[] {
  const steps = stepsOf(document);
  if (steps.length === 1) return shownValues(document);
  return steps.flatMap((step, at) =>
    shownValues(step).map((value) => ({
      ...{ ...value, place: `${at + 1}/${value.place}`, name: `${at + 1}. ${value.name}` },
      action: at + 1,
    })),
  );
}

/** The values that an action declares, and all with free words. Without a declaration, every parameter. */
export function shownValues(document: Shown): ShownValue[] {
  const { parameters, shows = Object.keys(parameters), words = {}, answers = {} } = document;
  const free = wordsIn(document);
  // What is not there does not go out, and takes no room.
  const there = shows.filter((name) => parameters[name] !== undefined || answers[name] !== undefined);
  return [...new Set([...there, ...free])].flatMap((name) =>
    leavesOf(name.replaceAll('/', '~1'), toldOf(parameters[name], answers[name])).map(([place, value]) => {
      const marks = words[place] ?? (free.includes(name) ? marksIn(value) : hiddenIn(value));
      return { place, name: nameOf(place), value, marks, words: free.includes(name) };
    }),
  );
}

/** An answer that is not there yet is told in words of ours. */
function toldOf(value: unknown, answer: AnswerOf | undefined): unknown {
  return answer ? answerWords(answer) : value;
}

function nameOf(place: string): string {
  return place.replaceAll(/(?<=[a-z0-9])[A-Z](?=[a-z])/g, (letter) => ` ${letter.toLowerCase()}`);
}

function hiddenIn(text: string): Mark[] {
  return marksIn(text).filter(({ kind }) => kind === 'hidden');
}

function leavesOf(place: string, value: unknown): [string, string][] {
  if (typeof value === 'string') return [[place, value]];
  const members = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (members.length === 0) return [[place, value === undefined ? '' : JSON.stringify(value)]];
  return members.flatMap(([key, member]) => leavesOf(`${place}/${key.replaceAll('/', '~1')}`, member));
}

/** Whether the gate doubted the item: then people decide only where they see all of it. */
export function isSuspected({ suspicions = [] }: Pick<ProposalDocument, 'suspicions'>): boolean {
  return suspicions.length > 0;
}
