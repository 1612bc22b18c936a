import type { Asked } from '../../api/door/dispatch.ts';
import type { EnvFor } from '../../contract/env.ts';
import type { RegistryEntry } from '../../contract/registry.ts';
import { clock } from '../../kit/clock.ts';
import { json, type Reply } from '../../kit/http.ts';
import { copyTo, countOf, giveBack, type Message, receive, remove, urlOf } from '../../kit/queue/messages.ts';
import { logger } from '../../kit/telemetry.ts';
import { recordCommand } from '../../tables/audit/commands.ts';
import { deadLettersAt } from './queues.ts';

type Env = EnvFor<'operate/commands'>;
type Change = Asked<'deadLettersRedrive'> | Asked<'deadLettersDelete'>;

/** Longer than a command may take: what comes back meanwhile is no second one. */
const IN_HAND_SECONDS = 60;
/** The caller waits for thirty seconds at most. */
const MOST_MS = 15_000;
/** A queue may give fewer than it has; after so many empty answers it is believed. */
const EMPTY = 2;

/**
 * `POST /v1/dead-letters/{queue}/redrive`: each goes to the queue that it came from, then is removed here. Whoever dies in between leaves
 * it in both: every consumer of the house takes a message that comes twice. @throws Problem 404
 */
export async function moveReply(
  asked: Asked<'deadLettersRedrive'>,
  registry: readonly RegistryEntry[],
  env: Env,
): Promise<Reply> {
  const url = await begin('redrive', asked, registry, env);
  const sources = new Map<string, Promise<string | undefined>>();
  const { done, left } = await each(url, asked.body.ids, async (one) => {
    // SQS says with each where it came from; who sent it here by hand did not.
    const name = one.source?.split(':').at(-1);
    const to = name === undefined ? undefined : await (sources.get(name) ?? looked(sources, name));
    if (to === undefined) return false;
    await copyTo(to, one);
    await remove(url, one);
    return true;
  });
  return end('moved', asked, done, left);
}

function looked(sources: Map<string, Promise<string | undefined>>, name: string) {
  const url = urlOf(name);
  sources.set(name, url);
  return url;
}

/** `POST /v1/dead-letters/{queue}/delete`: these are removed for good. @throws Problem 404 */
export async function removeReply(
  asked: Asked<'deadLettersDelete'>,
  registry: readonly RegistryEntry[],
  env: Env,
): Promise<Reply> {
  const url = await begin('delete', asked, registry, env);
  const { done, left } = await each(url, asked.body.ids, async (one) => {
    await remove(url, one);
    return true;
  });
  return end('deleted', asked, done, left);
}

async function begin(
  verb: 'redrive' | 'delete',
  { caller, params: { queue }, body: { ids, reason } }: Change,
  registry: readonly RegistryEntry[],
  env: Env,
): Promise<string> {
  const url = await deadLettersAt(queue, registry, env.STAGE);
  const audit = { table: env.AUDIT_TABLE, days: env.ITEM_DAYS };
  const command = [`dlq ${verb} queue=${queue}`, ...(ids ?? []).map((id) => `id=${id}`)].join(' ');
  const automation = queue === 'platform' ? '*' : queue;
  await recordCommand(audit, { by: caller.name, command, automation, reason });
  return url;
}

function end(what: 'moved' | 'deleted', { caller, params: { queue } }: Change, done: number, left: number) {
  logger.info('dead letters', { queue, [what]: done, left, by: caller.name });
  return json(200, { queue, [what]: done, left });
}

/**
 * Those that were there when it began: what comes back in the meantime is not taken again, so that a message that nobody can handle
 * does not go round. @param take false where it stays
 * @returns `left`: how many of those asked for are there still, or were not found
 */
async function each(
  url: string,
  ids: readonly string[] | undefined,
  take: (one: Message) => Promise<boolean>,
): Promise<{ done: number; left: number }> {
  const until = clock.now() + MOST_MS;
  const most = await countOf(url);
  const wanted = ids && new Set(ids);
  const met = new Set<string>();
  const back: Message[] = [];
  let done = 0;
  for (let empty = 0; empty < EMPTY && met.size < most && done < (wanted?.size ?? most); ) {
    if (clock.now() > until) break;
    const fresh = (await receive(url, IN_HAND_SECONDS)).filter(({ id }) => !met.has(id));
    empty = fresh.length === 0 ? empty + 1 : 0;
    const taken = await Promise.all(
      fresh.map(async (one) => {
        met.add(one.id);
        const gone = (wanted?.has(one.id) ?? true) && (await take(one));
        if (!gone) back.push(one);
        return gone;
      }),
    );
    done += taken.filter(Boolean).length;
  }
  await Promise.all(back.map((one) => giveBack(url, one)));
  return { done, left: Math.max(0, (wanted?.size ?? most) - done) };
}
