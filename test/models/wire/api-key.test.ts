import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readSecret } from '../../../lambdas/kit/secrets.ts';
import { chat } from '../../../lambdas/models/wire/chat.ts';
import { type Stub, stubServer } from '../../support/http.ts';
import { at, completion, failed, GOOD, OFFER, schema } from './completions.ts';

/* A key that somebody has just filled in counts at once, whatever an instance remembers. */

vi.mock('../../../lambdas/kit/secrets.ts', () => ({ readSecret: vi.fn() }));

let server: Stub;
beforeEach(async () => {
  server = await stubServer();
});
afterEach(() => server.close());

const refused = { status: 401, body: { error: { code: 'invalid_api_key', message: 'no' } } };
const asked = { step: 'route', messages: [{ role: 'user' as const, content: 'hello' }], schema };
const keys = () => server.seen.map(({ headers }) => headers.authorization);

/** What the memory holds, and what the secret holds now. */
function remembers(kept: string, now: string): void {
  vi.mocked(readSecret).mockImplementation(async (_, keepMs) => ({ apiKey: keepMs === 0 ? now : kept }));
}

it('is used when the remembered one is refused', async () => {
  remembers('old', 'new');
  server.answers = [refused, completion(GOOD)];
  expect(await chat(at(server), OFFER, asked)).toMatchObject({ text: GOOD });
  expect(keys()).toEqual(['Bearer old', 'Bearer new']);
});

it('is used when none is remembered', async () => {
  remembers('', 'new');
  server.answers = [completion(GOOD)];
  await chat(at(server), OFFER, asked);
  expect(keys()).toEqual(['Bearer new']);
});

it('that is still the same one is not tried twice', async () => {
  remembers('old', 'old');
  server.answers = [refused, completion(GOOD)];
  expect(await failed(chat(at(server), OFFER, asked))).toMatchObject({ kind: 'key' });
  expect(keys()).toEqual(['Bearer old']);
});

it('that was taken out says what to fill', async () => {
  remembers('old', '');
  server.answers = [refused];
  const failure = await failed(chat(at(server), OFFER, asked));
  expect(failure).toMatchObject({
    kind: 'key',
    message: expect.stringContaining('has no "apiKey": fill it'),
  });
});
