import type { Asked } from '../../api/door/dispatch.ts';
import type { EnvFor } from '../../contract/env.ts';
import { deadLettersName } from '../../contract/names.ts';
import type { RegistryEntry } from '../../contract/registry.ts';
import { json, type Reply } from '../../kit/http.ts';
import { failedFunction } from '../../kit/queue/failed-batch.ts';
import { countOf, giveBack, type Message, receive, urlOf } from '../../kit/queue/messages.ts';
import { cutText } from '../../kit/text.ts';
import { deadLettersAt, partsOf } from './queues.ts';

type Env = EnvFor<'operate/commands'>;

/** Whoever dies while looking leaves them unseen for so long. */
const SEEN_SECONDS = 30;
const READS = 3;
/** Of a message that is no JSON. */
const MOST_TEXT = 2000;

/** `GET /v1/dead-letters`: how many of each part, and since when. A part whose stack is not deployed has none. */
export async function queuesReply(registry: readonly RegistryEntry[], { STAGE }: Env): Promise<Reply> {
  const queues = await Promise.all(
    partsOf(registry).map(async (queue) => {
      const url = await urlOf(deadLettersName(STAGE, queue));
      const messages = url === undefined ? 0 : await countOf(url);
      // SQS tells the age of none: the oldest of some stands for it.
      const [oldest] = url && messages > 0 ? await peek(url, 1) : [];
      return { queue, messages, ...(oldest?.sentAt ? { oldest: oldest.sentAt } : {}) };
    }),
  );
  return json(200, { queues });
}

/** `GET /v1/dead-letters/{queue}`: some of them, decoded. They stay. @throws Problem 404 */
export async function messagesReply(
  { params: { queue } }: Asked<'deadLettersOf'>,
  registry: readonly RegistryEntry[],
  { STAGE }: Env,
): Promise<Reply> {
  const url = await deadLettersAt(queue, registry, STAGE);
  const [count, seen] = await Promise.all([countOf(url), peek(url, READS)]);
  // Others may look at some of them at this moment.
  return json(200, { queue, messages: Math.max(count, seen.length), shown: seen.map(shown) });
}

/** The oldest first, and given back. */
async function peek(url: string, reads: number): Promise<Message[]> {
  const seen = new Map<string, Message>();
  for (let read = 0; read < reads; read += 1) {
    const some = await receive(url, SEEN_SECONDS);
    if (some.length === 0) break;
    for (const one of some) seen.set(one.id, one);
  }
  const all = [...seen.values()];
  await Promise.all(all.map((one) => giveBack(url, one)));
  return all.sort((a, b) => ((a.sentAt ?? '') < (b.sentAt ?? '') ? -1 : 1));
}

/** What is no JSON is there as text. */
function shown({ id, sentAt, receives, source, body }: Message) {
  const from = source?.split(':').at(-1);
  const facts = (known = from) => ({
    ...{ id, receives },
    ...(sentAt ? { sentAt } : {}),
    ...(known ? { source: known } : {}),
  });
  try {
    const message: unknown = JSON.parse(body);
    return { ...facts(from ?? failedFunction(message)), message };
  } catch {
    return { ...facts(), text: cutText(body, MOST_TEXT) };
  }
}
