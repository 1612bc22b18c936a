import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Answer } from '../../support/http.ts';
import { freshServer, server } from './call-world.ts';
import { ask, at, failed, GOOD, PAID, request } from './completions.ts';

vi.mock('../../../lambdas/kit/secrets.ts', () => ({ readSecret: vi.fn() }));

beforeEach(freshServer);
afterEach(() => server.close());

const event = (part: object) => `data: ${JSON.stringify(part)}\n\n`;
const delta = (fields: object, more: object = {}) =>
  event({ choices: [{ index: 0, delta: fields, ...more }] });
const stream = (...events: string[]): Answer => ({
  status: 200,
  body: events.join(''),
  headers: { 'content-type': 'text/event-stream' },
});
const run = (answer: Answer) => {
  server.answers = [answer];
  return ask(at(server), request);
};

const USAGE = event({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 5 } });
const [HALF, REST] = [GOOD.slice(0, 12), GOOD.slice(12)];

describe('a server that streams although it was not asked to', () => {
  it('is read: the parts are the answer, with what it cost', async () => {
    const answer = await run(
      stream(
        ': a comment\n\n',
        delta({ role: 'assistant', content: '' }),
        delta({ reasoning_content: '{"label":"other","amount":"1"}' }),
        delta({ content: HALF }),
        event({ choices: [{ index: 1, delta: { content: 'another choice' } }] }),
        delta({ content: REST }, { finish_reason: 'stop' }),
        USAGE,
        'data: [DONE]\n\n',
      ),
    );

    expect(answer).toMatchObject({ value: { label: 'Billing' }, reply: { usage: PAID }, replies: 1 });
  });

  it('is read also where it says that it is JSON, and ends its lines like Windows', async () => {
    const body = [delta({ content: GOOD }, { finish_reason: 'stop' }), USAGE]
      .join('')
      .replaceAll('\n', '\r\n');

    expect(await run({ status: 200, body })).toMatchObject({
      value: { label: 'Billing' },
      reply: { usage: PAID },
    });
  });

  it.each([
    ['stops for its length', [delta({ content: HALF }, { finish_reason: 'length' })], 'cut'],
    ['stops for safety', [delta({ content: GOOD }, { finish_reason: 'SAFETY' })], 'filtered'],
    ['refuses', [delta({ refusal: 'I cannot' }, { finish_reason: 'stop' })], 'refused'],
    ['fails with a code', [delta({ content: HALF }), event({ error: { code: 429, message: 'no' } })], 'rate'],
    ['fails in words', [delta({ content: HALF }), event({ error: { message: 'no' } })], 'transient'],
    ['fails in its choice', [delta({}, { error: { code: 'insufficient_quota' } })], 'quota'],
    ['ends before its end', [delta({ content: GOOD })], 'transient'],
    ['calls a tool', [delta({ tool_calls: [{}] }, { finish_reason: 'tool_calls' })], 'unusable'],
  ])('and %s', async (_name, events, kind) => {
    expect(await failed(run(stream(...events)))).toMatchObject({ kind });
  });
});
