import { marshall } from '@aws-sdk/util-dynamodb';
import type { SQSBatchResponse } from 'aws-lambda';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ANN, APPROVAL, question, row } from '../support/desk.ts';
import {
  automation,
  ENV,
  gated,
  ID,
  itemRow,
  proposal,
  SETTINGS,
  sqsRecord,
  stored,
} from '../support/fixtures.ts';
import { answerTo } from '../support/runs.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
/* What the bundler puts in the place of these. */
vi.mock('@bundled/neighbours', () => ({ neighbours: [] }));
vi.mock('@bundled/automation', () => ({ automation }));
vi.mock('@bundled/registry', () => ({ registry: [] }));
vi.mock('@bundled/settings', () => ({ settings: SETTINGS }));
vi.mock('@bundled/declarations', () => ({ automations: [automation] }));
vi.mock('@bundled/outlines', () => ({ outlines: [] }));
vi.mock('@bundled/declared', () => ({ declarationOf: async () => automation }));

/* The entry points: each reads its own environment and hands every record on. */

beforeEach(() => {
  world.reset();
  time.freeze();
  for (const [name, value] of Object.entries({ ...ENV, DESTINATIONS: '{}' })) vi.stubEnv(name, value);
});

const context = { getRemainingTimeInMillis: () => 1000 } as never;
const batch = (...bodies: object[]) =>
  ({ Records: bodies.map((body, index) => ({ ...sqsRecord(body), messageId: `m${index}` })) }) as never;

describe('the function behind', () => {
  it('the action queue works every record and gives back those that come again', async () => {
    const { handler } = await import('../../lambdas/act/act.lambda.ts');
    gated({}, proposal({ destination: 'nowhere' }));
    world.tables.put('items', { ...stored(), id: 'item-b' });
    world.fault = (call, input) => {
      if (call.includes('UpdateCommand') && (input.Key as { id: string }).id === 'item-b')
        throw Object.assign(new Error('x'), { name: 'TimeoutError' });
    };

    const response = (await handler(
      batch({ itemId: ID, generation: 1 }, { itemId: 'item-b', generation: 1 }),
      context,
    )) as SQSBatchResponse;

    expect(response.batchItemFailures).toEqual([{ itemIdentifier: 'm1' }]);
    expect(stored()).toMatchObject({ status: 'parked', error: { class: 'SystemError' } });
  });

  it('the approvals queue asks', async () => {
    const { handler } = await import('../../lambdas/approve/ask.lambda.ts');
    gated({ verdict: 'ask' });

    await handler(batch({ itemId: ID, generation: 1, taskToken: 'token-1' }), context);

    expect(world.mails).toHaveLength(2);
  });

  it('a message that is no JSON comes again and ends in the dead-letter queue', async () => {
    const { handler } = await import('../../lambdas/approve/ask.lambda.ts');
    const event = { Records: [{ ...sqsRecord({}), body: 'not JSON 4111' }] } as never;

    expect((await handler(event, context)).batchItemFailures).toHaveLength(1);
  });

  it('the stream of approvals carries decisions, and passes over removals', async () => {
    const { handler } = await import('../../lambdas/approve/on-change.lambda.ts');
    const before = question();
    const at = '2026-12-01T09:00:00.000Z';
    const trail = [...before.trail, { at, event: 'decided' as const }];
    const carried = { decidedBy: 'ann', decidedAt: at, carriedAt: at };
    question(proposal(), { status: 'decided', decision: 'reject', ...carried, trail });
    const image = (of: object) => marshall(of, { removeUndefinedValues: true });
    const dynamodb = { OldImage: image(before), NewImage: image(row()) };

    await handler({ Records: [{ dynamodb: {} }, {}, { dynamodb }] } as never);

    expect(world.answers).toEqual([answerTo('token-1', 'reject')]);
    expect(world.tables.all('audit').map(({ event }) => event)).toEqual(['decided']);
  });

  it('the stream of approvals passes over a question that expired before it was put', async () => {
    const { handler } = await import('../../lambdas/approve/on-change.lambda.ts');
    const bare = { id: APPROVAL, status: 'expired', version: 1, phase: 'closed#2026-12', trail: [] };

    await handler({ Records: [{ dynamodb: { NewImage: marshall(bare) } }] } as never);

    expect(world.calls).toEqual([]);
  });

  it('the clock of the desk looks at what is due', async () => {
    const { handler } = await import('../../lambdas/approve/timekeeper.lambda.ts');
    question();

    await handler();

    expect(world.sent('questions')).toEqual([{ approvalId: APPROVAL, command: 'remind' }]);
  });

  it('the clock of redrives looks for whom items are parked, at those that run, at alarms, and where it is to look on', async () => {
    const { handler } = await import('../../lambdas/operate/redrives.lambda.ts');

    await handler();

    expect([...new Set(world.calls)].sort()).toEqual([
      'dynamodb GetCommand',
      'dynamodb PutCommand',
      'sqs ListQueuesCommand',
    ]);
    expect(world.calls.filter((it) => it === 'dynamodb GetCommand')).toHaveLength(5);
  });

  it('the same, once a breaker has closed, looks for who waits for that neighbour, and for who is parked', async () => {
    const { handler } = await import('../../lambdas/operate/redrives.lambda.ts');
    const told = (id: string) => ({ Records: [{ dynamodb: { Keys: { id: { S: id } } } }] }) as never;

    await handler(told('demo_budget#x'));
    expect(world.calls).toEqual([]);
    await handler(told('endpoint#house'));

    expect(world.calls.filter((call) => call === 'dynamodb QueryCommand')).toHaveLength(1);
  });

  it('the approvals queue runs the desk’s commands as well', async () => {
    const { handler } = await import('../../lambdas/approve/ask.lambda.ts');
    question();

    await handler(batch({ approvalId: APPROVAL, command: 'remind' }), context);

    expect(world.mails).toHaveLength(2);
  });

  it('the stream of items publishes, and calls nobody when no status changed', async () => {
    const { handler } = await import('../../lambdas/record/publish.lambda.ts');
    const image = marshall(itemRow(), { removeUndefinedValues: true });

    await handler({ Records: [{ dynamodb: { OldImage: image, NewImage: image } }] } as never);
    expect(world.calls).toEqual([]);
    await handler({ Records: [{ dynamodb: { NewImage: image } }] } as never);
    expect(world.events).toHaveLength(1);
  });

  it('the callback queue gives back what was not delivered', async () => {
    vi.stubEnv('STAGE', 'local');
    const { handler } = await import('../../lambdas/record/callback.lambda.ts');
    world.secrets['signalbox/clients'] = '{"clients":[{"name":"shop","callbackKey":"k"}]}';
    const message = { url: 'http://127.0.0.1:1/x', client: 'shop', change: { id: ID } };

    const response = await handler(batch(message), context);

    expect(response.batchItemFailures).toHaveLength(1);
  });

  it('the pages answers as API Gateway asks', async () => {
    const { handler } = await import('../../lambdas/approve/page.lambda.ts');
    question();
    const event = {
      version: '2.0',
      rawPath: `/approvals/${APPROVAL}`,
      rawQueryString: `t=${ANN}`,
      headers: { host: 'desk.example' },
      requestContext: { http: { method: 'GET', path: `/approvals/${APPROVAL}` }, domainName: 'desk.example' },
    };

    const answer = (await handler(event as never)) as {
      statusCode: number;
      body: string;
      headers: Record<string, string>;
    };

    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain('Pay EUR 24.90');
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(stored().status).toBe('waiting_approval');
  });
});
