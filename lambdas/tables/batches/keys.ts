import { sha256 } from '../../kit/digest.ts';
import { contentOf, ownRow } from '../keys.ts';

/* Rows of batches in the idempotency table, and who keeps them in the control table. In `madeFor`, which the index `byItem` is by, they have the list they stand in. */

const own = (automation: string, ...parts: string[]) => ownRow(automation, 'batch', ...parts);

/** What a step's request is known by, there and at the provider: `step` is the key of its remembered answer. */
export function askedHash(step: string): string {
  return sha256(`batch|${step}`).slice(0, 40);
}

/** A request that waits for its answer. */
export function askedKey(automation: string, hash: string): string {
  return own(automation, 'ask', hash);
}

/** The hash in such a key. */
export function hashOf(askedKey: string): string {
  return askedKey.slice(askedKey.lastIndexOf('#') + 1);
}

/** A file of requests at a provider. */
export function batchKey(automation: string, batch: string): string {
  return own(automation, 'file', batch);
}

/** Who looks after the batches of an automation, and how they stand. */
export function keeperKey(automation: string): string {
  return own(automation, 'keeper');
}

/** The list of requests that are in no file yet. */
export function openList(automation: string): string {
  return own(automation, 'open');
}

/** The list of requests in one file. */
export function listOf(automation: string, batch: string): string {
  return own(automation, 'in', batch);
}

/** The list of files that are not done with. */
export function filesList(automation: string): string {
  return own(automation, 'files');
}

/** Of a request's words, in the content bucket, with its item's content: who removes that removes them. */
export function requestKey(itemId: string, hash: string): string {
  return `${contentOf(itemId)}batch-${hash}.request.json`;
}

/** Of what was answered. */
export function answerKey(itemId: string, hash: string): string {
  return `${contentOf(itemId)}batch-${hash}.answer.json`;
}
