import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { chat, inputBound } from '../../../lambdas/models/wire/chat.ts';
import { callsIn, MOST_CALLS, toldCall } from '../../../lambdas/models/wire/tools.ts';
import type { Answer } from '../../support/http.ts';
import { freshServer, server } from './call-world.ts';
import { at, completion, failed, OFFER, schema } from './completions.ts';

vi.mock('../../../lambdas/kit/secrets.ts', () => ({ readSecret: vi.fn() }));

beforeEach(freshServer);
afterEach(() => server.close());

const tools = [
  {
    ...{ name: 'lookup_order', description: 'An order.' },
    schema: z.strictObject({ id: z.string().check(z.maxLength(9)) }),
  },
];
const messages = [{ role: 'system' as const, content: 'Sort.' }];
const asked = { step: 'look#2', messages, schema, tools };

const run = (answer: Answer, offered = true) => {
  server.answers = [answer];
  return chat(at(server), OFFER, offered ? asked : { ...asked, tools: undefined });
};

const call = (name: unknown, given: unknown) => ({ function: { name, arguments: given } });
const calling = (message: object, finish: unknown = 'tool_calls') =>
  completion(null, { finish_reason: finish, message: { role: 'assistant', content: null, ...message } });

describe('a request with tools', () => {
  it('holds their names and the shape of their arguments, and the answer’s schema as words', async () => {
    await run(completion('{}'));
    const [sent] = server.seen.map(({ body }) => JSON.parse(body));
    expect(sent.tools).toEqual([
      {
        type: 'function',
        function: {
          ...{ name: 'lookup_order', description: 'An order.' },
          parameters: {
            ...{ type: 'object', additionalProperties: false, required: ['id'] },
            properties: { id: { type: 'string' } },
          },
        },
      },
    ]);
    expect(sent).toMatchObject({ tool_choice: 'auto' });
    expect(sent).not.toHaveProperty('response_format');
    expect(sent.messages[0].content).toMatch(/^Sort\.\n\n[\s\S]*\n\{"title":"look",.*\}$/);
  });

  it('is booked with all that it holds', () => {
    const bare = inputBound(at(server), { ...asked, tools: undefined });
    expect(inputBound(at(server), asked)).toBeGreaterThan(bare);
  });
});

describe('calls in an answer', () => {
  it.each([
    ['as they should be', { tool_calls: [call('lookup_order', '{"id":"7"}')] }, '{"id":"7"}'],
    ['with arguments that are no text', { tool_calls: [call('lookup_order', { id: '7' })] }, '{"id":"7"}'],
    ['without arguments', { tool_calls: [call('lookup_order', null)] }, '{}'],
    ['by the older name', { function_call: { name: 'lookup_order', arguments: '' } }, '{}'],
  ])('are read %s', async (_name, message, given) => {
    const { called, text } = await run(calling(message));
    expect(called).toEqual({ calls: [{ name: 'lookup_order', arguments: given }], more: 0 });
    expect(text).toBe('');
  });

  it.each(['tool_calls', 'function_call', 'tool_use', 'stop', null])(
    'are read whatever ends it: %j',
    async (end) => {
      const { called, fault } = await run(calling({ tool_calls: [call('lookup_order', '{}')] }, end));
      expect([called?.calls.length, fault]).toEqual([1, undefined]);
    },
  );

  it('are no answer where nothing was offered', async () => {
    const { kind } = await failed(run(calling({ tool_calls: [call('x', '{}')] }), false));
    expect(kind).toBe('unusable');
  });

  it('are bounded in number and length, and what is none is left out', () => {
    const many = Array.from({ length: 50 }, () => call('n'.repeat(500), 'x'.repeat(90_000)));
    const { calls, more } = callsIn({ tool_calls: [null, 7, {}, call(7, '{}'), ...many] });
    expect([calls.length, more]).toEqual([MOST_CALLS, 50 - MOST_CALLS]);
    expect(calls[0]?.name).toHaveLength(64);
    expect(calls[0]?.arguments).toHaveLength(4000);
  });

  it('are told back in a form that every server takes', () => {
    expect(toldCall({ name: 'do it; now', arguments: '[1' }, 'call_1_1')).toEqual({
      ...{ id: 'call_1_1', type: 'function' },
      function: { name: 'do_it__now', arguments: '{}' },
    });
    expect(toldCall({ name: 'a', arguments: '7' }, 'c').function.arguments).toBe('{}');
  });

  it('are put together where a server streams', async () => {
    const event = (delta: object, more: object = {}) =>
      `data: ${JSON.stringify({ choices: [{ index: 0, delta, ...more }] })}\n\n`;
    const piece = (index: number, said: object) => event({ tool_calls: [{ index, function: said }] });
    const { called } = await run({
      status: 200,
      headers: { 'content-type': 'text/event-stream' },
      body: [
        piece(0, { name: 'lookup_order', arguments: '' }),
        piece(0, { arguments: '{"id":' }),
        piece(1, { name: 'lookup_order', arguments: '{"id":"8"}' }),
        piece(0, { arguments: '"7"}' }),
        piece(5000, { name: 'far away' }),
        event({}, { finish_reason: 'tool_calls' }),
        'data: [DONE]\n\n',
      ].join(''),
    });
    expect(called?.calls).toEqual([
      { name: 'lookup_order', arguments: '{"id":"7"}' },
      { name: 'lookup_order', arguments: '{"id":"8"}' },
    ]);
  });

  it('are cut with the answer that holds them', async () => {
    const { kind } = await failed(run(calling({ tool_calls: [call('a', '{')] }, 'length')));
    expect(kind).toBe('cut');
  });
});
