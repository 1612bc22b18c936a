/*
 * The key of every object that more than one function knows, in the content bucket and in that of uploads. Like a row's, it begins
 * with its item or with its automation, so that a function is confined to its own: see `keys.ts`.
 */

/** No name of an automation can contain it. */
export const OWN = '_';

/** Of a posted body, in the content bucket. */
export function bodyKey(itemId: string): string {
  return `items/${itemId}/body.json`;
}

/** Of what an operator gave in its place, each time another one. */
export function editedBodyKey(itemId: string, random: string): string {
  return `items/${itemId}/body-${random}.json`;
}

/** Of what came in place of a body that fits its schema, exactly as it came. */
export function rawKey(itemId: string): string {
  return `items/${itemId}/raw.json`;
}

/** Of the random text that the digests of an item's receipts are made with: erased with its content, it leaves nothing to try guesses on. */
export function receiptSaltKey(itemId: string): string {
  return `items/${itemId}/receipt-salt.json`;
}

/** Of what an answer to the mail needs that an item came as. */
export function threadKey(itemId: string): string {
  return `items/${itemId}/thread.json`;
}

/** What the content of an item begins with. */
export function contentOf(itemId: string): string {
  return `items/${itemId}/`;
}

/** What the content of all items of an automation begins with, and what was read or uploaded for it. */
export function contentOfAll(automation: string): string {
  return `items/${automation}${OWN}`;
}

/** What the files of all items of an automation begin with, in the bucket of uploads. */
export function filesOfAll(automation: string): string[] {
  return FILES.map((kind) => `${kind}/${automation}${OWN}`);
}

/** What an item's own files begin with, in the bucket of uploads: as they came, refused, and what a door keeps. */
export function filesOf(itemId: string): string[] {
  return FILES.map((kind) => `${kind}/${itemId}/`);
}

/** Kinds of files of an item. */
export const FILES = ['documents', 'quarantine', 'inbound'] as const;

/** Of the differences between what came and the body that was made of it. */
export function repairsKey(itemId: string): string {
  return `items/${itemId}/repairs.json`;
}

/** Of a document of a generation, by its digest: the gate's, or one with an approver's edits. */
export function proposalKey(itemId: string, generation: number, digest: string): string {
  return `items/${itemId}/proposal-g${generation}-${digest.slice(0, 16)}.json`;
}

/** Of the values that tokens stand for, in the content bucket. */
export function tokensKey(itemId: string, digest: string): string {
  return `items/${itemId}/tokens-${digest.slice(0, 16)}.json`;
}

/** Of what the gate saw. */
export function evaluatedKey(itemId: string, generation: number, digest: string): string {
  return `items/${itemId}/evaluated-g${generation}-${digest.slice(0, 16)}.json`;
}

/** Of what a generation's caller was told before the rest was known, where it is more than words of a list. */
export function earlyKey(itemId: string, generation: number): string {
  return `items/${itemId}/early-g${generation}.json`;
}

/** Of the names of an item's documents, in the content bucket: they are words of strangers. */
export function documentNamesKey(itemId: string): string {
  return `items/${itemId}/documents.json`;
}

/** Of an upload's name, in the content bucket. */
export function uploadNameKey(automation: string, ref: string): string {
  return `items/${automation}${OWN}upload/${ref}.json`;
}

/** Of uploaded bytes, in the bucket of uploads, until an item names them; then they are the item's own copy. */
export function uploadKey(automation: string, ref: string): string {
  return `uploads/${automation}${OWN}upload/${ref}`;
}

export function originalKey(itemId: string, ref: string): string {
  return `documents/${itemId}/${ref}`;
}

/** Of what an item was made of, exactly as it came: a mail. */
export function inboundKey(itemId: string, name: 'mail'): string {
  return `inbound/${itemId}/${name}`;
}

/** Of a document that was refused: one function may write there, and none read. */
export function quarantineKey(itemId: string, ref: string): string {
  return `quarantine/${itemId}/${ref}`;
}

/** Of what reading a file gave, in the content bucket; `hash` is of its bytes and of how it was read. */
export function readingKey(automation: string, hash: string): string {
  return `items/${automation}${OWN}reading/${hash}.json`;
}

/** Of the same without the places of its words: what is thought about. */
export function readTextKey(readingKey: string): string {
  return readingKey.replace(/\.json$/, '/text.json');
}

/** What everything beside a reading begins with: its text, and its pages as pictures. */
export function besideReading(readingKey: string): string {
  return readingKey.replace(/\.json$/, '/');
}

/** That an item has this reading: it lies beside it, so that nobody removes what another item needs. */
export function holderKey(readingKey: string, itemId: string): string {
  return `${besideReading(readingKey)}of/${itemId}.json`;
}

/** The same, with the item's content: who removes the item finds what was read for it. */
export function heldKey(itemId: string, readingKey: string): string {
  return `${contentOf(itemId)}reading-${readingKey.slice(readingKey.lastIndexOf('/') + 1)}`;
}

/** The reading that a key of an item's content says it has; undefined for any other key. */
export function readingHeld(automation: string, key: string): string | undefined {
  const hash = /\/reading-([0-9a-f]{64})\.json$/.exec(key)?.[1];
  return hash === undefined ? undefined : readingKey(automation, hash);
}

/** Of a page as a picture, counted from 1. */
export function pictureKey(readingKey: string, page: number): string {
  return readingKey.replace(/\.json$/, `/page-${page}.png`);
}

/** Of what says which index of a collection counts, in the bucket of knowledge. */
export function currentKey(collection: string): string {
  return `${collectionPrefix(collection)}current.json`;
}

/** Of an index, by its version; nothing in it changes. */
export function indexKey(collection: string, version: string): string {
  return `${collectionPrefix(collection)}${version}.index`;
}

/** What everything of a collection begins with. */
export function collectionPrefix(collection: string): string {
  return `collections/${collection}/`;
}

/** Of how all chains of receipts stood when that day had ended, in the archive of the audit. */
export function rootKey(day: string): string {
  return `roots/${day}.json`;
}

/** Of a surrogate's file: like content it is gone after `retention.contentDays`. */
export function surrogateFileKey(automation: string, step: string, version: string): string {
  return `items/${automation}${OWN}surrogate-${step}/${version}.json`;
}
