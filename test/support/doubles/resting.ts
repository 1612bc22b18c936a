import { clock } from '../../../lambdas/kit/clock.ts';

type Input = Record<string, unknown>;

interface Resting {
  id: string;
  body: string;
  sentAt: number;
  receives: number;
  source?: string;
  hiddenUntil: number;
}

/** Messages that rest in queues without a consumer, as SQS gives them out: whoever has one hides it from the others for a while. */
export class RestingMessages {
  #queues = new Map<string, Resting[]>();

  put(url: string, body: string, more: { source?: string; sentAt?: number } = {}): string {
    const all = this.#queues.get(url) ?? [];
    const id = `message-${all.length + 1}`;
    const { source, sentAt = clock.now() } = more;
    all.push({ id, body, sentAt, receives: 3, hiddenUntil: 0, ...(source ? { source } : {}) });
    this.#queues.set(url, all);
    return id;
  }

  bodies(url: string): string[] {
    return this.#of(url).map(({ body }) => body);
  }

  /** Those that anybody may have now. */
  visible(url: string): number {
    return this.#of(url).filter(({ hiddenUntil }) => hiddenUntil <= clock.now()).length;
  }

  receive({ QueueUrl, VisibilityTimeout }: Input): object {
    const given = this.#of(String(QueueUrl)).filter(({ hiddenUntil }) => hiddenUntil <= clock.now());
    const Messages = given.slice(0, 10).map((one) => {
      one.hiddenUntil = clock.now() + Number(VisibilityTimeout) * 1000;
      one.receives += 1;
      return {
        ...{ MessageId: one.id, ReceiptHandle: `handle of ${one.id}`, Body: one.body },
        Attributes: {
          SentTimestamp: String(one.sentAt),
          ApproximateReceiveCount: String(one.receives),
          ...(one.source ? { DeadLetterQueueSourceArn: `arn:aws:sqs:eu-central-1:1:${one.source}` } : {}),
        },
      };
    });
    return { Messages };
  }

  hide({ QueueUrl, ReceiptHandle, VisibilityTimeout }: Input): void {
    for (const one of this.#of(String(QueueUrl)))
      if (`handle of ${one.id}` === ReceiptHandle)
        one.hiddenUntil = clock.now() + Number(VisibilityTimeout) * 1000;
  }

  remove({ QueueUrl, ReceiptHandle }: Input): void {
    const left = this.#of(String(QueueUrl)).filter(({ id }) => `handle of ${id}` !== ReceiptHandle);
    this.#queues.set(String(QueueUrl), left);
  }

  attributes({ QueueUrl }: Input): object {
    return { Attributes: { ApproximateNumberOfMessages: String(this.#of(String(QueueUrl)).length) } };
  }

  #of(url: string): Resting[] {
    return this.#queues.get(url) ?? [];
  }
}
