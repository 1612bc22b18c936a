import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { invoke } from '../../../lambdas/kit/signed/invoke.ts';
import { listening } from '../../support/listening.ts';

let answer: { status: number; headers?: Record<string, string>; text: string } | undefined;
const paths: (string | undefined)[] = [];

const server = createServer((request, response) => {
  paths.push(request.url);
  if (!answer) return void request.socket.destroy();
  response.writeHead(answer.status, answer.headers).end(answer.text);
});

beforeAll(async () => {
  vi.stubEnv('AWS_ENDPOINT_URL', await listening(server));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const FAILED = { 'x-amz-function-error': 'Unhandled' };

it.each([
  ['what it gave', { status: 200, text: '{"a":1}' }, { outcome: 'answered', answer: { a: 1 } }],
  ['that there is no room', { status: 429, text: '{}' }, { outcome: 'throttled' }],
  ['that it was not begun, and why', { status: 409, text: '{}' }, { outcome: 'refused', status: 409 }],
  ['what Lambda met', { status: 502, text: '{}' }, { outcome: 'unknown', status: 502 }],
  ['that it failed', { status: 200, headers: FAILED, text: '{"errorMessage":"x"}' }, { outcome: 'unknown' }],
  ['that its answer was none', { status: 200, text: 'x' }, { outcome: 'unknown', cause: expect.any(Error) }],
  ['that none came', undefined, { outcome: 'unknown', cause: expect.any(Error) }],
])('a call of a function says %s', async (_, given, outcome) => {
  answer = given;
  expect(await invoke('keys-of-a', {}, 2_000)).toStrictEqual(outcome);
  expect(paths.at(-1)).toBe('/2015-03-31/functions/keys-of-a/invocations');
});
