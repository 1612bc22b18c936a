import { clock } from '../../lambdas/kit/clock.ts';
import { Tables } from '../../local/memory/tables.ts';
import { RestingMessages } from './doubles/resting.ts';

/*
 * The world outside a function, in memory: tables, bucket, queues, executions, mail, events, secrets. Every
 * call to it is a point at which the worker can be made to die; a dead worker reaches nothing any more, until
 * `revive`.
 */

export class Crash extends Error {
  override readonly name = 'Crash';
}

export interface Execution {
  input: Record<string, unknown>;
  status: 'RUNNING' | 'SUCCEEDED' | 'ABORTED';
}

type Input = Record<string, unknown>;

/** The keys that seal verdicts and approvals. */
export const GATE_KEY = 'key-of-the-gate';
export const DECISION_KEY = 'key-of-decisions';
const SEALING = {
  'signalbox/cursors': '{"key":"key-of-cursors"}',
  'signalbox/subjects': '{"key":"key-of-subjects"}',
  'signalbox/gates/demo': JSON.stringify({ key: GATE_KEY }),
  'signalbox/decisions': JSON.stringify({ key: DECISION_KEY }),
};

class World {
  tables = new Tables();
  content = new Map<string, string>();
  /** When each was written. */
  contentAt = new Map<string, number>();
  /** Of content, what was stored beside it. */
  beside = new Map<string, Readonly<Record<string, string>>>();
  /** Files in buckets, by `<bucket>/<key>`. */
  files = new Map<string, { bytes: Uint8Array; contentType: string; at: number }>();
  queues = new Map<string, string[]>();
  /** In queues without a consumer. */
  resting = new RestingMessages();
  /** URLs of queues that are looked up by their names. */
  queueNames = new Map<string, string>();
  /** How long each message waits before it is there, in the order of sending. */
  delays: { queue: string; seconds: number }[] = [];
  visibility: { handle: string; seconds: number }[] = [];
  executions = new Map<string, Execution>();
  /** Tokens that an execution waits for. */
  tokens = new Set<string>();
  answers: { token: string; output?: unknown; error?: string; cause?: string }[] = [];
  mails: { to: string; from: string; subject: string; text: string; html: string }[] = [];
  /** What else was asked of SES for each of the mails. */
  asMails: Record<string, unknown>[] = [];
  events: { Detail: string; Source: string; DetailType: string; EventBusName: string }[] = [];
  secrets: Record<string, string> = { ...SEALING };
  /** The metrics that were added to, and the states that were written down, where a test counts them here. */
  counted: string[] = [];
  gauged: [automation: string, states: object][] = [];
  /** Every call since the last `reset`, as `service Operation`. */
  calls: string[] = [];
  /** Runs before each call; what it throws is what the caller gets. */
  fault: ((call: string, input: Input) => void) | undefined;
  #crash: { point: number; after: boolean } | undefined;
  dead = false;

  reset(): void {
    this.secretTags = {};
    this.tables = new Tables();
    this.content = new Map();
    this.contentAt = new Map();
    this.beside = new Map();
    this.files = new Map();
    this.queues = new Map();
    this.resting = new RestingMessages();
    this.queueNames = new Map();
    this.delays = [];
    this.visibility = [];
    this.executions = new Map();
    this.tokens = new Set();
    this.answers = [];
    this.mails = [];
    this.asMails = [];
    this.events = [];
    this.secrets = { ...SEALING };
    this.counted = [];
    this.gauged = [];
    this.calls = [];
    this.fault = undefined;
    this.#crash = undefined;
    this.dead = false;
  }

  /**
   * The worker dies at the n-th call from now: before it reaches the world, or before its answer comes back.
   */
  crashAt(point: number, after: boolean): void {
    this.calls = [];
    this.#crash = { point, after };
  }

  revive(): void {
    this.#crash = undefined;
    this.dead = false;
  }

  async call<T>(name: string, input: Input, run: () => T): Promise<T> {
    await Promise.resolve();
    if (this.dead) throw new Crash('the worker is dead');
    this.calls.push(name);
    this.fault?.(name, input);
    const dies = this.#crash?.point === this.calls.length;
    if (dies && !this.#crash?.after) this.#die();
    try {
      const answer = run();
      await Promise.resolve();
      return answer;
    } finally {
      // Whatever the world answered, a worker that is dead does not hear it.
      if (dies) this.#die();
    }
  }

  #die(): never {
    this.dead = true;
    throw new Crash('the worker died here');
  }

  sent(queue: string): unknown[] {
    return (this.queues.get(queue) ?? []).map((body) => JSON.parse(body));
  }

  /** Everything in a queue, which is then empty. */
  taken(queue: string): unknown[] {
    const messages = this.sent(queue);
    this.queues.delete(queue);
    return messages;
  }

  dynamo(command: string, input: Input): Promise<unknown> {
    return this.call(`dynamodb ${command}`, input, () => this.tables.run(command, input as never));
  }

  async sqs(command: string, input: Input): Promise<unknown> {
    if (command === 'ChangeMessageVisibilityBatchCommand') {
      for (const { Id: _, ...entry } of input.Entries as Input[])
        await this.sqs('ChangeMessageVisibilityCommand', { QueueUrl: input.QueueUrl, ...entry });
      return {};
    }
    if (command === 'SendMessageBatchCommand') {
      // One by one, so that a test's fault may strike each.
      for (const { Id: _, ...entry } of input.Entries as Input[])
        await this.sqs('SendMessageCommand', { QueueUrl: input.QueueUrl, ...entry });
      return {};
    }
    return this.call(`sqs ${command}`, input, () => {
      if (command === 'SendMessageCommand') {
        const queue = String(input.QueueUrl);
        const seconds = input.DelaySeconds === undefined ? 0 : Number(input.DelaySeconds);
        if (!(Number.isInteger(seconds) && seconds >= 0 && seconds <= 900))
          throw named('InvalidParameterValue');
        this.queues.set(queue, [...(this.queues.get(queue) ?? []), String(input.MessageBody)]);
        this.delays.push({ queue, seconds });
      } else if (command === 'ChangeMessageVisibilityCommand') {
        this.resting.hide(input);
        this.visibility.push({
          handle: String(input.ReceiptHandle),
          seconds: Number(input.VisibilityTimeout),
        });
      } else if (command === 'GetQueueUrlCommand') {
        const QueueUrl = this.queueNames.get(String(input.QueueName));
        if (QueueUrl === undefined) throw named('QueueDoesNotExist');
        return { QueueUrl };
      } else if (command === 'ListQueuesCommand') {
        const begins = String(input.QueueNamePrefix);
        const named = [...this.queueNames].filter(([name]) => name.startsWith(begins));
        return { QueueUrls: named.map(([, url]) => url) };
      } else if (command === 'ReceiveMessageCommand') return this.resting.receive(input);
      else if (command === 'DeleteMessageCommand') this.resting.remove(input);
      else if (command === 'GetQueueAttributesCommand') return this.resting.attributes(input);
      else throw new Error(`the test double knows no ${command}`);
      return {};
    });
  }

  sfn(command: string, input: Input): Promise<unknown> {
    return this.call(`states ${command}`, input, () => {
      if (command === 'StartExecutionCommand') return this.#start(String(input.name), String(input.input));
      if (command === 'DescribeExecutionCommand') return this.#describe(String(input.executionArn));
      const token = String(input.taskToken);
      if (!this.tokens.delete(token)) throw named('TaskTimedOut');
      if (command === 'SendTaskSuccessCommand')
        this.answers.push({ token, output: JSON.parse(String(input.output)) });
      else if (command === 'SendTaskFailureCommand') {
        this.answers.push({ token, error: String(input.error), cause: String(input.cause) });
      } else throw new Error(`the test double knows no ${command}`);
      return {};
    });
  }

  #start(name: string, input: string): object {
    if (!/^[\w-]{1,80}$/.test(name)) throw named('InvalidName');
    if (this.executions.has(name)) throw named('ExecutionAlreadyExists');
    this.executions.set(name, { input: JSON.parse(input), status: 'RUNNING' });
    return {};
  }

  #describe(arn: string): object {
    const execution = this.executions.get(arn.split(':').at(-1) ?? '');
    if (!execution) throw named('ExecutionDoesNotExist');
    return { status: execution.status };
  }

  ses(_command: string, input: Input): Promise<unknown> {
    return this.call('ses SendEmailCommand', input, () => {
      const { Content, Destination, FromEmailAddress } = input as never as {
        FromEmailAddress: string;
        Destination: { ToAddresses: string[] };
        Content: {
          Simple: { Subject: { Data: string }; Body: { Text: { Data: string }; Html: { Data: string } } };
        };
      };
      const { Subject, Body } = Content.Simple;
      const mail = { subject: Subject.Data, text: Body.Text.Data, html: Body.Html.Data };
      this.mails.push({ to: Destination.ToAddresses.join(), from: FromEmailAddress, ...mail });
      this.asMails.push(input);
      return { MessageId: `ses-${this.mails.length}` };
    });
  }

  bus(_command: string, input: Input): Promise<unknown> {
    return this.call('events PutEventsCommand', input, () => {
      const entries = input.Entries as World['events'];
      if (entries.length > 10) throw named('ValidationException');
      this.events.push(...entries);
      return { FailedEntryCount: 0 };
    });
  }

  /** Tags of secrets that a stack made; others have none. */
  secretTags: Record<string, { Key: string; Value: string }[]> = {};

  secret(command: string, input: Input): Promise<unknown> {
    if (command === 'DescribeSecretCommand')
      return this.call('secretsmanager DescribeSecretCommand', input, () => {
        const id = String(input.SecretId);
        if (this.secrets[id] === undefined) throw named('ResourceNotFoundException');
        return { Name: id, Tags: this.secretTags[id] ?? [] };
      });
    return this.call('secretsmanager GetSecretValueCommand', input, () => {
      const SecretString = this.secrets[String(input.SecretId)];
      if (SecretString === undefined) throw named('ResourceNotFoundException');
      return { SecretString };
    });
  }
}

export function named(name: string, extra: object = {}): Error {
  return Object.assign(new Error(name), { name }, extra);
}

export const world = new World();

/** Time stands still until a test moves it. */
let frozen = 0;

export const time = {
  at: 0,
  freeze(): void {
    time.at = Date.parse('2026-12-01T09:00:00.000Z');
    clock.now = () => time.at;
  },
  /**
   * Like `freeze`, later for each test: what an instance remembers of a breaker is old by then.
   */
  freezeLater(): void {
    this.freeze();
    frozen += 1;
    this.advance(frozen * 97);
  },
  advance(seconds: number): void {
    time.at += seconds * 1000;
  },
};
