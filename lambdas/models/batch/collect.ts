import type { Usage } from '../../contract/endpoint.ts';
import { clock } from '../../kit/clock.ts';
import { putContent } from '../../kit/objects.ts';
import { logger } from '../../kit/telemetry.ts';
import { CallFailure, refusedBy } from '../../outbound/classify.ts';
import { rateHeaders } from '../../outbound/rate-headers.ts';
import { refusalOf } from '../../outbound/refusal.ts';
import type { BatchFile } from '../../tables/batches/files.ts';
import { answerKey, askedKey, hashOf, listOf, openList } from '../../tables/batches/keys.ts';
import { type BatchRequest, moveRequest, requestsIn } from '../../tables/batches/requests.ts';
import { microUsd } from '../../tables/control/budgets.ts';
import { cost } from '../prices.ts';
import { completionOf, replyOf } from '../wire/completion.ts';
import { itemsOf, sendOn, type Waiting, wants } from './items.ts';
import { eachOf, type Keeping } from './keeper.ts';
import { lineBack, type Told } from './lines.ts';
import type { Provider } from './provider.ts';

/* What came back of a file. Every line is settled once: the write that takes its request on says who did it. */

/** In more files than this a request is not tried: the step asks at once, and hears what is wrong with it. */
const MOST_FILES = 3;

export const MOST_REQUESTS = 10_000;

/**
 * @param waits answers that the provider says it has made, and that are in no file, are waited for: then nothing is asked again
 * @returns `ended` where nothing of the file is left to do, `missing` where answers are waited for
 */
export async function collect(
  keeping: Keeping,
  file: BatchFile,
  provider: Provider | undefined,
  { files, waits }: { files: readonly (string | null | undefined)[]; waits: boolean },
): Promise<'ended' | 'more' | 'missing'> {
  const members = await requestsIn(keeping.table, listOf(file.automation, file.batch), MOST_REQUESTS);
  const byKey = new Map(members.map((request) => [request.id, request]));
  // A provider that answers one line twice is believed once; an error beside an answer is none.
  const taking = new Map<string, Promise<boolean>>();
  const told = new Set<string>();
  let nameless = 0;
  for (const name of files) {
    if (!name || !provider) continue;
    await eachOf(provider.lines(name), async (line) => {
      const back = lineBack(line);
      if (!back) nameless += 1;
      else if (back.told) told.add(back.hash);
      const request = back && byKey.get(askedKey(file.automation, back.hash));
      const says = back?.told;
      if (!says || !request) return;
      const before = taking.get(request.id) ?? Promise.resolve(false);
      const taken = before.then(async (done) => {
        if (done) return true;
        // As it is now: it may have been erased, or let go on, since the file was opened.
        const item = (await itemsOf(keeping, [request])).get(request.itemId);
        return take(keeping, file, request, says, item);
      });
      taking.set(request.id, taken);
      if (await taken) byKey.delete(request.id);
    });
  }
  await keeping.flush();
  const { done = 0 } = file;
  if (waits && byKey.size > 0 && told.size + nameless < done) return 'missing';
  const items = await itemsOf(keeping, [...byKey.values()]);
  // One of them was answered, and paid for, by a line that nobody can read: in another file it would be again.
  const isPaid = nameless > 0;
  await eachOf(byKey.values(), (request) => leftOver(keeping, request, items.get(request.itemId), isPaid));
  await keeping.flush();
  // What came to the list a moment ago is looked at once more.
  return byKey.size === 0 || members.length < MOST_REQUESTS ? 'ended' : 'more';
}

/** Takes one answer. False where the line has to be asked again. */
async function take(
  keeping: Keeping,
  { model, endpoint: name }: BatchFile,
  request: BatchRequest,
  told: Told,
  item: Waiting | undefined,
): Promise<boolean> {
  const offer = keeping.endpoint(name)?.models.find((it) => it.name === model);
  if (!offer || request.state === 'answered') return false;
  const most = { inputTokens: request.inputMost, cachedTokens: 0, outputTokens: offer.maxOutputTokens };
  const { again, calls, useless } = readLine();
  if (again) return false;
  const milliseconds = clock.now() - request.askedAt;
  const usable = request.state === 'sent' && wants(item) && !useless;
  if (usable)
    await putContent(keeping.env.CONTENT_BUCKET, answerKey(request.itemId, hashOf(request.id)), told);
  const next: BatchRequest = usable ? { ...request, state: 'answered', milliseconds } : request;
  // Of use to nobody, it was paid for all the same: who waits for it asks at once.
  const alone = useless && request.state === 'sent' && wants(item);
  const late = { state: 'late' as const, madeFor: openList(request.automation) };
  const set = usable ? { state: next.state, milliseconds } : alone ? late : { madeFor: request.itemId };
  if (!(await moveRequest(keeping.table, request, set))) return true;
  const share = { share: offer.batchShare ?? 1 };
  const usd = calls.reduce((sum, usage) => sum + cost(offer, { ...usage, ...share }), 0);
  const tokens = calls.reduce((sum, { inputTokens, outputTokens }) => sum + inputTokens + outputTokens, 0);
  await keeping.settle(request.booked, { microUsd: microUsd(usd), tokens });
  if (usable) await sendOn(keeping, next, item);
  else if (alone) await sendOn(keeping, { ...request, ...late }, item);
  else logger.info('an answer that nobody waits for', { itemId: request.itemId, step: request.step, usd });
  return true;

  /** What the line cost, and whether it is to be asked again. */
  function readLine(): { again: boolean; calls: readonly Usage[]; useless?: boolean } {
    const measure = { step: request.step, inputMost: request.inputMost, letters: request.letters };
    const facts = { headers: rateHeaders(undefined), milliseconds: 0 };
    try {
      if (told.status < 200 || told.status >= 300)
        throw refusedBy(name, request.step, refusalOf(told.status, told.text), { ...facts, most });
      const completion = completionOf(told.text, { name }, offer as typeof offer & object, measure, facts);
      return {
        again: false,
        calls: [replyOf(completion, { name }, offer as typeof offer & object, measure, facts).usage],
      };
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      const passes = error.kind === 'transient' || error.kind === 'rate';
      const paid = error.calls.length > 0;
      return { again: passes && !paid, calls: error.calls, useless: passes && paid };
    }
  }
}

/** A request that the file has no answer to: into another file, or asked at once. @param isPaid it may have been answered and paid for */
export async function leftOver(
  keeping: Keeping,
  request: BatchRequest,
  item: Waiting | undefined,
  isPaid = false,
): Promise<void> {
  switch (request.state) {
    case 'answered':
      return sendOn(keeping, request, item);
    case 'late':
      // Sent on when it was given up; nobody is billed for it.
      if (await moveRequest(keeping.table, request, { madeFor: request.itemId }))
        await keeping.settle(request.booked);
      return;
    default: {
      if (!wants(item)) return drop(keeping, request);
      if (isPaid || request.tries >= MOST_FILES) return askAtOnce(keeping, request, item, isPaid);
      await moveRequest(keeping.table, request, { state: 'open', madeFor: openList(request.automation) });
    }
  }
}

/** Nobody waits for it, and no file holds it. */
export async function drop(keeping: Keeping, request: BatchRequest): Promise<void> {
  if (await moveRequest(keeping.table, request, { state: 'late', madeFor: request.itemId }))
    await keeping.settle(request.booked);
}

/** Of one that no file holds: its booking goes back, as the step books its own. @param isPaid what is booked may be billed: it stays */
export async function askAtOnce(
  keeping: Keeping,
  request: BatchRequest,
  item: Waiting | undefined,
  isPaid = false,
): Promise<void> {
  // In the list of open ones whoever dies before the item is sent on finds it again.
  const late = { ...request, state: 'late' as const, madeFor: openList(request.automation) };
  if (!(await moveRequest(keeping.table, request, { state: late.state, madeFor: late.madeFor }))) return;
  if (!isPaid) await keeping.settle(request.booked);
  await sendOn(keeping, late, item);
}
