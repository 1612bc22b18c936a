import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { declaredOf, vectorsOf } from '../../../cli/knowledge/reach.ts';
import type { Outputs } from '../../../local/outputs.ts';
import { stubServer } from '../../support/http.ts';

const before = { ...process.env };
beforeEach(() => {
  vi.stubEnv('AWS_PROFILE', 'production');
  vi.stubEnv('AWS_SESSION_TOKEN', 'of a person');
  vi.stubEnv('AWS_ENDPOINT_URL', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

it('of a local run nothing of the account at hand is used: key and vectors are of the emulator and the sandbox', async () => {
  const asked: string[] = [];
  const server = await stubServer((response, { path, headers, body }) => {
    const target = String(headers['x-amz-target'] ?? '');
    asked.push(`${target || path} ${String(headers.authorization).slice(0, 27)}`);
    if (target) return void response.end(JSON.stringify({ SecretString: '{"apiKey":"sandbox"}' }));
    if (asked.length > 3) return void response.writeHead(404).end('{}');
    const { input } = JSON.parse(body) as { input: string[] };
    response.end(JSON.stringify({ data: input.map((_, index) => ({ index, embedding: [1, index] })) }));
  });
  const local = {
    ...{ sandboxModelUrl: `${server.url}/model`, endpointUrl: server.url, region: 'us-east-1' },
    apiUrl: `${server.url}/api/abc`,
  } as Outputs;
  const { config } = await declaredOf(local);
  const { embed } = vectorsOf(config, 'local', 'sandbox');
  expect(await embed(['one', 'two'])).toEqual([
    [1, 0],
    [1, 1],
  ]);
  expect(asked).toEqual([
    expect.stringMatching(/^secretsmanager\.GetSecretValue AWS4-HMAC-SHA256 Credential/),
    '/model/v1/embeddings Bearer sandbox',
  ]);
  expect([process.env.AWS_PROFILE, process.env.AWS_SESSION_TOKEN]).toEqual([undefined, undefined]);

  asked.push('one', 'more');
  await expect(embed(['one'])).rejects.toThrow(
    "there are no vectors, and nothing was changed: endpoint 'sandbox'",
  );
  await server.close();
});
