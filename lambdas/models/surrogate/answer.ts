import type { ModelRequest } from '../../contract/automation.ts';
import type { LineageEntry } from '../../contract/item/row.ts';
import type { SurrogatePolicy } from '../../contract/steps/surrogate.ts';
import { isoNow } from '../../kit/clock.ts';
import { digest, mailboxOf, sha256 } from '../../kit/digest.ts';
import { errorFacts, TransientError } from '../../kit/errors.ts';
import { suspicionsIn } from '../../kit/html/suspicion.ts';
import { logger } from '../../kit/telemetry.ts';
import { keepSeconds, type Remembered } from '../../tables/idempotency/once.ts';
import { Leased } from '../../tables/items/lease.ts';
import { keepExample } from '../../tables/surrogates/examples.ts';
import { type OfStep, type SurrogateRow, surrogateNow } from '../../tables/surrogates/surrogates.ts';
import { BatchPending } from '../batch/pending.ts';
import { promptHash } from '../lineage.ts';
import type { RunnerOptions } from '../runner.ts';
import { isAnybodys } from '../similar/sender.ts';
import { guess } from './classifier.ts';
import { surrogateFrom } from './held.ts';
import { MOST_CHARACTERS, SIGNS_FORMAT, signsOf, textOf } from './signs.ts';
import { lotOf, noteTried } from './tried.ts';
import { scoreOf, stands } from './trust.ts';
import { shareTried, watched } from './watch.ts';

/** What an example is kept for, at most: longer than what trains looks back. */
const EXAMPLE_DAYS = 30;

interface Asked<T> {
  name: string;
  request: ModelRequest<T>;
  policy: SurrogatePolicy;
  /** The answer that `ask` gives was paid for before. @default false */
  answered?: boolean;
}

/** An answer of the surrogate, and whether the model is to be asked all the same. */
interface Local<T> {
  label: string;
  answer: Remembered<T>;
  tried: boolean;
}

/**
 * The surrogate's answer where it has one that stands, else the model's, which then teaches. A share of the surrogate's answers is tried: the
 * model is asked, its answer counts, and the two are compared. Where the model cannot be had at this moment, the surrogate's answer counts.
 * @throws as `ask` does
 */
export async function orAsk<T>(
  options: RunnerOptions,
  asked: Asked<T>,
  ask: () => Promise<Remembered<T>>,
): Promise<Remembered<T>> {
  const text = textFor(options, asked.request);
  if (text === undefined) return ask();
  const of: OfStep = { automation: options.automation.name, step: asked.name };
  const local = await localAnswer(options, asked, of, text).catch((error: unknown) =>
    unheard('not asked', error),
  );
  if (local && !local.tried && !asked.answered) {
    await teach(options, asked, of, { text, guess: local.label });
    return local.answer;
  }
  let answer: Remembered<T>;
  try {
    answer = await ask();
  } catch (error) {
    // Who lost the item must not answer it, a batch will, and what no model may be asked about is a person's.
    if (!local || !(error instanceof TransientError)) throw error;
    if (error instanceof Leased || error instanceof BatchPending) throw error;
    await teach(options, asked, of, { text, guess: local.label });
    return local.answer;
  }
  const label = labelIn(answer.value);
  // What was answered before, or to another text, is not what the model says of this one.
  if (label === undefined || answer.lineage.at(-1)?.cached !== false) return answer;
  const guessed = local ? { guess: local.label } : {};
  await teach(options, asked, of, { text, label, ...guessed });
  if (local) {
    const usd = answer.lineage.reduce((sum, { costUsd }) => sum + costUsd, 0);
    const tried = { itemId: options.item.id, label: local.label, wrong: local.label !== label, usd };
    await noteTried(options.controlTable, of, tried, asked.policy).catch((error: unknown) =>
      unheard('not noted', error),
    );
  }
  return answer;
}

/** The words, where a surrogate may answer them at all: as they came, whole, of one item, for everybody's prompt and model. */
function textFor(
  { item, feedback, account, bucket }: RunnerOptions,
  { input, model }: ModelRequest<unknown>,
): string | undefined {
  if (bucket === undefined || account !== undefined || model !== undefined) return undefined;
  // What is thought about anew is to be thought about.
  if (feedback.length > 0 || item.generation > 1) return undefined;
  const text = textOf(input);
  if (text === undefined || text.length > MOST_CHARACTERS) return undefined;
  // What tells a model what to say must neither teach nor be sorted by its words.
  return suspicionsIn(text).length > 0 ? undefined : text;
}

async function localAnswer<T>(
  options: RunnerOptions,
  { request }: Asked<T>,
  of: OfStep,
  text: string,
): Promise<Local<T> | undefined> {
  const { controlTable, bucket = '', item } = options;
  const row = await surrogateNow(controlTable, of);
  if (!row?.model || row.off || row.model.prompt !== promptMark(request)) return undefined;
  const started = performance.now();
  const { classifier, trust, least } = await surrogateFrom(bucket, of, row.model.version);
  const { label, facts } = guess(classifier, signsOf(text));
  const score = scoreOf(trust, facts);
  const closed = Object.hasOwn(row.closed ?? {}, label);
  const value = { label } as T;
  if (closed || !stands({ label }, score, least) || !fits(request, value)) return undefined;
  const { prompt } = request;
  const entry: LineageEntry = {
    ...{ at: isoNow(), step: of.step, model: 'surrogate', endpoint: 'none' },
    ...{ promptVersion: prompt.version, promptHash: promptHash(prompt.text) },
    route: `its score is at least the ${least[label]} of this label`,
    ...{ cached: false, costUsd: 0, inputTokens: 0, cachedTokens: 0, outputTokens: 0, price: 'none' },
    ...{ milliseconds: Math.round(performance.now() - started), rawConfidence: score },
    surrogate: row.model.version.slice(0, 12),
  };
  return {
    label,
    answer: { value, lineage: [entry], rawConfidence: score },
    tried: isTried(row, item.id, of, options),
  };
}

function isTried(
  row: SurrogateRow,
  itemId: string,
  { step }: OfStep,
  { automation }: RunnerOptions,
): boolean {
  const { agreement = 1 } = automation.steps?.[step]?.surrogate ?? {};
  return lotOf(row.lots, itemId) < shareTried(watched(row.tried ?? [], agreement));
}

function fits<T>({ schema, missing }: ModelRequest<T>, value: T): boolean {
  const read = schema._zod.run({ value, issues: [] }, { async: false });
  return !(read instanceof Promise) && read.issues.length === 0 && missing?.(value) === undefined;
}

/** The prompt with all that is asked beside the text: another list of labels is another question. */
export function promptMark({ prompt, input }: Pick<ModelRequest<unknown>, 'prompt' | 'input'>): string {
  const { text: _, ...beside } = input as { text: string };
  return digest({ prompt: prompt.text, beside }).slice(0, 32);
}

function labelIn(value: unknown): string | undefined {
  const { label } = (value ?? {}) as { label?: unknown };
  return typeof label === 'string' ? label : undefined;
}

/** A table that falters costs an example, never the item. */
async function teach(
  options: RunnerOptions,
  { request }: Asked<unknown>,
  of: OfStep,
  { text, ...said }: { text: string; label?: string; guess?: string },
): Promise<void> {
  const { words, parts } = signsOf(text);
  const example = {
    ...{ words: packed(words), parts: packed(parts), format: SIGNS_FORMAT, ...said },
    ...{ prompt: promptMark(request), from: senderOf(options), at: isoNow(), madeFor: options.item.id },
  };
  const seconds = keepSeconds(EXAMPLE_DAYS, options.contentDays);
  await keepExample(options.idempotencyTable, { ...of, seconds }, example).catch((error: unknown) =>
    unheard('learns nothing', error),
  );
}

/** Whoever wrote it, as far as the automation can tell; else a mail's share, or whose token it came with. Mails of anybody are one sender's. */
function senderOf({ item, automation, body }: RunnerOptions): string {
  let requester: string | undefined;
  try {
    requester = isAnybodys(item) ? undefined : automation.requester?.(body);
  } catch {
    requester = undefined;
  }
  const who = requester === undefined ? item.share : mailboxOf(requester);
  return sha256(JSON.stringify([item.client, who])).slice(0, 16);
}

export function packed(signs: readonly number[]): string {
  return Buffer.from(Uint32Array.from(signs).buffer).toString('base64');
}

function unheard(what: string, error: unknown): undefined {
  logger.warn(`surrogate: ${what}`, { reason: errorFacts(error).message });
}
