import { dynamo, sqs } from '../../lambdas/kit/aws.ts';
import type { Memory } from '../../local/cases/account.ts';
import { ITEM_TABLE } from '../batch-world.ts';
import type { Unit, Usage } from '../prices.ts';
import { bytesOf } from '../row-size.ts';

/*
 * What thinking asks of AWS, counted at the clients of this process. Units of tables are upper bounds: a row counts as large as it is after
 * the write, and each read as a consistent one.
 */

interface Sent {
  constructor: { name: string };
  input: {
    TableName?: string;
    Key?: { id?: string };
    Item?: Row;
    TransactItems?: { Put?: Sent['input']; Update?: Sent['input'] }[];
    RequestItems?: Record<string, unknown>;
  };
}
type Row = Record<string, unknown> & { id?: string };
type Send = (command: Sent) => Promise<Record<string, unknown>>;

export class Counter {
  readonly usage: Usage = {};
  readonly #memory: Memory;
  #asked = { puts: 0, gets: 0 };

  /** From here on everything is counted. Of a world that is open. */
  constructor(memory: Memory) {
    this.#memory = memory;
    this.#asked = { ...memory.asked };
    this.#wrap(dynamo(), async (command, send) => {
      const answer = await send(command);
      this.#table(command, answer);
      return answer;
    });
    this.#wrap(sqs(), (command, send) => {
      this.add('SQS request', 1);
      return send(command);
    });
  }

  add(unit: Unit, amount: number): void {
    this.usage[unit] = (this.usage[unit] ?? 0) + amount;
  }

  /** A function of so much memory ran so long. */
  ran(megabytes: number, seconds: number): void {
    this.add('Lambda request', 1);
    this.waited(megabytes, seconds);
  }

  waited(megabytes: number, seconds: number): void {
    this.add('Lambda GB-second (arm64)', (megabytes / 1024) * seconds);
  }

  /** All until now, requests for objects included. */
  now(): Usage {
    const { puts, gets } = this.#memory.asked;
    this.add('S3 PUT', puts - this.#asked.puts);
    this.add('S3 GET', gets - this.#asked.gets);
    this.#asked = { puts, gets };
    return { ...this.usage };
  }

  #wrap(client: object, run: (command: Sent, send: Send) => Promise<unknown>): void {
    const { send } = client as { send: Send };
    Object.assign(client, { send: (command: Sent) => run(command, send.bind(client)) });
  }

  #table({ constructor: { name }, input }: Sent, answer: Record<string, unknown>): void {
    if (name === 'TransactWriteCommand')
      for (const { Put, Update } of input.TransactItems ?? []) this.#written(Put ?? Update ?? {}, 2);
    else if (/^(?:Put|Update|Delete)/.test(name)) this.#written(input, 1);
    else if (name === 'BatchWriteCommand')
      for (const [TableName, puts] of Object.entries(input.RequestItems ?? {}))
        for (const { PutRequest } of puts as { PutRequest: { Item: Row } }[])
          this.#written({ TableName, Item: PutRequest.Item }, 1);
    else this.#read(answer);
  }

  #written({ TableName = '', Key, Item }: Sent['input'], factor: number): void {
    const row = Item ?? this.#memory.tables.rows(TableName).get(Key?.id ?? '');
    const units = Math.max(1, Math.ceil(bytesOf((row ?? {}) as Row) / 1024));
    // An index has what was written once more: of items in three when they come, and of what is kept for an item in one.
    const shown = TableName === ITEM_TABLE ? (Item ? 3 : 1) : (row as Row | undefined)?.madeFor ? 1 : 0;
    this.add('DynamoDB write unit (on demand)', factor * units + shown);
  }

  #read({ Item, Items, Responses }: Record<string, unknown>): void {
    // A query is billed by all that it reads, an answer row by row.
    const rows = Responses
      ? Object.values(Responses as Record<string, Row[]>).flat()
      : Item
        ? [Item as Row]
        : [];
    const units = Array.isArray(Items)
      ? Math.max(1, Math.ceil((Items as Row[]).reduce((sum, row) => sum + bytesOf(row), 0) / 4096))
      : rows.reduce((sum, row) => sum + Math.ceil(bytesOf(row) / 4096), 0) || 1;
    this.add('DynamoDB read unit (on demand)', units);
  }
}

/** What was used between two moments, so many times. */
export function since(before: Usage, after: Usage, times = 1): Usage {
  return Object.fromEntries(
    Object.entries(after).map(([unit, amount]) => [unit, (amount - (before[unit as Unit] ?? 0)) * times]),
  );
}
