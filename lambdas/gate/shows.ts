import type { Mark, ProposalDocument } from '../contract/item/proposal-document.ts';
import { marksIn } from './marks.ts';
import { wordsIn } from './summary.ts';

/** One value of the action, exactly as it goes out. */
export interface ShownValue {
  /** The parameter, or a path within it: `reply`, `lines/0/text`. */
  place: string;
  /** `place` as people write it: `due date` for `dueDate`. The table of all values has it letter by letter. */
  name: string;
  value: string;
  /** The places to look at twice; in a value without free words only invisible characters. */
  marks: readonly Mark[];
  words: boolean;
}

type Shown = Pick<ProposalDocument, 'parameters' | 'shows' | 'words'>;

/** The values that an action declares, and all with free words. Without a declaration, every parameter. */
export function shownValues(document: Shown): ShownValue[] {
  const { parameters, shows = Object.keys(parameters), words = {} } = document;
  const free = wordsIn(document);
  return [...new Set([...shows, ...free])].flatMap((name) =>
    leavesOf(name.replaceAll('/', '~1'), parameters[name]).map(([place, value]) => {
      const marks = words[place] ?? (free.includes(name) ? marksIn(value) : hiddenIn(value));
      return { place, name: nameOf(place), value, marks, words: free.includes(name) };
    }),
  );
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
