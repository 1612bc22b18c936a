import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Asked } from '../../../lambdas/models/answer/answer.ts';
import { freshServer, server } from './call-world.ts';
import { ask, at, completion, failed, GOOD, request, type Sorted, sent } from './completions.ts';

vi.mock('../../../lambdas/kit/secrets.ts', () => ({ readSecret: vi.fn() }));

beforeEach(freshServer);
afterEach(() => server.close());

const run = (finish_reason: unknown, ...more: Parameters<typeof completion>[]) => {
  server.answers = [completion(GOOD, { finish_reason }), ...more.map((it) => completion(...it))];
  return ask(at(server), request);
};

describe('a good document with the finish reason', () => {
  it.each([
    null,
    undefined,
    '',
    'stop',
    'STOP',
    'FINISH_REASON_STOP',
    'end_turn',
    'eos_token',
    'stop_sequence',
  ])('%s is an answer', async (reason) => expect(await run(reason)).toMatchObject({ replies: 1 }));

  it.each([
    ...['length', 'max_tokens', 'MAX_TOKENS', 'model_length'].map((reason) => [reason, 'cut']),
    ...[
      'content_filter',
      'SAFETY',
      'Safety',
      'sensitive',
      'RECITATION',
      'PROHIBITED_CONTENT',
      'content_filter: SPII',
      'blocklist',
    ].map((reason) => [reason, 'filtered']),
    ...['refusal'].map((reason) => [reason, 'refused']),
    ...['error', 'abort', 'ABORTED', 'insufficient_system_resource', 'cancelled'].map((reason) => [
      reason,
      'transient',
    ]),
  ])('%s is none, but %s', async (reason, kind) => {
    expect((await failed(run(reason))).kind).toBe(kind);
    expect(server.seen).toHaveLength(1);
  });

  it.each(['because', 'tool_calls', 'stopped early', 7, {}, ['stop']])(
    '%j is not taken: nobody knows what it says, and the model is asked again',
    async (reason) => {
      expect(await run(reason, [GOOD])).toMatchObject({ replies: 2 });
      expect(sent(server, 1).messages.at(-1)?.content).toContain('it did not end as an answer does');
      expect((await failed(run(reason))).kind).toBe('unusable');
    },
  );
});

describe('an answer that is empty', () => {
  it.each([
    ['reasoning_content', GOOD],
    ['reasoning', GOOD],
    ['tool_calls', [{ function: { name: 'x', arguments: GOOD } }]],
    ['function_call', { name: 'x' }],
  ])('and whose text is in %s says so, and is asked for once', async (field, value) => {
    for (const content of [null, '', []]) {
      server.seen.length = 0;
      server.answers = [completion(null, { message: { role: 'assistant', content, [field]: value } })];

      expect(await failed(ask(at(server), request))).toMatchObject({
        kind: 'unusable',
        message: `the model's answer to 'route' is empty: its text is in '${field}'`,
      });
      expect(server.seen).toHaveLength(1);
    }
  });

  it('and whose text is nowhere is asked for again', async () => {
    server.answers = [
      completion(null, { message: { content: null, tool_calls: [], reasoning: '' } }),
      completion(GOOD),
    ];
    expect(await ask(at(server), request)).toMatchObject({ replies: 2 });
  });
});

describe('a server that counts less of a question than it can be', () => {
  const long = { ...request, input: { text: 'two words '.repeat(1000) } };
  const count = (prompt_tokens: number, asked: Asked<Sorted> = long, details = {}) => {
    server.answers = [completion(GOOD, {}, { prompt_tokens, completion_tokens: 5, ...details })];
    return ask(at(server), asked);
  };

  it('has read only a part of it, and is billed as if it had counted nothing', async () => {
    const failure = await failed(count(128));

    expect(failure).toMatchObject({
      kind: 'clipped',
      message: "endpoint 'house': it read only a part of the request of the step 'route'",
    });
    expect(failure.usage.inputTokens).toBeGreaterThan(8000);
    expect(server.seen).toHaveLength(1);
  });

  it('is believed where it could be, where the rest was in its cache, and where the question is short', async () => {
    expect(await count(2100)).toMatchObject({ reply: { usage: { inputTokens: 2100 } } });
    const details = { prompt_tokens_details: { cached_tokens: 2000 } };
    expect(await count(100, long, details)).toMatchObject({ reply: { usage: { inputTokens: 100 } } });
    expect(await count(1, request)).toMatchObject({ reply: { usage: { inputTokens: 1 } } });
  });
});
