import { clock } from '../../kit/clock.ts';
import { logger } from '../../kit/telemetry.ts';
import { type BatchFile, noteFile, THERE } from '../../tables/batches/files.ts';
import { listOf } from '../../tables/batches/keys.ts';
import { requestsIn } from '../../tables/batches/requests.ts';
import { collect, MOST_REQUESTS } from './collect.ts';
import { cutoffOfFile } from './cutoff.ts';
import { giveUp, itemsOf } from './items.ts';
import { eachOf, type Keeping } from './keeper.ts';
import type { Provider } from './provider.ts';
import { goOn } from './submit.ts';
import { STOP_MS } from './times.ts';

/* One look at a file: where it stands, and what follows. */

const OVER = ['completed', 'failed', 'expired', 'cancelled'];

/** A file that nobody waits for is looked at so long, for what it costs. */
const MOST_MS = 36 * 3_600_000;

/** One look. Whatever the provider does meanwhile, nobody waits for it beyond their time. */
export async function lookAt(keeping: Keeping, file: BatchFile): Promise<void> {
  try {
    await look(keeping, file);
  } catch (error) {
    const over = cutoffOfFile(keeping, file) + STOP_MS;
    if (clock.now() >= over && file.givenUpAt === undefined) await giveUpAll(keeping, file);
    throw error;
  }
}

async function look(keeping: Keeping, file: BatchFile): Promise<void> {
  const provider = keeping.provider(file.endpoint);
  // Taken out of the configuration: nobody can ask it any more.
  if (!provider) return over(keeping, file, undefined, []);
  if (file.state === 'intent') {
    const isKnown = await goOn(keeping, file, provider);
    const isOver = !isKnown && clock.now() >= cutoffOfFile(keeping, file);
    return isOver && file.givenUpAt === undefined ? giveUpAll(keeping, file) : undefined;
  }
  const found = await provider.look(file.provider ?? '');
  if (!found && (await isWaitedFor(keeping, file, 'missingSince'))) return;
  if (!found || clock.now() - file.madeAt > MOST_MS) return over(keeping, file, provider, []);
  const { status, request_counts: counts, output_file_id: output, error_file_id: error } = found;
  const seen = { status, done: counts?.completed ?? 0, failed: counts?.failed ?? 0 };
  if (OVER.includes(status)) return over(keeping, { ...file, ...seen }, provider, [output, error]);
  const isLate = clock.now() >= cutoffOfFile(keeping, file);
  const stops = file.cancelledAt === undefined && (keeping.held || isLate);
  if (stops) await provider.stop(file.provider ?? '');
  const cancelledAt = stops ? clock.now() : file.cancelledAt;
  await noteFile(keeping.table, file, {
    ...seen,
    ...(cancelledAt === undefined ? {} : { cancelledAt }),
    ...(file.missingSince === undefined ? {} : { missingSince: THERE }),
  });
  // It does not stop: what waits for it has no more time.
  const isStuck = cancelledAt !== undefined && clock.now() - cancelledAt >= STOP_MS;
  if (isStuck && isLate && file.givenUpAt === undefined) await giveUpAll(keeping, file);
}

async function giveUpAll(keeping: Keeping, file: BatchFile): Promise<void> {
  const members = await requestsIn(keeping.table, listOf(file.automation, file.batch), MOST_REQUESTS);
  const items = await itemsOf(keeping, members);
  await eachOf(members, (request) => giveUp(keeping, request, items.get(request.itemId)));
  await noteFile(keeping.table, file, { givenUpAt: clock.now() });
  logger.warn('a file is not waited for any more', { batch: file.batch, requests: members.length });
}

/**
 * Whether something that has to be at the provider is looked for again: what it has just made may not be everywhere yet, and asked for once
 * more it would be paid twice. It is given as long as a file has to stop.
 */
async function isWaitedFor(
  keeping: Keeping,
  file: BatchFile,
  since: 'missingSince' | 'unansweredSince',
): Promise<boolean> {
  const now = clock.now();
  const from = file[since] || now;
  if (now - from >= STOP_MS || now >= cutoffOfFile(keeping, file)) return false;
  if (!file[since]) await noteFile(keeping.table, file, { [since]: from });
  return true;
}

/** Takes what came of it, and removes what is left of it there. */
async function over(
  keeping: Keeping,
  file: BatchFile,
  provider: Provider | undefined,
  files: readonly (string | null | undefined)[],
): Promise<void> {
  const waits = provider !== undefined && files.length > 0;
  let took = await collect(keeping, file, provider, { files, waits });
  if (took === 'missing' && !(await isWaitedFor(keeping, file, 'unansweredSince')))
    took = await collect(keeping, file, provider, { files, waits: false });
  if (took !== 'ended') return;
  await provider?.remove([file.input, ...files]);
  const { status = 'gone', done = 0, failed = 0 } = file;
  await noteFile(keeping.table, file, { state: 'ended', madeFor: file.id, status, done, failed });
  logger.info('a file is done with', { batch: file.batch, status, requests: file.requests, done, failed });
}
