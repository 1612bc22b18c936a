import type { SQSRecord } from 'aws-lambda';
import type { Automation } from '../../contract/automation.ts';
import type { DocumentFacts, DocumentPolicy } from '../../contract/document.ts';
import type { EnvFor } from '../../contract/env.ts';
import type { WorkMessage } from '../../contract/item/messages.ts';
import type { ErrorFacts, ItemRow } from '../../contract/item/row.ts';
import type { ItemStatus } from '../../contract/item/status.ts';
import { removeObject } from '../../kit/bucket/bytes.ts';
import { clock } from '../../kit/clock.ts';
import { errorFacts, InputError, SystemError, TransientError, where } from '../../kit/errors.ts';
import { send } from '../../kit/queue/send.ts';
import { comesAgainIn } from '../../kit/queue/visibility.ts';
import { itemLogger, logger } from '../../kit/telemetry.ts';
import { claimItem, event, type ItemChange, restChange, tryChange } from '../../tables/items/items.ts';
import { groupOf, toWork } from '../../tables/items/lanes.ts';
import { atWork, Lease, Leased } from '../../tables/items/lease.ts';
import { uploadKey } from '../../tables/keys.ts';
import type { readApart } from '../apart.ts';
import { isUnread, quarantine, type Reading, readOne, refused } from './document.ts';

export interface ReadOptions {
  env: EnvFor<'read/read'>;
  automation: Pick<Automation, 'name' | 'documents'>;
  readApart: typeof readApart;
  /** When the function ends (milliseconds since 1970). @default in a quarter of an hour */
  deadline?: number;
  /** Takes what is to be done now and then while the worker lives. */
  whileAlive?: (beat: () => Promise<void>) => void;
}

/** What may be read: everything before the verdict. Its status says nothing of it, and stays. */
const OPEN: readonly ItemStatus[] = ['received', 'processing', 'deferred', 'suspended'];

/** Readers that end over one document before it is its fault. */
const MOST_ENDED = 2;

/** Progress in a timeline, beside the event that all is read. */
const MOST_TOLD = 9;

/** What one document may take, with what is stored of it: with less time left, another function goes on. */
const ONE_DOCUMENT_MS = 660_000;

const QUARTER_HOUR_MS = 900_000;

/** One delivery's work on an item. */
interface Work {
  row: ItemRow;
  lease: Lease;
  facts: DocumentFacts[];
  how: Reading;
  /** When the function ends. */
  deadline: number;
}

/**
 * One message of the read queue. Returns when the message is done with: the item's documents are read and the item is sent on, or it is
 * at rest with its reason in the table. @throws TransientError when it is to be delivered again
 */
export async function readRecord(record: SQSRecord, options: ReadOptions): Promise<void> {
  const { env, automation } = options;
  const message = JSON.parse(record.body) as WorkMessage;
  const log = itemLogger({ ...message, automation: automation.name, stage: 'read' });
  const attempt = Number(record.attributes.ApproximateReceiveCount);
  let work: Work | undefined;
  try {
    work = await claim(message, options);
    if (!work) return log.info('nothing to read', { attempt });
    const outcome = await readAll(work, env);
    log.info(outcome, { attempt, documents: work.facts.length });
  } catch (error) {
    const facts = errorFacts(error);
    log.warn('not read', { attempt, error: facts.class, reason: facts.message, at: where(error) });
    const lost = error instanceof Leased || (work !== undefined && !work.lease.holds());
    const again = facts.class === 'TransientError' && attempt < Number(env.MAX_RECEIVES) - 1;
    if (work && !lost && !again) return rest(work, env, facts);
    // A reader that says why it failed has not ended over its document.
    if (work && !lost) await write(work, env, { set: {}, remove: ['reading'], events: [] });
    await comeBack(record, env, attempt, error);
    throw error;
  }
}

/** Takes the item, unless there is nothing to read: then what was left to do is done. @throws Leased */
async function claim(
  { itemId: id, generation }: WorkMessage,
  { env, automation, readApart: read, deadline = clock.now() + QUARTER_HOUR_MS, whileAlive }: ReadOptions,
): Promise<Work | undefined> {
  const policy = policyOf(automation);
  const lease = new Lease(deadline);
  const { done, row } = await claimItem(env.ITEM_TABLE, { id, generation }, OPEN, {
    ...{ takes: lease, without: ['verdict'], having: { unread: true }, events: [] },
  });
  if (done && row) {
    whileAlive?.(() => lease.extend(env.ITEM_TABLE, id));
    const how = { env, itemId: id, automation: automation.name, policy, readApart: read };
    return { row, lease, how, deadline, facts: [...(row.documents ?? [])] };
  }
  if (row?.generation !== generation || row.verdict || !OPEN.includes(row.status)) return undefined;
  // Also where that delivery's lease has just ended: this message may be the last.
  if (row.unread) throw atWork(row);
  // Read by an earlier delivery, which may have died before it sent the item on.
  if (!row.unread) await toWork(env, row);
  return undefined;
}

function policyOf({ name, documents }: ReadOptions['automation']): DocumentPolicy {
  if (!documents) throw new SystemError(`automation '${name}' takes no documents, and has some to read`);
  return documents;
}

async function readAll(work: Work, env: ReadOptions['env']): Promise<'read' | 'goes on'> {
  const { row, lease, facts, how, deadline } = work;
  let begun = false;
  for (const [at, fact] of facts.entries()) {
    if (isUnread(fact)) {
      const ended = row.reading?.document === at + 1 ? row.reading.tries : 0;
      if (ended >= MOST_ENDED) facts[at] = refused(fact, 'killed-its-reader');
      else {
        if (begun && deadline - clock.now() < ONE_DOCUMENT_MS) return later(work, env);
        begun = true;
        await begin(work, env, at, ended + 1);
        facts[at] = await readOne(fact, how);
        lease.mustHold();
      }
    }
    if (facts[at]?.status === 'refused') await refuse(work, env, at);
  }
  await Promise.all(facts.map(({ ref }) => removeUpload(how, ref)));
  const pages = facts.reduce((sum, { pages: of = 0 }) => sum + of, 0);
  await write(work, env, {
    set: { documents: facts },
    remove: ['unread', 'reading'],
    events: [event('read', { documents: facts.length, pages })],
  });
  await toWork(env, row);
  return 'read';
}

/** The rest is for another function, which has a quarter of an hour of its own. */
async function later(work: Work, env: ReadOptions['env']): Promise<'goes on'> {
  const { row, facts } = work;
  await write(work, env, { set: { documents: facts }, remove: ['reading'], events: [] });
  const message: WorkMessage = { itemId: row.id, generation: row.generation };
  await send(env.READ_QUEUE_URL, message, 0, groupOf(row));
  return 'goes on';
}

/** Writes down which document is in hand: whoever dies over it leaves that behind. */
async function begin(work: Work, env: ReadOptions['env'], at: number, tries: number): Promise<void> {
  const { row, facts } = work;
  const told = row.timeline.some((it) => it.event === 'reading' && it.document === at + 1);
  const says = event('reading', { document: at + 1, of: facts.length });
  await write(work, env, {
    set: { documents: facts, reading: { document: at + 1, tries } },
    keepsLease: true,
    events: told || at >= MOST_TOLD ? [] : [says],
  });
}

/** The refusal is in the row before the document is moved: a crash in between leaves no copy that nobody knows of. */
async function refuse(work: Work, env: ReadOptions['env'], at: number): Promise<never> {
  const { facts, how } = work;
  const fact = facts[at];
  await write(work, env, { set: { documents: facts }, keepsLease: true, events: [] });
  if (fact) await quarantine(how, fact.ref);
  throw new InputError(`document ${at + 1} of ${facts.length} was refused: ${fact?.refusal}`);
}

/** What an item has is its own copy; the other one would expire by itself. */
async function removeUpload({ env, automation }: Reading, ref: string): Promise<void> {
  await removeObject(env.UPLOAD_BUCKET, uploadKey(automation, ref)).catch((error: unknown) =>
    logger.warn('upload not removed', { reason: errorFacts(error).message }),
  );
}

/** A change of an item that is this delivery's. @throws Leased if it is no longer */
async function write({ row, lease }: Work, env: ReadOptions['env'], change: ItemChange): Promise<void> {
  const { done, row: now } = await tryChange(env.ITEM_TABLE, row, OPEN, { ...change, held: lease });
  if (!done) throw atWork(now);
}

/** A wrong document quarantines its item; a wrong world parks it. It stays unread: whoever lets it go on has it read. */
async function rest(work: Work, env: ReadOptions['env'], error: ErrorFacts): Promise<void> {
  const status = error.class === 'InputError' ? 'quarantined' : 'parked';
  const { set, remove = [], ...change } = restChange(status, error, 'read');
  await write(work, env, {
    ...change,
    set: { ...set, documents: work.facts },
    remove: [...remove, 'reading'],
  });
}

const BACKOFF_SECONDS = [5, 30, 120, 300];

async function comeBack(
  record: SQSRecord,
  env: ReadOptions['env'],
  attempt: number,
  error: unknown,
): Promise<void> {
  const own = BACKOFF_SECONDS[Math.min(attempt, BACKOFF_SECONDS.length) - 1] ?? 300;
  const wished = error instanceof TransientError ? (error.retryAfterSeconds ?? 0) : 0;
  await comesAgainIn(Math.min(3600, Math.max(own, wished)), record, env.READ_QUEUE_URL);
}
