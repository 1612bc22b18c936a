import type { SourceRequest } from '../outside/source.ts';
import type { Door } from './door.ts';

/** A source that tells nobody of its news: it is polled, and each new record is an item, once. */
export interface ScheduleDoor<Body = unknown> extends Door {
  /** A source of `signalbox.config.ts`. */
  source: string;
  /** `rate(5 minutes)` or `cron(0 6 * * ? *)` in UTC, as EventBridge has them. */
  every: string;
  /** What to ask for. @param cursor the last `next`; undefined in the beginning */
  request(cursor: string | undefined): SourceRequest;
  /** What the answer holds: of JSON its value, else its text. What it throws means that the answer is of no use. */
  records(answer: unknown, cursor: string | undefined): ScheduleRecords;
  body(record: unknown): Body;
  /** Pages in one go; then the poll continues with another message. @default 10 */
  mostPages?: number;
}

export interface ScheduleRecords {
  /** At most 1,000. Each is known by `id`, the source's own: when it comes again, it is no other item. */
  records: readonly { id: string | number; record: unknown }[];
  /**
   * Where to go on, written down once the records are items: a place (a number, a time, a token), no content. Printable ASCII, at most
   * 500 characters. Where it is new and there were records, the next page is asked for at once. @default the place stays
   */
  next?: string | undefined;
}
