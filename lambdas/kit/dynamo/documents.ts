import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { Unanswered } from '../errors.ts';

/*
 * Rows as plain values on our side, as DynamoDB's attributes on its own, wherever a command or an answer has some. The document
 * client of the SDK does so by middleware that it makes for each command, which leaves nothing that could be kept from call to call.
 */

type Fields = Record<string, unknown>;
type One = (row: Fields) => Fields;

/** One row, or a part of one. */
const ROW = new Set([
  ...['Key', 'Item', 'ExpressionAttributeValues', 'ExclusiveStartKey'],
  ...['Attributes', 'LastEvaluatedKey'],
]);
/** Parameters of a statement: one value each. */
const VALUES = 'Parameters';
/** Rows in a list. */
const ROWS = new Set(['Items', 'Keys']);
/** What holds more of these, further down. */
const HOLDERS = new Set([
  'TransactItems',
  'RequestItems',
  'UnprocessedItems',
  'UnprocessedKeys',
  'Statements',
]);

type Documents = Pick<DynamoDBDocumentClient, 'send'>;

/** Of a command of the document client: the one that is sent. */
interface Command {
  input: object;
  clientCommand: { constructor: new (input: object) => { input: object } };
}

/** Sends commands of the document client through the bare one. */
export function documents(client: DynamoDBClient): Documents {
  client.middlewareStack.add(unlessRepeated as never, {
    // Innermost of the request's own steps: inside the SDK's retries.
    ...{ step: 'finalizeRequest', priority: 'low', name: 'unrepeated' },
  });
  const send = async (document: Command): Promise<object> => {
    const command = new document.clientCommand.constructor(asSent(document.input));
    if (unrepeatable.has(document)) unrepeatable.add(command.input);
    return asRead(await client.send(command as never));
  };
  return { send } as unknown as Documents;
}

/** Commands, and the inputs of those that were made of them. */
const unrepeatable = new WeakSet<object>();

/**
 * A write that the SDK does not send again when it heard nothing, or that something broke, because it may have been made: an
 * addition made twice is wrong. What DynamoDB refused, such as for too many writes at once, was not made and is sent again.
 */
export function unrepeated(command: UpdateCommand): UpdateCommand {
  unrepeatable.add(command);
  return command;
}

function unlessRepeated<Args extends { input: object }, Output>(next: (args: Args) => Promise<Output>) {
  return async (args: Args): Promise<Output> => {
    if (!unrepeatable.has(args.input)) return next(args);
    try {
      return await next(args);
    } catch (error) {
      const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
      if (status >= 400 && status < 500) throw error;
      // Without the error as its cause: the SDK looks there, too, for something worth another try.
      throw new Unanswered('no answer to a write that must not be made twice');
    }
  };
}

/** The input of a command, as DynamoDB wants it. Fields that are undefined are left out. */
function asSent(input: object): Fields {
  return translated(input, (row) => marshall(row, { removeUndefinedValues: true })) as Fields;
}

/** An answer of DynamoDB, as we want it. */
function asRead(output: object): Fields {
  const read = translated(output, plain) as Fields;
  // Of rows that were read at once: a list for each table.
  const { Responses } = output as { Responses?: Record<string, Fields[]> | Fields[] };
  // Of statements: an answer for each, which hold no rows where none was asked for.
  if (Responses === undefined || Array.isArray(Responses)) return read;
  const tables = Object.entries(Responses).map(([table, rows]) => [table, rows.map(plain)]);
  return { ...read, Responses: Object.fromEntries(tables) };
}

function plain(row: Fields): Fields {
  return unmarshall(row as Parameters<typeof unmarshall>[0]);
}

function translated(value: unknown, one: One, below = false): unknown {
  if (Array.isArray(value)) return value.map((it) => translated(it, one, below));
  if (typeof value !== 'object' || value === null) return value;
  const result: Fields = {};
  for (const [field, it] of Object.entries(value)) {
    if (it === undefined || it === null) continue;
    if (ROW.has(field)) result[field] = one(it);
    else if (field === VALUES) result[field] = Object.values(one({ ...it }));
    else if (ROWS.has(field)) result[field] = it.map(one);
    else result[field] = below || HOLDERS.has(field) ? translated(it, one, true) : it;
  }
  return result;
}
