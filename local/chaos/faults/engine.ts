import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { pause } from '../world.ts';
import { type Fault, rigOf, usual } from './fault.ts';

/* The engine as a whole, and what lies in it. */

const restarted: Fault = {
  ...{ ...usual, name: 'engine-restarted', at: 'engine', within: 3 },
  says: 'stops the local engine cleanly in the middle of the work and starts it again',
  async begin(place) {
    await rigOf(place).restart();
  },
};

const repeated: Fault = {
  ...{ ...usual, name: 'message-again', at: 'delivery', needsRig: false, within: 4 },
  says: 'sends the messages of all items to their work queues once more, twice',
  async begin({ world, posted }) {
    for (const { automation, ids } of posted()) {
      const QueueUrl = await world.account.resource(automation, 'workqueue');
      const MessageBody = JSON.stringify({ itemId: ids[0], generation: 1 });
      for (let times = 0; times < 2; times += 1)
        await world.account.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    }
  },
};

/** A row that a bug, or somebody at a console, has left behind: mended by removing it. */
const corrupt: Fault = {
  ...{ ...usual, name: 'row-corrupt', at: 'engine', needsRig: false, within: 0.2 },
  says: 'puts a row without sense in the place of a breaker, and removes it after a while',
  async begin({ world, note, random }) {
    const id = random.one(['destination#help-desk', 'endpoint#sandbox', 'source#order-system']);
    const before = await world.row('control', id);
    const nonsense = random.one([
      { epoch: 'none', openUntil: 'tomorrow' },
      { breaker: 'half-baked', windowAt: 'today', calls: 'many' },
      { lineAt: 'here', pausedUntil: {} },
    ]);
    await world.put('control', { id, ...nonsense });
    note(`${id}: ${JSON.stringify(nonsense)}`);
    return async () => {
      await world.remove('control', id);
      if (before) await world.put('control', before);
      await pause(0.1);
    };
  },
};

const missing: Fault = {
  ...{ ...usual, name: 'content-missing', at: 'aws', needsRig: false, within: 1.5 },
  says: 'takes away an object of each item, its body or its proposal, and puts it back after a while',
  async begin({ world, posted, note }) {
    for (let tries = 0; tries < 100 && posted().length === 0; tries += 1) await pause(0.1);
    const ids = [...new Set(posted().flatMap((one) => one.ids))];
    const keys = await Promise.all(
      ids.map(async (id) => {
        const row = await world.account.item(id);
        return row?.proposalKey ?? row?.bodyKey;
      }),
    );
    const taken = keys.filter((key) => key !== undefined);
    const back = await Promise.all(taken.map((key) => world.takeContent(key)));
    note(`${taken.length} objects were away`);
    return async () => void (await Promise.all(back.map((put) => put())));
  },
};

export const ENGINE_FAULTS: readonly Fault[] = [restarted, repeated, corrupt, missing];
