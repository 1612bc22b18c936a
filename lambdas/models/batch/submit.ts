import { randomUUID } from 'node:crypto';
import { clock } from '../../kit/clock.ts';
import { errorFacts } from '../../kit/errors.ts';
import { getContent } from '../../kit/objects.ts';
import { logger } from '../../kit/telemetry.ts';
import { AFTER, CallFailure } from '../../outbound/classify.ts';
import { addFile, type BatchFile, noteFile } from '../../tables/batches/files.ts';
import { batchKey, hashOf, listOf, requestKey } from '../../tables/batches/keys.ts';
import { type BatchRequest, moveRequest, requestsIn } from '../../tables/batches/requests.ts';
import { askAtOnce, leftOver, MOST_REQUESTS } from './collect.ts';
import { cutoffOfFile } from './cutoff.ts';
import { itemsOf } from './items.ts';
import { eachOf, type Keeping } from './keeper.ts';
import { lineOf } from './lines.ts';
import type { Provider } from './provider.ts';

/*
 * Requests become a file at the provider once, whatever dies in between: the file is written down before its requests move into it, and
 * that it is being made before the provider is asked to. Whoever finds it so looks there first whether it has been made, and makes no
 * other one while nobody can tell: what waits for it is asked at once when its time is over.
 */

/** What a provider takes is 50,000 lines and 200 MB; what a function holds and writes in its time is less. */
const MOST_BYTES = 100 * 1024 * 1024;

/** Longer than a provider works on a file: what was not found by then is not there. */
const MOST_MS = 36 * 3_600_000;

/** A file that the provider has just made may not be in its list yet. */
const UNSURE_MS = 120_000;

/** Writes down a file of these requests, all of one model, and moves them into it. @returns those that found no room */
export async function fill(keeping: Keeping, requests: readonly BatchRequest[]): Promise<void> {
  const [first] = requests;
  if (!first) return;
  const batch = randomUUID();
  const { automation, endpoint, model } = first;
  let bytes = 0;
  const some = requests.slice(0, MOST_REQUESTS).filter((request) => {
    bytes += request.bytes;
    return bytes <= MOST_BYTES;
  });
  const file = {
    ...{ id: batchKey(automation, batch), automation, batch, endpoint, model },
    ...{ requests: some.length, madeAt: clock.now(), dueAt: Math.min(...some.map(({ dueAt }) => dueAt)) },
  };
  await addFile(keeping.table, file);
  const members: BatchRequest[] = [];
  await eachOf(some, async (request) => {
    const set = {
      state: 'sent' as const,
      batch,
      madeFor: listOf(automation, batch),
      tries: request.tries + 1,
    };
    if (await moveRequest(keeping.table, request, set)) members.push({ ...request, ...set });
  });
  const provider = keeping.provider(endpoint);
  if (provider)
    await begin(keeping, { ...file, madeFor: '', state: 'intent', expiresAt: 0 }, provider, members);
}

/** Goes on with a file of which nobody knows whether the provider has it. False while nobody can tell. */
export async function goOn(keeping: Keeping, file: BatchFile, provider: Provider): Promise<boolean> {
  const { triedAt = 0 } = file;
  if (triedAt > 0) {
    if (triedAt + UNSURE_MS > clock.now()) return true;
    const made = await provider.find(file.batch, triedAt);
    if (made === 'unknown' && clock.now() - triedAt < MOST_MS) return false;
    if (typeof made === 'object') {
      const set = {
        state: 'sent' as const,
        provider: made.id,
        input: made.input_file_id,
        status: made.status,
      };
      await noteFile(keeping.table, file, set);
      logger.info('found a file that was made before', { batch: file.batch, automation: file.automation });
      return true;
    }
  }
  const members = await requestsIn(keeping.table, listOf(file.automation, file.batch), MOST_REQUESTS);
  await provider.removeUploads(file.batch);
  if (keeping.held || clock.now() >= cutoffOfFile(keeping, file)) await dissolve(keeping, file, members);
  else await begin(keeping, file, provider, members);
  return true;
}

/** Uploads the lines and has the provider begin. What it refuses for good is asked at once. */
async function begin(
  keeping: Keeping,
  file: BatchFile,
  provider: Provider,
  members: readonly BatchRequest[],
): Promise<void> {
  const { table } = keeping;
  const lines: string[] = [];
  await eachOf(members, async (request) => {
    const body = await bodyOf(keeping, request);
    if (body) lines.push(lineOf(hashOf(request.id), body));
  });
  if (lines.length === 0) return dissolve(keeping, file, members);
  try {
    const input = await provider.upload(file.batch, lines);
    // From here on it may be there, whatever is heard of it.
    await noteFile(table, file, { input, triedAt: clock.now(), requests: lines.length });
    const made = await provider.begin(file.batch, input);
    await noteFile(table, file, { state: 'sent', provider: made.id, status: made.status });
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error;
    logger.warn('a file was not taken', {
      batch: file.batch,
      automation: file.automation,
      reason: error.message,
    });
    // Turned away for now: it is made at a later look.
    if (error.kind === 'rate') await noteFile(table, file, { triedAt: 0 });
    // Whether it is there is found out at the next look.
    if (AFTER[error.kind].error === 'TransientError') return;
    await provider.removeUploads(file.batch).catch((left: unknown) => {
      logger.warn('an upload was left', { batch: file.batch, reason: errorFacts(left).message });
    });
    const items = await itemsOf(keeping, members);
    await eachOf(members, (request) => askAtOnce(keeping, request, items.get(request.itemId)));
    await noteFile(table, file, { state: 'ended', madeFor: file.id, status: 'refused' });
  }
}

/** Its requests are open again. */
async function dissolve(keeping: Keeping, file: BatchFile, members: readonly BatchRequest[]): Promise<void> {
  const items = await itemsOf(keeping, members);
  await eachOf(members, (request) => leftOver(keeping, request, items.get(request.itemId)));
  await noteFile(keeping.table, file, { state: 'ended', madeFor: file.id, status: 'dissolved' });
}

/** Undefined where its words are gone, as those of an item that was erased. */
async function bodyOf(keeping: Keeping, { itemId, id }: BatchRequest): Promise<object | undefined> {
  try {
    return await getContent<object>(keeping.env.CONTENT_BUCKET, requestKey(itemId, hashOf(id)));
  } catch (error) {
    if (errorFacts(error).class === 'TransientError') throw error;
    return undefined;
  }
}
