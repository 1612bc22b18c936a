import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ENV } from '../../lambdas/contract/env.ts';
import { FINAL, RESTING, STATUSES } from '../../lambdas/contract/item/status.ts';
import { readEnv } from '../../lambdas/kit/env.ts';
import { TransientError } from '../../lambdas/kit/errors.ts';
import { sqsHandler } from '../../lambdas/kit/queue/handler.ts';
import { readSecret } from '../../lambdas/kit/secrets.ts';
import { named, time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  logger: {
    info: (...facts: unknown[]) => logged.push(facts),
    warn: (...facts: unknown[]) => logged.push(facts),
  },
}));

const logged: unknown[] = [];

beforeEach(() => {
  world.reset();
  time.freeze();
  logged.length = 0;
});

describe("a function's environment", () => {
  it('is read whole, or refused with every name that is missing', () => {
    for (const name of Object.keys(ENV) as (keyof typeof ENV)[]) {
      for (const variable of ENV[name]) vi.stubEnv(variable, '');
      expect(() => readEnv(name)).toThrow(`'${name}' lacks environment variables: ${ENV[name].join(', ')}`);
      for (const variable of ENV[name]) vi.stubEnv(variable, `value of ${variable}`);
      expect(Object.keys(readEnv(name))).toEqual([...ENV[name]]);
    }
    vi.unstubAllEnvs();
  });

  it('holds no secret: only where one lies, or which function makes keys', () => {
    for (const variable of Object.values(ENV).flat())
      expect(variable).not.toMatch(/KEY(?!S$)|TOKEN|PASSWORD/);
  });
});

describe('the statuses of an item', () => {
  it('are final, resting or moving, and final ones rest', () => {
    for (const status of [...FINAL, ...RESTING]) expect(STATUSES).toContain(status);
    for (const status of FINAL) expect(RESTING).toContain(status);
    expect(STATUSES.filter((status) => !RESTING.includes(status))).toEqual([
      'received',
      'processing',
      'waiting_approval',
      'acting',
    ]);
  });
});

describe('a secret', () => {
  it('is read once in five minutes', async () => {
    world.secrets['s-1'] = '{"key":"a"}';
    await readSecret('s-1');
    world.secrets['s-1'] = '{"key":"b"}';

    expect(await readSecret('s-1')).toEqual({ key: 'a' });
    time.advance(301);
    expect(await readSecret('s-1')).toEqual({ key: 'b' });
    expect(world.calls).toHaveLength(2);
  });

  it('that nobody has filled is a SystemError that names it and not its value', async () => {
    world.secrets['s-2'] = 'generated-password-4111';

    await expect(readSecret('s-2')).rejects.toMatchObject({
      name: 'SystemError',
      message: expect.stringMatching(/'s-2'/),
    });
    await expect(readSecret('s-2')).rejects.not.toThrow(/4111/);
  });

  it('that could not be read is not remembered as such', async () => {
    await expect(readSecret('s-3')).rejects.toThrow('ResourceNotFoundException');
    world.secrets['s-3'] = '{}';

    expect(await readSecret('s-3')).toEqual({});
  });
});

describe('a batch of messages', () => {
  const event = (bodies: string[]) =>
    ({
      Records: bodies.map((body, index) => ({
        messageId: `m${index}`,
        body,
        attributes: {},
        messageAttributes: {},
      })),
    }) as never;
  const context = { getRemainingTimeInMillis: () => 1000 } as never;

  it('is worked at all at once, and only what failed comes again', async () => {
    let running = 0;
    let most = 0;
    const handler = sqsHandler(async ({ body }) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      if (body === 'bad') throw new TransientError('down');
    });

    const response = await handler(event(['ok', 'bad', 'ok', 'bad', ...Array(6).fill('ok')]), context);

    expect(response.batchItemFailures).toEqual([{ itemIdentifier: 'm1' }, { itemIdentifier: 'm3' }]);
    expect(most).toBe(10);
    expect(JSON.stringify(logged)).toContain('down');
  });

  it('of which every message fails is no crash of the function', async () => {
    const handler = sqsHandler(async () => {
      throw named('Whatever', { message: 'card 4111' });
    });

    const response = await handler(event(['a', 'b']), context);

    expect(response.batchItemFailures).toHaveLength(2);
    expect(JSON.stringify(logged)).not.toContain('4111');
  });

  it('keeps one invocation apart from the next', async () => {
    const handler = sqsHandler(async ({ body }) => {
      if (body === 'bad') throw new Error('no');
    });
    await handler(event(['bad']), context);

    expect((await handler(event(['ok']), context)).batchItemFailures).toEqual([]);
  });
});
