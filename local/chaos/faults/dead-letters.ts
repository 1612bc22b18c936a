import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { Aws } from '../../../cli/aws.ts';
import { peek, receive } from '../../../cli/dead-letters/messages.ts';
import { type DeadLetters, deadLettersAmong, queuesOf } from '../../../cli/dead-letters/queues.ts';
import { moveAll } from '../../../cli/dead-letters/redrive.ts';
import { pause } from '../world.ts';
import { BATCH, type Fault, rigOf, usual } from './fault.ts';

/* What nobody can handle, until somebody has mended it. */

const POISON = 'no json {';
/** Six deliveries, each as long as a message is invisible, on a busy machine. */
const MOST_SECONDS = 400;
const IN_HAND_SECONDS = 2;

export const crashLoop: Fault = {
  ...{ ...usual, name: 'crash-loop', at: 'function', within: 0 },
  says: 'ends process whenever it has a certain item in hand, and sends it a message without sense, until both are dead letters; then an operator moves the item’s back and deletes the other',
  excuses: { each: BATCH },
  async begin(place) {
    const { wire } = rigOf(place);
    const { world } = place;
    let victim: string | undefined;
    wire.judge = ({ service, body }) => {
      if (service !== 'process/process') return undefined;
      victim ??= /parcel_[0-9a-f]{32}/.exec(body)?.[0];
      return victim && body.includes(victim) ? { do: 'kill', when: 'before' } : undefined;
    };
    const QueueUrl = await world.account.resource('parcel', 'workqueue');
    await world.account.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: POISON }));

    const aws = Aws.local(world.outputs);
    const dead = await deadLettersOfParcel(aws);
    const until = Date.now() + MOST_SECONDS * 1000;
    for (;;) {
      const bodies = (await peek(aws, dead.url, 10)).map(({ body }) => body);
      if (bodies.includes(POISON) && victim && bodies.some((body) => body.includes(victim ?? ''))) break;
      if (Date.now() > until) throw new Error(`no dead letters of ${victim}: there are ${bodies.length}`);
      await pause(2);
    }
    wire.judge = undefined;
    for (const { body, receipt: ReceiptHandle } of await receive(aws, dead.url, IN_HAND_SECONDS))
      if (body === POISON) await aws.json('sqs', 'DeleteMessage', { QueueUrl: dead.url, ReceiptHandle });
    await pause(IN_HAND_SECONDS + 1);
    const { moved } = await moveAll(aws, await deadLettersOfParcel(aws), async () => true);
    place.note(`moved back: ${JSON.stringify(moved)}`);
  },
};

async function deadLettersOfParcel(aws: Aws): Promise<DeadLetters> {
  const all = deadLettersAmong(await queuesOf(aws, 'local'));
  const found = all.find(({ part, sources }) => part === 'parcel' && sources.length > 1);
  if (!found) throw new Error('parcel has no dead-letter queue');
  return found;
}
