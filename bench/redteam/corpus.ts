import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ATTACKS, type Attack } from '../../local/attacks.ts';

/*
 * What is tried: the attacks of this repository, and those that others have collected, from a folder of the caller's. Theirs are read
 * and not kept here.
 */

interface Row {
  id: string;
  label: string;
  text: string;
}

const FILES = ['dev/all.jsonl', 'dev/documents.jsonl', 'all.jsonl', 'documents.jsonl'];
/** A model's answer has little room: what it obeys is the beginning. */
const MOST_ORDER = 400;

export function attacksOf(folders: readonly string[]): { own: readonly Attack[]; others: readonly Attack[] } {
  return { own: ATTACKS, others: folders.flatMap(collectedIn) };
}

/** @throws Error for a folder without a collection */
function collectedIn(folder: string): Attack[] {
  const files = FILES.map((file) => join(folder, file)).filter(existsSync);
  if (files.length === 0) throw new Error(`${folder} has none of ${FILES.join(', ')}`);
  const lines = files.flatMap((file) => readFileSync(file, 'utf8').split('\n').filter(Boolean));
  return lines
    .map((line) => JSON.parse(line) as Row)
    .filter(({ label, text }) => label === 'injection' && text.trim() !== '')
    .map(({ id, text }) => ({ name: id, text, order: text.trim().slice(0, MOST_ORDER) }));
}
