import { createServer, type Server, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadConfig, type ResolvedConfig } from '../../lib/config.ts';
import { askRealModel } from '../../local/real-model.ts';
import { listening } from '../support/listening.ts';

/* A model server on the loopback address, which answers as the test wants. */

let server: Server;
let address: string;
let config: ResolvedConfig;
let answer: (response: ServerResponse, model: string) => void;
let asked: { model: string; key: string | undefined }[];
let said: string[];

const fine = (response: ServerResponse) =>
  response.end(
    JSON.stringify({
      choices: [{ message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
    }),
  );
const refuse = (response: ServerResponse, status: number, error: object) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
const ask = () => askRealModel(config, (line) => said.push(line));

beforeEach(async () => {
  config = await loadConfig('signalbox.config.ts');
  [asked, said, answer] = [[], [], fine];
  server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    const { model } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { model: string };
    asked.push({ model, key: request.headers.authorization });
    answer(response, model);
  });
  address = `${await listening(server)}/v1`;
  vi.stubEnv('OPENAI_API_KEY', 'sk-of-the-test');
  vi.stubEnv('OPENAI_BASE_URL', address);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

describe('npm start with a key', () => {
  it('asks each model once, with that key, and says who answers', async () => {
    const models = config.endpoints.openai?.models.map(({ name }) => name) ?? [];
    expect(await ask()).toBe(`${models.join(', ')} at ${address}`);
    expect(asked.map(({ model }) => model).sort()).toEqual([...models].sort());
    expect(new Set(asked.map(({ key }) => key))).toEqual(new Set(['Bearer sk-of-the-test']));
    expect(said).toEqual([`asking ${address} for ${models.join(', ')} ...`]);
  });

  it('stops at a wrong key, once for all models, and never shows it', async () => {
    answer = (response) =>
      refuse(response, 401, { code: 'invalid_api_key', message: 'Incorrect API key: sk-of-the-test' });
    const told = await ask().catch((error: Error) => error.message);
    expect(told).toBe(
      `OPENAI_API_KEY is set, so ${address} was asked, and nothing is deployed:\n` +
        `  endpoint 'openai' refuses the key (401): correct OPENAI_API_KEY; for a server that wants none any word will do\n` +
        'without OPENAI_API_KEY the sandbox model answers',
    );
  });

  it.each([
    'http://me:hush@127.0.0.1:9/v1',
    'http://127.0.0.1:9/v1?key=hush',
    '127.0.0.1:9/hush',
    'ftp://x/hush',
  ])('stops at the address %s before anybody is asked, and shows nothing of it', async (wrong) => {
    vi.stubEnv('OPENAI_BASE_URL', wrong);
    const told = await ask().catch((error: Error) => error.message);
    expect(told).toBe(
      'OPENAI_BASE_URL must be an http or https URL that ends with its path, such as http://127.0.0.1:11434/v1: no user, password or query in it; the key goes into OPENAI_API_KEY',
    );
    expect(said.join()).not.toContain('hush');
  });

  it('stops where no server is', async () => {
    vi.stubEnv('OPENAI_BASE_URL', 'http://127.0.0.1:9/v1');
    await expect(ask()).rejects.toThrow(
      /endpoint 'openai' took no connection, or did not answer within \d+ s: start that server, or correct OPENAI_BASE_URL \(with its \/v1\)\n/,
    );
  });

  it('stops at a model that the server does not have, and names it', async () => {
    answer = (response, model) =>
      model.endsWith('luna')
        ? refuse(response, 404, { code: 'model_not_found', message: `The model '${model}' does not exist` })
        : fine(response);
    await expect(ask()).rejects.toThrow(
      "endpoint 'openai' has no model 'gpt-6-luna': name the models that it has under 'openai' in signalbox.config.ts\n",
    );
  });

  it('stops at what is no model server', async () => {
    answer = (response) => response.writeHead(404).end('<html>not here</html>');
    await expect(ask()).rejects.toThrow('check OPENAI_BASE_URL (with its /v1)');
  });

  it('goes on where the server is busy, and says so', async () => {
    answer = (response) => refuse(response, 503, { message: 'overloaded' });
    expect(await ask()).toContain(address);
    expect(said).toContain("endpoint 'openai' answered 503: the work waits until it answers");
  });

  it('leaves the sandbox where no key is set, and says what an address alone does not do', async () => {
    vi.stubEnv('OPENAI_API_KEY', '');
    expect(await ask()).toBeUndefined();
    expect(asked).toEqual([]);
    expect(said.join()).toContain('OPENAI_BASE_URL is set without OPENAI_API_KEY');
  });
});
