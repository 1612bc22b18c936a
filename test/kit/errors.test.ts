import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { ERROR_NAMES } from '../../lambdas/contract/item/row.ts';
import {
  errorFacts,
  InputError,
  ProcessingError,
  SystemError,
  TransientError,
} from '../../lambdas/kit/errors.ts';
import { type Answer, reset, stubServer } from '../support/http.ts';
import { named } from '../support/world.ts';

describe('the four kinds of error', () => {
  it('are called by names that no minifier can change', () => {
    const all = [
      new TransientError('a'),
      new InputError('b'),
      new ProcessingError('c'),
      new SystemError('d'),
    ];

    expect(all.map(({ name }) => name)).toEqual(ERROR_NAMES);
    for (const error of all) {
      expect(error).toBeInstanceOf(Error);
      expect(errorFacts(error)).toEqual({ class: error.name, message: error.message });
    }
  });

  it('keep their cause, and a transient one the wish of the neighbour', () => {
    const cause = new Error('deep');

    expect(new SystemError('x', { cause }).cause).toBe(cause);
    expect(new TransientError('x', { cause, retryAfterSeconds: 7 })).toMatchObject({
      cause,
      retryAfterSeconds: 7,
    });
  });
});

describe('an error that we did not throw', () => {
  it.each([
    new TypeError('card 4111'),
    named('AccessDeniedException'),
    named('ValidationException'),
    'text 4111',
    null,
    undefined,
    4111,
    {},
  ])('is a SystemError that is not quoted: %s', (error) => {
    const facts = errorFacts(error);

    expect(facts.class).toBe('SystemError');
    expect(facts.message).toMatch(/^unexpected \w+$/);
    expect(facts.message).not.toContain('4111');
  });

  it.each([
    'ThrottlingException',
    'TimeoutError',
    'ServiceUnavailable',
    'InternalServerError',
    'RequestThrottled',
  ])('is transient when it is called %s', (name) => {
    expect(errorFacts(named(name))).toEqual({ class: 'TransientError', message: `aws: ${name}` });
  });
});

/* The real SDK against a stub: what it makes of a bad day of DynamoDB. */
describe('an error of the AWS SDK', () => {
  const fault = (type: string, status: number): Answer => ({
    status,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'card 4111' },
  });

  async function failure(endpoint: string): Promise<unknown> {
    const credentials = { accessKeyId: 'x', secretAccessKey: 'y' };
    const client = new DynamoDBClient({ region: 'us-east-1', endpoint, credentials, maxAttempts: 1 });
    return client
      .send(new GetItemCommand({ TableName: 't', Key: { id: { S: 'a' } } }))
      .catch((error) => error);
  }

  it.each<[string, Answer]>([
    ['throttling', fault('ThrottlingException', 400)],
    ['too little throughput', fault('ProvisionedThroughputExceededException', 400)],
    ['too many requests', fault('RequestLimitExceeded', 400)],
    ['a transaction in the way', fault('TransactionConflictException', 400)],
    ['a fault of the service', fault('InternalServerError', 500)],
    ['an unavailable service', fault('ServiceUnavailable', 503)],
    ['a page of something in between', { status: 502, body: '<html>Bad gateway</html>' }],
    ['a reset connection', reset],
  ])('is transient after %s', async (_name, answer) => {
    const server = await stubServer(answer);

    const facts = errorFacts(await failure(server.url));
    await server.close();

    expect(facts.class).toBe('TransientError');
    expect(facts.message).not.toContain('4111');
  });

  it.each(['http://127.0.0.1:1', 'http://nowhere.invalid'])(
    'is transient when nobody is at %s',
    async (endpoint) => {
      expect(errorFacts(await failure(endpoint)).class).toBe('TransientError');
    },
  );

  it.each([
    ['AccessDeniedException', 400],
    ['ResourceNotFoundException', 400],
    ['ValidationException', 400],
    ['UnrecognizedClientException', 400],
  ])('is ours to mend after %s', async (type, status) => {
    const server = await stubServer(fault(type, status));

    const facts = errorFacts(await failure(server.url));
    await server.close();

    expect(facts).toEqual({ class: 'SystemError', message: `unexpected ${type}` });
  });
});
