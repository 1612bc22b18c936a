import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SandboxWorld } from './sandbox-world.ts';

let world: SandboxWorld;

beforeAll(async () => {
  world = await SandboxWorld.start();
});
afterEach(async () => {
  for (const room of ['model', 'model-b']) await world.post(`/${room}/faults`, { mode: 'ok' });
});
afterAll(() => world.close());

const QUESTION = { messages: [{ role: 'user', content: '{"text":"hello"}' }], max_completion_tokens: 100 };

interface Completion {
  error?: { code: string };
  choices?: { finish_reason: string; message: { content: string } }[];
  usage?: { completion_tokens: number };
}

async function ask(room: string, model = 'signalbox-sandbox') {
  const response = await world.post(`/${room}/v1/chat/completions`, { ...QUESTION, model });
  return { status: response.status, body: (await response.json()) as Completion };
}

describe('two model servers', () => {
  it('count and fail on their own', async () => {
    await world.post('/model/faults', { mode: 'down' });
    expect((await ask('model')).status).toBe(503);
    expect((await ask('model-b')).status).toBe(200);
    expect(await world.read('/model/calls')).toMatchObject({ count: 1 });
    expect(await world.read('/model-b/calls')).toMatchObject({ count: 1 });
  });

  it('refuse a fault of a model that there is not: it would never be seen', async () => {
    for (const model of ['signalbox-sandbox-larg', '', 7, null]) {
      const response = await world.post('/model/faults', { mode: 'down', model });
      expect(response.status).toBe(400);
      expect(await response.text()).toContain(
        "'model' must be one of signalbox-sandbox, signalbox-sandbox-large",
      );
    }
    expect((await ask('model')).status).toBe(200);
  });

  it('can have one model that fails and one that does not', async () => {
    await world.post('/model/faults', { mode: '500', model: 'signalbox-sandbox' });
    expect((await ask('model')).status).toBe(500);
    expect((await ask('model', 'signalbox-sandbox-large')).status).toBe(200);
  });
});

describe('a fault', () => {
  it.each([
    ['401', 401, 'invalid_api_key'],
    ['quota', 429, 'insufficient_quota'],
    ['500', 500, 'server_error'],
    ['down', 503, 'server_error'],
    ['429', 429, 'rate_limit_exceeded'],
  ])('%s answers %i %s', async (mode, status, code) => {
    await world.post('/model/faults', { mode });
    expect(await ask('model')).toMatchObject({ status, body: { error: { code } } });
  });

  it('reset ends the connection', async () => {
    await world.post('/model/faults', { mode: 'reset' });
    await expect(ask('model')).rejects.toThrow();
  });

  it('limit refuses what comes too fast', async () => {
    await world.post('/model/faults', { mode: 'limit', perSecond: 3 });
    const statuses = (await Promise.all([1, 2, 3, 4, 5].map(() => ask('model')))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 200, 200, 429, 429]);
  });

  it('padded answers right, at the length of the longest answer', async () => {
    await world.post('/model/faults', { mode: 'padded' });
    const { body } = await ask('model');
    expect(body.usage?.completion_tokens).toBe(100);
    expect(body.choices?.[0]).toMatchObject({ finish_reason: 'stop' });
    expect(() => JSON.parse(body.choices?.[0]?.message.content ?? '')).not.toThrow();
  });
});
