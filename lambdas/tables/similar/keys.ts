import { sha256 } from '../../kit/digest.ts';
import { ownRow } from '../keys.ts';

/** The questions that one answer may be used for: one digest of all that has to be alike. Behind it a place, or `next`. */
export function shelfKey(automation: string, scope: string, place: number | 'next'): string {
  return ownRow(automation, 'similar', scope, String(place));
}

/** The vector of a question whose item waits. */
export function vectorKey(automation: string, step: string, itemId: string): string {
  return ownRow(automation, 'similar', 'vector', step, sha256(itemId).slice(0, 24));
}

/** Whether a step may use answers to similar questions. */
export function standingKey(automation: string, step: string): string {
  return ownRow(automation, 'similar', step);
}

/** What was learnt of one prompt, model and shape of answer of a step. */
export function learntKey(automation: string, step: string, about: string): string {
  return ownRow(automation, 'similar', step, about);
}
