import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { errorFacts, TransientError } from '../../../lambdas/kit/errors.ts';
import { answerOf } from '../../../lambdas/models/answer/answer.ts';
import { Requests } from '../../../lambdas/models/paid-call.ts';
import { REASK_TOKENS } from '../../../lambdas/models/prices.ts';
import type { Reply } from '../../../lambdas/models/wire/completion.ts';
import { mostTokens } from '../../../lambdas/models/wire/tokens.ts';
import { AFTER, CallFailure, errorOf } from '../../../lambdas/outbound/classify.ts';
import { rateHeaders } from '../../../lambdas/outbound/rate-headers.ts';
import { type Answer, reset, type Stub, stubServer } from '../../support/http.ts';
import {
  ask,
  at,
  completion,
  failed,
  fault,
  GOOD,
  PAID,
  refusal,
  request,
  SECRET_WORDS,
  sent,
} from '../wire/completions.ts';

vi.mock('../../../lambdas/kit/secrets.ts', () => ({ readSecret: async () => ({ apiKey: 'key-1' }) }));

let server: Stub;
/** What the test paid for. */
let requests: Requests;
beforeEach(async () => {
  server = await stubServer();
  requests = new Requests();
});
afterEach(() => server.close());

const run = (...answers: Answer[]) => {
  server.answers = answers;
  requests = new Requests();
  return ask(at(server), request, requests);
};

describe('one structured answer', () => {
  it('costs one call', async () => {
    const answer = await run(completion(GOOD));

    expect(answer).toMatchObject({
      value: { label: 'Billing', amount: '24.90' },
      replies: 1,
      repaired: false,
      reply: { model: 'small-2026', text: GOOD, usage: PAID },
    });
    expect(server.seen).toHaveLength(1);
  });

  it("never puts the item's words into the system message", async () => {
    await run(completion('no JSON'), completion(GOOD));

    for (const index of [0, 1]) {
      const [system, user] = sent(server, index).messages;
      expect(system).toEqual({ role: 'system', content: 'Sort the message.' });
      expect(sent(server, index).messages.filter(({ role }) => role === 'system')).toHaveLength(1);
      expect(JSON.parse(user?.content ?? '')).toEqual({ text: SECRET_WORDS });
    }
  });

  it('is told what a reviewer said after the input and before the objection', async () => {
    server.answers = [completion('no JSON'), completion(GOOD)];

    await ask(at(server), { ...request, feedback: 'not so' });

    const roles = (index: number) => sent(server, index).messages.map(({ role }) => role);
    expect(roles(0)).toEqual(['system', 'user', 'user']);
    expect(roles(1)).toEqual(['system', 'user', 'user', 'assistant', 'user']);
    for (const index of [0, 1]) expect(sent(server, index).messages[2]?.content).toBe('not so');
  });

  it.each([
    ['not JSON', 'Sure! Billing.', /not a JSON document/],
    ['a wrong label', '{"label":"Sales","amount":"1"}', /\/label.*Billing/],
    ['a missing field', '{"label":"other"}', /\/amount/],
    ['a field too much', '{"label":"other","amount":"1","why":"x"}', /why/],
    ['a limit passed', '{"label":"other","amount":"123456"}', /\/amount/],
    ['cut off', '{"label":"other","amount":"12', /breaks off/],
  ])('is asked for once more when it is %s, and is told what was wrong', async (_name, wrong, words) => {
    const answer = await run(completion(wrong), completion(GOOD));

    expect(answer).toMatchObject({ value: { label: 'Billing' }, replies: 2 });
    expect(requests.usage).toEqual([PAID, PAID]);
    expect(server.seen).toHaveLength(2);
    const [, , first, objection] = sent(server, 1).messages;
    expect(first).toEqual({ role: 'assistant', content: wrong });
    expect(objection?.role).toBe('user');
    expect(objection?.content).toMatch(words);
  });

  it('is asked for once more when there was none, without an empty message', async () => {
    await run(completion(null), completion(GOOD));

    const [, , first, objection] = sent(server, 1).messages;
    expect(first).toEqual({ role: 'assistant', content: '(nothing)' });
    expect(objection?.content).toMatch(/not a JSON document/);
  });

  it('is no good when the second one is none either, and there is no third call', async () => {
    const failure = await failed(run(completion('x'), completion('{"label":1}')));

    expect(failure).toMatchObject({
      kind: 'unusable',
      message: "the model's answer to 'route' does not fit its schema, also after a second try",
    });
    expect(requests.usage).toEqual([PAID, PAID]);
    expect(server.seen).toHaveLength(2);
    expect(errorFacts(errorOf(failure)).class).toBe('ProcessingError');
  });

  it.each([
    ['a refusal', refusal, 'refused'],
    ['a cut-off', completion(GOOD, { finish_reason: 'length' }), 'cut'],
    ['a content filter', completion(GOOD, { finish_reason: 'content_filter' }), 'filtered'],
  ])('is not asked for again after %s, and the tokens are counted', async (_name, came, kind) => {
    expect(await failed(run(came))).toMatchObject({ kind });
    expect(requests.usage).toEqual([PAID]);
    expect(server.seen).toHaveLength(1);
  });

  it('is not trusted from a choice that is missing', async () => {
    const body = { id: 'c', choices: [], usage: { prompt_tokens: 1, completion_tokens: 0 } };

    expect(await failed(run({ status: 200, body }))).toMatchObject({ kind: 'unusable' });
  });

  it('comes out of prose and a fence', async () => {
    const answer = await run(completion(`Here it is:\n\`\`\`json\n${GOOD}\n\`\`\`\nAnything else?`));

    expect(answer).toMatchObject({
      value: { label: 'Billing', amount: '24.90' },
      repaired: true,
      replies: 1,
    });
  });
});

describe('a list', () => {
  const lines = {
    ...request,
    missing: ({ amount }: { amount: string }) => (amount === '1' ? 'line 2 of 2' : undefined),
  };
  const part = completion('{"label":"other","amount":"1"}');

  it('that fits the schema is asked for again when the step finds something missing', async () => {
    server.answers = [part, completion(GOOD)];

    expect(await ask(at(server), lines)).toMatchObject({ value: { amount: '24.90' }, replies: 2 });
    expect(sent(server, 1).messages.at(-1)?.content).toContain('it is incomplete: line 2 of 2');
  });

  it('is no answer when it stays incomplete', async () => {
    server.answers = [part];

    expect(await failed(ask(at(server), lines))).toMatchObject({
      kind: 'unusable',
      message: "the model's answer to 'route' is incomplete, also after a second try",
    });
  });

  it('whose check breaks goes to a person, with what was paid', async () => {
    server.answers = [completion(GOOD)];
    const broken = {
      ...request,
      missing: () => {
        throw new TypeError(SECRET_WORDS);
      },
    };

    const failure = await failed(ask(at(server), broken, requests));

    expect(failure.kind).toBe('unusable');
    expect(requests.usage).toEqual([PAID]);
    expect(failure.message).toBe("the check of the answer to 'route' failed by itself");
    expect(server.seen).toHaveLength(1);
  });
});

describe('what was spent', () => {
  it('on the first answer is known when the second call fails', async () => {
    for (const [second, more] of [
      [fault(500), 0],
      [refusal, 1],
      [reset, 1],
    ] as const) {
      await failed(run(completion('no JSON'), second));

      expect(requests.usage[0]).toEqual(PAID);
      expect(requests.usage).toHaveLength(1 + more);
    }
  });

  it('is known when something else than the call breaks in between', async () => {
    const busy = new TransientError('no turn at the endpoint');
    const replies = [reply('no JSON')];

    const asking = answerOf(
      () => requests.make(async () => replies.shift() ?? Promise.reject(busy)),
      request,
    );

    await expect(asking).rejects.toBe(busy);
    expect(requests.usage).toEqual([PAID]);
  });

  it('by a second question is bounded, however much is wrong', async () => {
    const wrong = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`поле-${i}`, i]));
    const sentTo: string[] = [];

    await failed(
      answerOf(async (messages) => {
        sentTo.push(messages.map(({ role, content }) => `<${role}>${content}`).join('\n'));
        return reply(JSON.stringify(wrong));
      }, request),
    );

    const [first = '', second = ''] = sentTo;
    expect(mostTokens(second) - mostTokens(first) - mostTokens(JSON.stringify(wrong))).toBeLessThan(
      REASK_TOKENS,
    );
  });

  function reply(text: string): Reply {
    return { text, usage: PAID, headers: rateHeaders(undefined), milliseconds: 1, model: 'small' };
  }
});

describe('a failure', () => {
  it("never quotes: the endpoint's words may hold those of the item", async () => {
    for (const answer of [
      fault(400),
      fault(429),
      fault(500),
      fault(401),
      fault(404),
      completion(SECRET_WORDS, { finish_reason: 'length' }),
      completion(`{"${SECRET_WORDS}":1}`),
    ]) {
      const failure = await failed(run(answer));
      expect(failure.message).not.toContain('4111');
      expect(errorFacts(errorOf(failure)).message).not.toContain('4111');
    }
  });

  it('becomes one of the four classes, and keeps its way back', () => {
    for (const kind of Object.keys(AFTER) as (keyof typeof AFTER)[]) {
      const failure = new CallFailure(kind, 'why');
      const error = errorOf(failure);
      expect(error).toMatchObject({ name: AFTER[kind].error, message: 'why', cause: failure });
    }
  });
});
