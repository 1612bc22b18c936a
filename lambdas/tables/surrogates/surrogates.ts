import { randomBytes } from 'node:crypto';
import { clock } from '../../kit/clock.ts';
import { absent, get, is, put } from '../../kit/dynamo/rows.ts';
import { TransientError } from '../../kit/errors.ts';
import { surrogateKey } from './keys.ts';

/** How the surrogate of a step stands. No words: versions, counts and labels. */
export interface SurrogateRow {
  id: string;
  /** Grows with each change: of two at once one is refused. */
  version: number;
  /** A key that nobody outside knows: by it a hash of the item decides which answers are tried. */
  lots: string;
  /** What answers. Absent: nothing was learned yet. */
  model?: SurrogateModel;
  /** Answers that were tried since, the oldest first. */
  tried?: readonly TriedAnswer[];
  /** It answers nothing. */
  off?: { at: string; by: string; reason: string };
  /** Labels that it does not answer, since when. */
  closed?: Readonly<Record<string, string>>;
  /** What was seen before says nothing of now any more (ISO 8601). */
  since?: string;
  /** The last training, whatever came of it: when, and of how many examples. */
  trained?: { at: string; examples: number };
  /** Its answers that were used, as far as the last training saw. Absent: none has counted yet. */
  answered?: number;
  /** Tried answers, and what the model took for these in all: by them is reckoned what was saved. */
  calls?: number;
  callsUsd?: number;
}

/** What a row says, beside what it is known by. */
export type SurrogateFacts = Omit<SurrogateRow, 'id' | 'version'>;

/** Where nothing was learned yet: the key of its lots, which nothing is drawn by. */
export function begunSurrogate(): SurrogateFacts {
  return { lots: randomBytes(24).toString('base64url') };
}

export interface SurrogateModel {
  /** The hash of its file, by which it is found. */
  version: string;
  /** The prompt that it stands for, and no other. */
  prompt: string;
  at: string;
  examples: number;
  /** How many labels it answers. */
  labels: number;
  /** Of what it was measured by: the share that it answers, how much of that agrees, the lower bound of that, and of how many. */
  held: { share: number; agreement: number; low: number; n: number };
}

export interface TriedAnswer {
  itemId: string;
  label: string;
  wrong: boolean;
  at: string;
}

export interface OfStep {
  automation: string;
  step: string;
}

export function readSurrogate(
  table: string,
  { automation, step }: OfStep,
): Promise<SurrogateRow | undefined> {
  return get(table, surrogateKey(automation, step));
}

/** An instance believes for so long what it has read: so late it hears that a surrogate is off. */
const KEPT_MS = 5000;

const kept = new Map<string, { at: number; row: Promise<SurrogateRow | undefined> }>();

/** The row by a look that may be five seconds old. */
export function surrogateNow(table: string, of: OfStep): Promise<SurrogateRow | undefined> {
  const key = `${table} ${surrogateKey(of.automation, of.step)}`;
  const before = kept.get(key);
  const age = before ? clock.now() - before.at : -1;
  if (before && age >= 0 && age < KEPT_MS) return before.row;
  const row = readSurrogate(table, of);
  kept.set(key, { at: clock.now(), row });
  row.catch(() => kept.delete(key));
  return row;
}

const ROUNDS = 8;

/**
 * Changes the row as it is at that moment. @param to gives what it is to be; undefined leaves it alone
 * @returns the row as it is then
 */
export async function changeSurrogate(
  table: string,
  of: OfStep,
  to: (now: SurrogateRow | undefined) => SurrogateFacts | undefined,
): Promise<SurrogateRow | undefined> {
  const id = surrogateKey(of.automation, of.step);
  for (let round = 0; round < ROUNDS; round += 1) {
    const now = await get<SurrogateRow>(table, id);
    const wanted = to(now);
    if (!wanted) return now;
    const next: SurrogateRow = { ...wanted, id, version: (now?.version ?? 0) + 1 };
    const when = now ? is<keyof SurrogateRow>('version', now.version) : absent<keyof SurrogateRow>('id');
    if (await put(table, next, when)) {
      kept.set(`${table} ${id}`, { at: clock.now(), row: Promise.resolve(next) });
      return next;
    }
  }
  throw new TransientError('many write to the row of one surrogate at once');
}
