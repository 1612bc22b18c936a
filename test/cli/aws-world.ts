import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, vi } from 'vitest';
import { listening } from '../support/listening.ts';

/**
 * By operation: `ssm GetParameter`, `cloudformation DescribeStacks`, `GET /v2/email/account` … Undefined is a
 * 404.
 */
export type Answers = Record<string, unknown | ((input: Record<string, string>) => unknown)>;

/** An AWS account that answers what it is told to, and remembers what was asked. */
class FakeAws {
  readonly calls: string[] = [];
  answers: Answers = {};
  readonly #server: Server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const target = request.headers['x-amz-target'] as string | undefined;
    const form = new URLSearchParams(body);
    const call = target
      ? `${SERVICES[target.split('.')[0] ?? '']} ${target.split('.')[1]}`
      : form.has('Action')
        ? `${form.get('Version') === '2010-12-01' ? 'ses' : 'cloudformation'} ${form.get('Action')}`
        : `${request.method} ${request.url}`;
    const input = (target ? JSON.parse(body) : Object.fromEntries(form)) as Record<string, string>;
    this.calls.push([call, ...named(input)].join(' '));
    const known = this.answers[call];
    const answer = typeof known === 'function' ? known(input) : known;
    response.statusCode = answer === undefined ? 404 : answer instanceof Error ? 400 : 200;
    if (answer === undefined) response.end(JSON.stringify({ __type: 'ResourceNotFoundException' }));
    else if (answer instanceof Error)
      response.end(JSON.stringify({ __type: answer.name, message: answer.message }));
    else response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });

  async start(): Promise<void> {
    await listening(this.#server);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
}

const SERVICES: Record<string, string> = {
  ...{ secretsmanager: 'secretsmanager', AmazonSSM: 'ssm', Logs_20140328: 'logs' },
  ...{ DynamoDB_20120810: 'dynamodb', AWSStepFunctions: 'states', AmazonSQS: 'sqs' },
};

function named(input: Record<string, string>): string[] {
  const fields = ['SecretId', 'StackName', 'TableName', 'stateMachineArn', 'executionArn', 'logGroupName'];
  return fields.flatMap((field) => input[field] ?? []);
}

export function refused(name: string, message = ''): Error {
  return Object.assign(new Error(message), { name });
}

/** One for all tests of a file, with credentials that are good for it. */
export function fakeAccount(): FakeAws {
  const aws = new FakeAws();
  beforeAll(async () => {
    await aws.start();
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    vi.stubEnv('AWS_REGION', 'eu-central-1');
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await aws.stop();
  });
  return aws;
}
