import { OUTCOMES } from '../../contract/item/receipt.ts';
import type { ItemRow, LineageEntry, TimelineEvent } from '../../contract/item/row.ts';
import { STATUSES } from '../../contract/item/status.ts';
import { AWS_PRICES, COUNTED, MEMORY_MB, ROW } from './aws-costs.ts';

/*
 * What AWS takes for an item, event by event and call by call: in billionths of a dollar, and from nothing but what is told of it, so that
 * a recount says the same.
 */

/** Told with the event after them, in one write. */
const WITH_THE_NEXT: ReadonlySet<string> = new Set([
  ...['repaired', 'prepared', 'routed', 'evaluated', 'hinted', 'duplicate'],
]);
/** Told with the event before them, counted with all that is done when it comes, or not the item's own doing. */
const NOT_ALONE: ReadonlySet<string> = new Set(['done', 'refused', 'received', 'erased']);
const PUBLISHED: ReadonlySet<string> = new Set([...STATUSES, 'decided']);
const ENDS: ReadonlySet<string> = new Set(OUTCOMES);

const NANO = 1e9;
const usd = AWS_PRICES.usd;
const WRITE_UNIT = NANO * usd['DynamoDB write unit (on demand)'];
/** Of a run. */
const TRANSITION = NANO * usd['Step Functions transition'];
const MAIL = NANO * usd['SES mail'];
/** A function that reads a document is ended after that. */
const MOST_READING_MS = 300_000;

/** For an event, by its place in the timeline. Calls are apart. */
export function awsOfEvent(
  { timeline, lineage = [] }: Pick<ItemRow, 'timeline' | 'lineage'>,
  at: number,
): number {
  const event = timeline[at];
  if (!event) return 0;
  const calls = lineage.filter((call) => call.at <= event.at).length;
  const nano =
    (isWritten(event) ? rowWrite(at + 1, calls) : 0) +
    (PUBLISHED.has(event.event) ? COUNTED.status : 0) +
    (ENDS.has(event.event) ? COUNTED.outcome : 0) +
    ownOf(event, timeline[at - 1]);
  return Math.round(nano);
}

/** Without what it waits for, a kept answer costs as much as any. */
export function awsOfCall({ source, milliseconds }: LineageEntry): number {
  const waits = seconds(milliseconds, MEMORY_MB.thinking);
  return Math.round((source === undefined ? COUNTED.model : COUNTED.source) + waits);
}

function ownOf(event: TimelineEvent, last: TimelineEvent | undefined): number {
  switch (event.event) {
    case 'received':
      return COUNTED.received + (event.door === 'mail' ? MAIL : 0);
    case 'reading':
      return COUNTED.document;
    case 'read':
      return NANO * usd['S3 PUT'] * numberOf(event.pages) + readFor(event, last);
    case 'early':
      return NANO * usd['S3 PUT'];
    case 'processing':
      return COUNTED.processing;
    case 'gated':
      return event.verdict === 'ask' ? COUNTED.ask : 0;
    case 'waiting_approval':
      return COUNTED.waitingApproval + TRANSITION + MAIL * numberOf(event.mails);
    case 'decided':
      // Whoever approves sends the action; the run ends or goes back by a state of its own.
      return COUNTED.decided + (event.decision === 'approve' ? 0 : TRANSITION);
    case 'expired':
      return TRANSITION;
    case 'acting':
      return COUNTED.acting + (event.connector === 'email' ? MAIL : 0);
    case 'child':
      return COUNTED.child;
    default:
      return 0;
  }
}

function isWritten({ event }: TimelineEvent): boolean {
  return !WITH_THE_NEXT.has(event) && !NOT_ALONE.has(event);
}

/** Of an item's row, and of the index that shows it. */
function rowWrite(events: number, calls: number): number {
  const bytes = Math.max(ROW.least, ROW.before + ROW.event * events + ROW.call * calls);
  return WRITE_UNIT * (Math.ceil(bytes / 1024) + 1);
}

/** Of several documents the last: the others' time is between events of one name. */
function readFor(event: TimelineEvent, last: TimelineEvent | undefined): number {
  const ms = last?.event === 'reading' ? Date.parse(event.at) - Date.parse(last.at) : 0;
  return seconds(Math.min(MOST_READING_MS, Math.max(0, ms)), MEMORY_MB.reading);
}

function seconds(milliseconds: number, memory: number): number {
  return NANO * usd['Lambda GB-second (arm64)'] * (milliseconds / 1000) * (memory / 1024);
}

/** Events of earlier versions do not tell of all. */
function numberOf(fact: unknown): number {
  return typeof fact === 'number' ? fact : 0;
}
