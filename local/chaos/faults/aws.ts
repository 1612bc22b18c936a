import type { Exchange, Judgement } from '../wire.ts';
import { type Fault, type Place, rigOf, usual } from './fault.ts';

/* AWS itself: throttled, failing, or heard too late. */

const TABLE = /^(?:PutItem|UpdateItem|DeleteItem|BatchWriteItem|BatchExecuteStatement|TransactWriteItems)$/;
const QUEUE = /^(?:SendMessage|SendMessageBatch)$/;

const refused = (status: number, type: string): Judgement => ({
  ...{ do: 'answer', status },
  body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'a fault run' }),
});

const failing = (name: string, says: string, which: RegExp, share: number, judged: Judgement): Fault => ({
  ...{ ...usual, name, says, at: 'aws', within: 0.5 },
  // What a step answered may not be remembered.
  excuses: { all: Number.POSITIVE_INFINITY },
  async begin(place: Place) {
    const { wire } = rigOf(place);
    let met = 0;
    wire.judge = ({ to, name: operation }: Exchange) => {
      if (to !== 'aws' || !which.test(operation) || !place.random.chance(share)) return undefined;
      met += 1;
      return judged;
    };
    return () => {
      wire.judge = undefined;
      place.note(`${met} calls met it`);
    };
  },
});

export const AWS_FAULTS: readonly Fault[] = [
  failing(
    'table-throttled',
    'throttles a third of all writes to the tables',
    TABLE,
    0.33,
    refused(400, 'ProvisionedThroughputExceededException'),
  ),
  failing(
    'table-failing',
    'fails a third of all writes to the tables with 500',
    TABLE,
    0.33,
    refused(500, 'InternalServerError'),
  ),
  failing('table-answer-lost', 'writes to the tables, and loses every fifth answer', TABLE, 0.2, {
    do: 'lose',
  }),
  failing('queue-answer-lost', 'takes messages, and loses every fourth answer', QUEUE, 0.25, { do: 'lose' }),
  failing('queue-gone', 'takes half of all messages not at all', QUEUE, 0.5, { do: 'cut' }),
];
