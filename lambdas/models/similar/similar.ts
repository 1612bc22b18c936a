import * as z from 'zod/v4/core';
import type { LineageEntry } from '../../contract/item/row.ts';
import type { SimilarPolicy } from '../../contract/steps/similar.ts';
import { isoNow } from '../../kit/clock.ts';
import { canonicalJson, digest, sha256 } from '../../kit/digest.ts';
import { errorFacts } from '../../kit/errors.ts';
import { binOf } from '../../kit/numbers/least-score.ts';
import { logger } from '../../kit/telemetry.ts';
import { total } from '../../outbound/classify.ts';
import type { Remembered } from '../../tables/idempotency/once.ts';
import { type Ring, shelve, unshelve } from '../../tables/similar/entries.ts';
import type { Asked } from '../answer/answer.ts';
import type { Means } from '../chat.ts';
import { promptHash } from '../lineage.ts';
import { exact } from '../prices.ts';
import { placesFor } from '../residency.ts';
import type { Candidate } from '../router.ts';
import type { RunnerOptions } from '../runner.ts';
import { wireSchema } from '../wire/schema.ts';
import { judged } from './judge/facts.ts';
import { signsOf, wordsOf } from './judge/words.ts';
import { answersAsDeclared, type Comparable, comparable, isFit } from './question.ts';
import type { Guess, Question, Shelf } from './shelf.ts';
import { rowOf, shelfOf } from './shelves.ts';
import { learn, type Permission, permissionOf } from './standing.ts';
import { rememberVector, vectorOf } from './vector.ts';
import { FEWEST_WITNESSES, witnessed } from './witnesses.ts';

/*
 * A question like others gets their answer: guessed by vectors and words (`shelf.ts`), let pass by a judge in code (`facts.ts`), used only
 * above the score at which comparisons have shown that the bound holds (`kit/numbers/least-score.ts`), and only as long as items that have it ended well
 * (`witnesses.ts`). One in ten that the score lets pass, witnesses or not, is answered by the model instead, and compared; what the audits
 * prove wrong switches it off (`standing.ts`). Whatever fails here costs a call, never the item.
 */

/** One of so many good guesses is asked of the model all the same. */
const AUDITED = 10;

/** What was learnt of another judge, and is kept for it, is worth nothing. */
const JUDGE = 3;

interface Looked {
  ring: Ring;
  permission: Permission;
  /** Whoever asks, hashed. */
  by: string;
  question: Question;
  shelf: Shelf;
  guess: Guess | undefined;
  /** Of the vector, where it was paid for. */
  lineage: readonly LineageEntry[];
  /** What is asked, and its vector, for the item that has to wait. */
  remember(): Promise<void>;
}

/** The answer to similar questions, or what `pay` gives. */
export async function answeredAlike<T>(
  options: RunnerOptions,
  asked: Asked<T>,
  policy: SimilarPolicy,
  means: Means,
  list: readonly Candidate[],
  pay: () => Promise<Remembered<T>>,
): Promise<Remembered<T>> {
  const looked = await look(options, asked, policy, means, list).catch(unheard('not looked for'));
  if (!looked) return pay();
  const { guess, lineage, permission, by } = looked;
  const { least } = permission;
  const open = guess !== undefined && least !== undefined && guess.score >= least;
  const audited = open && isAudited(options.item.id, asked.step);
  if (open && !audited && !means.answered) {
    const used = await use<T>(options, asked, looked, guess).catch(unheard('not used'));
    if (used) {
      const seen = { bin: binOf(guess.score), open, vectorUsd: usdOf(lineage) };
      await learn(permission, by, seen).catch(unheard('not counted'));
      return { value: used.value, lineage: [...lineage, used.entry] };
    }
  }
  let paid: Remembered<T>;
  try {
    paid = await pay();
  } catch (error) {
    means.lost.push(...lineage);
    await looked.remember().catch(unheard('not remembered'));
    throw error;
  }
  await compare(options, looked, policy, paid, audited).catch(unheard('not compared'));
  return { ...paid, lineage: [...lineage, ...paid.lineage] };
}

function unheard(what: string): (error: unknown) => undefined {
  return (error) => void logger.warn(`similar questions ${what}`, { reason: errorFacts(error).message });
}

/** By the item, which nobody can choose: whoever asks again is not audited more or less often. */
export function isAudited(item: string, step: string): boolean {
  return Number.parseInt(sha256(`audited|${item}|${step}`).slice(0, 8), 16) % AUDITED === 0;
}

async function look<T>(
  options: RunnerOptions,
  asked: Asked<T>,
  policy: SimilarPolicy,
  { budget, money, lost }: Means,
  list: readonly Candidate[],
): Promise<Looked | undefined> {
  const { item, automation, controlTable, idempotencyTable } = options;
  // What is thought about anew is to be thought about.
  if (!options.alike || item.generation > 1 || !answersAsDeclared(policy, asked)) return undefined;
  const question = comparable(asked);
  if (!question) return undefined;
  const about = aboutOf(asked, policy, list);
  const permission = await permissionOf({
    ...{ table: controlTable, automation: automation.name, step: asked.step, about },
    of: { prompt: asked.prompt.version, models: modelsOf(list), wrongAtMost: policy.wrongAtMost },
  });
  if (!permission) return undefined;
  const { step } = asked;
  const made = await vectorOf(options, step, question.text, { mostUsd: budget.leftUsd, money, lost });
  const { vector, lineage } = made;
  const { epoch } = permission.learner;
  const scope = scopeOf(options, question, { about, by: made.by, epoch });
  const ring = { table: idempotencyTable, automation: automation.name, scope };
  const self: Question = {
    vector,
    signs: signsOf(wordsOf(question.text)),
    judged: judged(...question.own),
  };
  try {
    const shelf = await shelfOf(ring);
    const remember = () => rememberVector(options, step, question.text, made);
    const { by } = options.alike;
    return { ring, permission, by, question: self, shelf, guess: shelf.guess(self), lineage, remember };
  } catch (error) {
    lost.push(...lineage);
    throw error;
  }
}

/** Everything that could change what is right: another of it begins with nothing learnt. */
function aboutOf(
  { prompt, schema, model }: Asked<unknown>,
  policy: SimilarPolicy,
  list: readonly Candidate[],
) {
  const models = modelsOf(list);
  const shape = wireSchema(schema);
  const { wrongAtMost } = policy;
  const text = [prompt.version, prompt.text];
  return digest({ judge: JUDGE, prompt: text, shape, model, models, wrongAtMost }).slice(0, 24);
}

function modelsOf(list: readonly Candidate[]): string[] {
  return list.map(({ endpoint, offer }) => `${endpoint.name}/${offer.name}`);
}

/** Whose answers may be used: of the same label, kinds of personal data, residency and rest of the input; vectors of the same model; kept since an operator's last word. */
function scopeOf(
  { automation, body, alike }: RunnerOptions,
  { same }: Comparable,
  of: { about: string; by: string; epoch: number },
) {
  const places = placesFor(automation, body);
  return digest({ ...of, label: alike?.label(), places, same }).slice(0, 24);
}

async function use<T>(
  { idempotencyTable, controlTable, item, alike }: RunnerOptions,
  { step, prompt, schema, missing }: Asked<T>,
  { shelf }: Looked,
  guess: Guess,
): Promise<{ value: T; entry: LineageEntry } | undefined> {
  const tables = {
    ...{ entries: idempotencyTable, items: alike?.itemTable ?? '' },
    audits: alike?.audited ? controlTable : undefined,
  };
  const found = await witnessed(tables, guess, item.id, (id) => shelf.drop(id));
  const read = found && z.safeParse(schema, JSON.parse(found.nearest.answer));
  if (!found || !read?.success || missing?.(read.data) !== undefined) return undefined;
  const { model, endpoint } = found.nearest;
  const similar = { of: found.items, score: Math.round(guess.score * 1000) / 1000 };
  const entry: LineageEntry = {
    ...{ at: isoNow(), step, model, endpoint, promptVersion: prompt.version },
    ...{ promptHash: promptHash(prompt.text), route: 'an answer to similar questions was kept', similar },
    ...{ cached: true, costUsd: 0, ...total([]), milliseconds: 0, price: 'none' },
  };
  return { value: read.data, entry };
}

/** What the model said beside the guess, and the question for those that come. */
async function compare<T>(
  { item, contentDays = Number.POSITIVE_INFINITY }: RunnerOptions,
  { ring, permission, by, question, shelf, guess, lineage: made }: Looked,
  { hours }: SimilarPolicy,
  { value, failure, lineage }: Remembered<T>,
  audited: boolean,
): Promise<void> {
  if (failure !== undefined || !isFit(value)) return;
  const answer = canonicalJson(value);
  if (guess && speakers(guess) >= FEWEST_WITNESSES) {
    const wrong = guess.answer !== answer;
    const usd = { vectorUsd: usdOf(made), callUsd: usdOf(lineage) };
    await learn(permission, by, { bin: binOf(guess.score), wrong, open: audited, ...usd });
    // Whoever misled one would mislead the next.
    if (wrong && audited)
      for (const entry of guess.from) {
        shelf.drop(entry.id);
        await unshelve(ring.table, entry);
      }
  }
  const { model = '', endpoint = '' } = lineage.at(-1) ?? {};
  const kept = {
    madeFor: item.id,
    generation: item.generation,
    by,
    model,
    endpoint,
    answer,
  };
  await shelve(ring, { ...rowOf(question), ...kept }, Math.min(hours, 24 * contentDays) * 3600);
}

function usdOf(lineage: readonly LineageEntry[]): number {
  return exact(lineage.reduce((sum, { costUsd }) => sum + costUsd, 0));
}

/** Senders that speak for a guess. */
function speakers({ from, by }: Guess): number {
  return new Set([...from, ...by].map((entry) => entry.sender)).size;
}
