import type { Evidence } from '../item/proposal.ts';
import type { Passage } from '../parameters.ts';

/** Documents that `step.search` finds passages in. */
export interface Collection {
  /** `folder`: the automation's own `knowledge/`. `synced`: what `signalbox knowledge sync <name>` put into the bucket. */
  from: 'folder' | 'synced';
  /** What is in it, for agents and the registry. */
  description: string;
  /** Anybody may read its passages, so that texts that go out are composed of them. @default false */
  outward?: boolean;
}

/** A passage that a search found. `id` is `<collection>/<source>#<number>`. */
export interface Found extends Passage {
  /** The document: its path below the collection's folder. */
  source: string;
  /** Where in it: headings from the outermost on, or a page. Empty where it has neither. */
  place: string;
  /** Only good for comparing passages of the same search. */
  score: number;
}

export interface SearchOptions {
  /** Passages at most, from 1 to 20. @default 5 */
  most?: number;
}

/** What an item was given of its automation's collections. */
export interface Searched {
  /** Of collections that are `outward`: texts that go out may be composed of them. */
  passages: readonly Passage[];
  /** What passages are called in evidence. */
  names: readonly string[];
  /** Whether a passage of that name says this. */
  says(name: string, quote: string): boolean;
}

/** The index of each collection of an automation's folder, as base64. */
export type FolderIndexes = Readonly<Record<string, string>>;

/** A passage as evidence, with where it stands. */
export function cited(found: Pick<Found, 'id' | 'place' | 'text'>): Evidence {
  return { source: citationOf(found), quote: found.text };
}

export function citationOf({ id, place }: Pick<Found, 'id' | 'place'>): string {
  return place === '' ? id : `${id} (${place})`;
}
