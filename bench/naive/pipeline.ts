import { join } from 'node:path';
import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { DeleteMessageBatchCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Account } from '../../local/account.ts';
import { deploy, synth } from '../../local/deploy.ts';
import { physicalIds } from '../../local/emulator.ts';
import { type EventSources, startEventSources } from '../../local/event-sources.ts';
import type { Log } from '../../local/state.ts';

export interface Naive {
  /** Takes a POST. */
  url: string;
  sources: EventSources;
  /** Approves what waits by now, and says how many that were. */
  answerQuestions(): Promise<number>;
  /** How many items are recorded. */
  count(): Promise<number>;
  /** When each item was recorded, by its id. */
  recorded(): Promise<Map<string, number>>;
}

interface Where {
  account: Account;
  stateDir: string;
  /** Base of `/chat/completions`, with its `/v1`. */
  modelUrl: string;
  log: Log;
}

/** Deploys the naive pipeline beside Signalbox, and polls its queue in the same way. */
export async function startNaive({ account, stateDir, modelUrl, log }: Where): Promise<Naive> {
  const { endpoint } = account;
  const options = {
    ...{ endpoint, log, stateDir: join(stateDir, 'naive') },
    settings: { NAIVE_MODEL_URL: modelUrl },
  };
  const stacks = await synth(options, { command: `${process.execPath} bench/naive/stack.ts` });
  await deploy(options);
  const sources = await startEventSources({ endpoint, stacks, log });
  const ids = await physicalIds(endpoint, 'Naive');
  const id = (name: RegExp) => [...ids].find(([logical]) => name.test(logical))?.[1] ?? '';
  const TableName = id(/^ledger[0-9A-F]{8}$/);
  const QueueUrl = id(/^questions[0-9A-F]{8}$/);
  return {
    url: `${endpoint}/_aws/execute-api/${id(/^api[0-9A-F]{8}$/)}/items`,
    sources,
    async answerQuestions() {
      for (let answered = 0; ; ) {
        const { Messages = [] } = await account.sqs.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
        );
        if (Messages.length === 0) return answered;
        await Promise.all(
          Messages.map(({ Body = '{}' }) => {
            const { token: taskToken } = JSON.parse(Body) as { token: string };
            return account.sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
          }),
        );
        const Entries = Messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
        await account.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
        answered += Messages.length;
      }
    },
    async count() {
      const { Count = 0 } = await account.tables.send(new ScanCommand({ TableName, Select: 'COUNT' }));
      return Count;
    },
    async recorded() {
      const found = new Map<string, number>();
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const page = await account.tables.send(
          new ScanCommand({
            TableName,
            ExclusiveStartKey,
            ProjectionExpression: 'id, #at',
            ExpressionAttributeNames: { '#at': 'at' },
          }),
        );
        for (const { id, at } of page.Items ?? []) found.set(String(id), Date.parse(String(at)));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      return found;
    },
  };
}
