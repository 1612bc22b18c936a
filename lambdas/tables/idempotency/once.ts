import type { LineageEntry } from '../../contract/item/row.ts';
import { DAY_SECONDS } from '../../kit/clock.ts';
import { errorFacts, ProcessingError } from '../../kit/errors.ts';
import { logger } from '../../kit/telemetry.ts';
import { type Answer, keepAnswer, keepFirst, keptAnswer, type Place } from './memo.ts';

/** Long enough for a redrive weeks later. Answers are content: a shorter `retention.contentDays` wins. */
const REMEMBER_DAYS = 30;

/** How long a row with content is kept: never longer than the configuration keeps content. */
export function keepSeconds(ownDays: number, contentDays = Number.POSITIVE_INFINITY): number {
  return Math.min(ownDays, contentDays) * DAY_SECONDS;
}

/** The result of a paid call. A `failure` is remembered too: a repetition would be paid again. */
export interface Remembered<T> {
  value?: T;
  failure?: string;
  /** Every call that was made for it, the useless ones too. */
  lineage: readonly LineageEntry[];
  rawConfidence?: number;
}

export interface MemoOptions {
  /** Nothing is kept for longer than this. @default without end */
  contentDays?: number | undefined;
  /** Nobody was at work on the item before, so that nothing can be kept. @default false */
  fresh?: boolean | undefined;
  /** What is said of one that the table does not take. @default it is a model's answer */
  unkept?: ProcessingError;
}

/** What the paid steps of an item answered. Only who holds the item's lease asks, so that a step needs no claim of its own. */
export class Memo {
  readonly #table: string;
  readonly #item: string;
  readonly #seconds: number;
  readonly #fresh: boolean;
  readonly #unkept: ProcessingError;
  /** Of this delivery: the same step, asked for twice, is one. */
  readonly #steps = new Map<string, Promise<Remembered<unknown>>>();

  constructor(table: string, item: string, options: MemoOptions = {}) {
    const { contentDays, fresh = false, unkept = UNKEPT } = options;
    this.#table = table;
    this.#item = item;
    this.#seconds = keepSeconds(REMEMBER_DAYS, contentDays);
    this.#fresh = fresh;
    this.#unkept = unkept;
  }

  /**
   * Runs a paid call once per key: pays and keeps the answer, or gives the one that an earlier delivery has kept. `lost` receives the
   * calls of an answer that could not be stored just now, so that the item still counts their cost.
   * @throws whatever `pay` throws, and then a later call pays again
   */
  once<T>(id: string, pay: () => Promise<Remembered<T>>, lost: LineageEntry[] = []): Promise<Remembered<T>> {
    const before = this.#steps.get(id) as Promise<Remembered<T>> | undefined;
    const step = before ?? this.#run(id, pay, lost);
    this.#steps.set(id, step);
    return step;
  }

  async #run<T>(id: string, pay: () => Promise<Remembered<T>>, lost: LineageEntry[]): Promise<Remembered<T>> {
    let paid: Remembered<T>;
    try {
      const kept = this.#fresh ? undefined : await keptAnswer(this.#table, id);
      if (kept) return opened<T>(kept);
      paid = await pay();
    } catch (error) {
      this.#steps.delete(id);
      throw error;
    }
    // From here on nobody pays again in this delivery: a write without a reply may have stored the answer.
    try {
      return await this.#keep(id, paid);
    } catch (error) {
      // If it was stored after all, `joined` counts the same calls once.
      lost.push(...paid.lineage);
      throw error;
    }
  }

  async #keep<T>(id: string, { value, ...rest }: Remembered<T>): Promise<Remembered<T>> {
    try {
      const json = JSON.stringify(value) as string | undefined;
      const answer = { ...rest, ...(json === undefined ? {} : { json }) };
      await keepAnswer(this.#table, this.#place(id), answer);
      return opened(answer);
    } catch (error) {
      const { class: kind, message } = errorFacts(error);
      if (kind === 'TransientError') throw error;
      logger.error('answer not kept', { reason: message });
      const failed = { failure: this.#unkept.message, lineage: rest.lineage };
      if (!(await this.#keepFailure(id, failed))) throw error;
      return failed;
    }
  }

  #place(id: string): Place {
    return { id, madeFor: this.#item, seconds: this.#seconds };
  }

  /** Only where nothing is kept: the error may have come after the answer was written. */
  async #keepFailure(id: string, failed: Answer): Promise<boolean> {
    const unkept = (reason: string) => logger.error('failure not kept', { reason });
    try {
      const kept = await keepFirst(this.#table, this.#place(id), failed);
      if (!kept) unkept('another answer is kept');
      return kept;
    } catch (error) {
      unkept(errorFacts(error).message);
      return false;
    }
  }
}

/** Every delivery, the first one too, reads the answer from its JSON: all continue with the same value. */
function opened<T>({ json, value, failure, rawConfidence, lineage }: Answer): Remembered<T> {
  return {
    ...(json === undefined ? {} : { value: JSON.parse(json) as T }),
    ...(value === undefined ? {} : { value: value as T }),
    ...(failure === undefined ? {} : { failure }),
    ...(rawConfidence === undefined ? {} : { rawConfidence }),
    lineage,
  };
}

/** A refused row, such as one above 400 KB, would be paid for each time: a person gets the item. */
const UNKEPT = new ProcessingError("the table does not take the model's answer");
