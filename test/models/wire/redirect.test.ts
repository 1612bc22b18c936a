import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { chat } from '../../../lambdas/models/wire/chat.ts';
import { embeddings } from '../../../lambdas/models/wire/embeddings.ts';
import { probeEndpoint } from '../../../lambdas/operate/probe/endpoint.ts';
import { type Stub, stubServer } from '../../support/http.ts';
import { time, world } from '../../support/world.ts';
import { offer } from '../offers.ts';
import { at, completion, failed, GOOD, OFFER, SECRET_WORDS, schema } from './completions.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));

/* Where an item's data may go is decided by the configuration, and not by whoever answers there. */

let elsewhere: Stub;
let house: Stub;

beforeEach(async () => {
  world.reset();
  time.freeze();
  world.secrets = { 'signalbox/endpoint': '{"apiKey":"key-1"}' };
  elsewhere = await stubServer(completion(GOOD));
});
afterEach(() => Promise.all([house.close(), elsewhere.close()]));

const VECTORS = offer({ name: 'words', kind: 'embeddings' });

it.each([301, 302, 303, 307, 308])('a question does not follow a %i', async (status) => {
  house = await stubServer({ status, headers: { location: `${elsewhere.url}/v1/chat/completions` } });
  const messages = [{ role: 'user' as const, content: SECRET_WORDS }];

  const failure = await failed(chat(at(house), OFFER, { step: 'route', messages, schema }));

  expect(failure).toMatchObject({ kind: 'request', calls: [] });
  expect(failure.message).toContain(`refused the request with ${status} (base URL`);
  expect(elsewhere.seen).toEqual([]);
});

it('a text to embed does not follow one', async () => {
  house = await stubServer({ status: 307, headers: { location: `${elsewhere.url}/v1/embeddings` } });

  const failure = await failed(embeddings(at(house), VECTORS, 'find', [SECRET_WORDS], 10));

  expect(failure.kind).toBe('request');
  expect(elsewhere.seen).toEqual([]);
});

it('a probe does not follow one, and says that the address is no model server', async () => {
  house = await stubServer({ status: 307, headers: { location: elsewhere.url } });

  const { problems } = await probeEndpoint(at(house, { models: [OFFER] }));

  expect(problems.join()).toMatch(/307/);
  expect(elsewhere.seen).toEqual([]);
});
