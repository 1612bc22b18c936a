/** What an automation lets be done to a body that does not fit its schema. @default nothing: it is refused */
export interface RepairPolicy {
  /**
   * Further names of a field, by its JSON pointer: `{ '/from': ['sender', 'replyTo'] }`. Names that differ in case, `_` or `-`, or by a
   * slip of the keyboard, are known without being listed.
   */
  renamed?: Readonly<Record<string, readonly string[]>>;
  /**
   * What code cannot repair, a model maps to the fields: it names where in the original each value stands, and code takes it from
   * there. Needs the prompt `repair`. @default false
   */
  model?: boolean;
  /**
   * Fields, by JSON pointer, at whose repair a person looks: amounts, accounts, dates, identities. `reference` and whatever is a
   * `field()` parameter of an action are among them in any case.
   */
  consequential?: readonly string[];
}

/** By what a difference came about. */
export type RepairedBy = 'encoding' | 'json' | 'name' | 'memory' | 'model' | 'type' | 'unknown';

/** The same in words, on the approver's page and in the command line. */
export const REPAIRED_BY: Record<RepairedBy, string> = {
  encoding: 'encoding',
  json: 'broken JSON was read',
  name: 'another name of the field',
  memory: "this client's name for it, as before",
  model: 'a model found it',
  type: 'another form of the same value',
  unknown: 'left out: no such field',
};

/** Longer texts are cut where a difference shows them. */
export const MOST_SHOWN = 300;
/** From so many characters on one may have been cut: what people see as one character is not cut in two. */
export const CUT_FROM = MOST_SHOWN - 100;

/** One difference between what came and what is worked on. Words of the item: it lies with the content. */
export interface Repair {
  /** JSON pointer into the body; empty for the body as a whole. Of a field that was left out, where it stood. */
  pointer: string;
  /** JSON pointer into the original, where that is another. */
  source?: string;
  /** As it came, and as it is now; long texts are cut. Absent where there is nothing. */
  from?: unknown;
  to?: unknown;
  by: RepairedBy;
}

/** Why nobody can be sure what a broken text means. */
export const DOUBTS = {
  bracket: 'it has a bracket too many',
  colon: 'a colon is missing',
  comma: 'a comma is missing',
  comment: 'it holds a comment',
  cut: 'it breaks off before its end',
  encoding: 'its encoding had to be guessed',
  escape: 'it holds an escape that JSON does not have',
  found: 'a model found its values in a text that cannot be read as JSON',
  prose: 'other text stands around it',
  quotes: 'it holds quotes within quotes',
  word: 'a text stands without quotes',
} as const;

export type Doubt = keyof typeof DOUBTS;

/** What the item's row keeps of its repairs: no word of the item. */
export interface RepairFacts {
  count: number;
  by: readonly RepairedBy[];
  /** Names of fields that the schema has, for people to look at. */
  fields: readonly string[];
  doubts: readonly Doubt[];
}

/** A body as it came, where it does not fit the schema. */
export interface Raw {
  text: string;
  /** `base64` of bytes that are no UTF-8. */
  encoding: 'utf8' | 'base64';
  /** The charset that its sender named. */
  charset?: string;
  /** Bytes of it were lost before it came. */
  damaged?: boolean;
  /** The JSON that a door's own mapping made of it, where that is what does not fit. */
  made?: string;
}
