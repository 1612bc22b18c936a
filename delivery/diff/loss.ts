/** Something that a deployment would lose. */
export interface Loss {
  /** What a commit must say for it to be done all the same: `platform/dataitemsC60B4BEB`. */
  key: string;
  stack: string;
  /** In words: `table data/items of Signalbox-prod-platform would be replaced: KeySchema differs`. */
  says: string;
  todo: string;
  /** Nothing goes yet: what guards it would be off. Whoever goes back may do that. */
  guard?: true;
}

/** Tells of one resource. */
export type Tell = (says: string, todo: string, more?: Pick<Loss, 'guard'>) => Loss[];
