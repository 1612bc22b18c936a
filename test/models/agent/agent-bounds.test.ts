import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProcessingError, SystemError } from '../../../lambdas/kit/errors.ts';
import { BudgetSpent, Waiting } from '../../../lambdas/outbound/waiting-error.ts';
import { ID } from '../../support/fixtures.ts';
import type { Answer } from '../../support/http.ts';
import { time } from '../../support/world.ts';
import { endpoint, offer } from '../offers.ts';
import { allClosed } from '../runners.ts';
import {
  calls,
  Desk,
  endWorld,
  freshWorld,
  LATE,
  look,
  order,
  says,
  sent,
  server,
  told,
} from './agent-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(freshWorld);
afterEach(endWorld);

/** Who counts fewer tokens than were sent has read a part only. */
const counted =
  (answer: Answer): Answer =>
  (response, { body }) => {
    if (typeof answer === 'function') return;
    const usage = { prompt_tokens: 1000 + Math.ceil(body.length / 8), completion_tokens: 20 };
    const whole = JSON.stringify({ ...(answer.body as object), usage });
    response.writeHead(200, { 'content-type': 'application/json' }).end(whole);
  };

/** Answers to every request: with tools by calling for another order, without them well. */
const restless: Answer = (response, seen) => {
  const { tools } = JSON.parse(seen.body);
  const answer = counted(tools ? order(String(1000 + server.seen.length)) : says(LATE));
  if (typeof answer === 'function') answer(response, seen);
};

/** The last request has no tools, and tells as data what was found before. */
function expectLastWords(requests: number): void {
  expect(sent()).toHaveLength(requests);
  const last = sent().at(-1);
  expect(last?.tools).toBeUndefined();
  expect(last?.response_format).toMatchObject({ type: 'json_schema' });
  expect(last?.messages.map(({ role }) => role)).not.toContain('tool');
}

describe('an agent that comes to no end', () => {
  it('is asked for its answer in its last turn, without tools', async () => {
    const desk = new Desk();
    server.answers = [restless];
    const { step, answer } = look(desk, { mostTurns: 4 });

    expect(await answer).toEqual(LATE);

    expectLastWords(4);
    expect(sent().at(-1)?.messages.at(-1)?.content).toContain('"due":"2026-11-01"');
    expect(desk.asked).toEqual(['1001', '1002', '1003']);
    expect(step.traces[0]).toMatchObject({ turns: 4, ended: 'turns' });
  });

  it('is a person’s where it gives no answer even then', async () => {
    server.answers = [order('1182'), says('I am not sure.')];
    await expect(look(new Desk(), { mostTurns: 2 }).answer).rejects.toThrow(
      new ProcessingError("the model's answer to 'look#2' does not fit its schema, also after a second try"),
    );
    await allClosed();
    const again = look(new Desk(), { mostTurns: 2 });
    await expect(again.answer).rejects.toThrow(ProcessingError);
    expect(server.seen).toHaveLength(3);
    expect(again.step.traces[0]?.looked).toHaveLength(1);
  });

  it('is asked for its answer where the money of the agent holds no other turn', async () => {
    server.answers = [restless];
    const { step, answer } = look(new Desk(), { mostUsd: 0.005, mostTurns: 20 });
    expect(await answer).toEqual(LATE);
    expect(sent().length).toBeLessThan(20);
    expectLastWords(sent().length);
    expect(step.traces[0]?.ended).toBe('money');
    const usd = step.lineage.reduce((sum, { costUsd }) => sum + costUsd, 0);
    expect(usd).toBeLessThan(0.005);
  });

  it('is not begun where the money of the item does not hold a turn', async () => {
    const budget = { perDayUsd: 1, perItemUsd: 0.0001 };
    await expect(look(new Desk(), {}, { of: { budget } }).answer).rejects.toThrow(
      new ProcessingError("the step 'look#1' could cost more than the item's budget"),
    );
    expect(server.seen).toEqual([]);
  });

  it('waits with its item for the money of the day', async () => {
    const budget = { perDayUsd: 0.0001, perItemUsd: 1 };
    await expect(look(new Desk(), {}, { of: { budget } }).answer).rejects.toThrow(BudgetSpent);
  });

  it('is asked for its answer once its turns took the models too long', async () => {
    server.answers = [
      (response, seen) => {
        time.at += 4000;
        if (typeof restless === 'function') restless(response, seen);
      },
    ];
    const { step, answer } = look(new Desk(), { mostSeconds: 10, mostTurns: 20 });
    expect(await answer).toEqual(LATE);
    expectLastWords(4);
    expect(step.traces[0]?.ended).toBe('time');
  });

  it('gives its item back where the function ends too soon, and goes on in the next delivery', async () => {
    const desk = new Desk();
    server.answers = [order('1182'), says(LATE)];
    const first = look(desk, {}, { deadline: time.at + 140_000 });
    desk.found = () => {
      time.at += 60_000;
      return { due: '2026-11-01' };
    };
    await expect(first.answer).rejects.toThrow(Waiting);
    await allClosed();
    desk.found = () => ({ due: '2026-11-01' });

    expect(await look(desk, {}, { deadline: time.at + 140_000 }).answer).toEqual(LATE);
    expect(server.seen).toHaveLength(2);
  });

  it('is asked for its answer where it has read more than there is room for', async () => {
    const desk = new Desk();
    desk.found = () => ({ note: 'x'.repeat(50_000) });
    server.answers = [restless];
    const { step, answer } = look(desk, { mostTurns: 20 });
    expect(await answer).toEqual(LATE);
    expect(step.traces[0]?.ended).toBe('room');
    expectLastWords(9);
  });
});

describe('an agent that found more than may be read', () => {
  const five = calls(
    ...['1001', '1002', '1003', '1004', '1005'].map((id): [string, unknown] => ['lookup_order', { id }]),
  );
  const desk = new Desk();
  desk.found = (id) => ({ id, note: 'late '.repeat(1_150) });

  /** What it came to in each of these worlds: its answer, or that nothing was begun. */
  async function ends(worlds: readonly ((generation: number) => Parameters<typeof look>)[]) {
    const told: string[] = [];
    for (const [at, given] of worlds.entries()) {
      server.seen.length = 0;
      server.answers = [counted(five), counted(says(LATE))];
      const { answer } = look(...given(at + 1));
      const came = await answer.then(
        ({ status }) => status,
        (error: Error) => (server.seen.length === 0 ? 'not begun' : error.message),
      );
      told.push(came);
    }
    return told;
  }
  const item = (generation: number) => ({ id: ID, generation, priority: 'normal' as const });

  it('is asked for its answer with what there is money for', async () => {
    const most = Array.from({ length: 24 }, (_, at) => 0.0004 * 1.2 ** at);
    const came = await ends(most.map((mostUsd) => (to) => [desk, { mostUsd }, { item: item(to) }]));
    expect([...new Set(came)].sort()).toEqual(['late', 'not begun']);
  });

  it('is asked for its answer with what its model has room for', async () => {
    const most = Array.from({ length: 20 }, (_, at) => Math.round(2000 * 1.2 ** at));
    const came = await ends(
      most.map((contextTokens) => (to) => [
        desk,
        {},
        { item: item(to), at: { models: [offer({ contextTokens })] } },
      ]),
    );
    expect([...new Set(came)]).toEqual(['late']);
  });
});

describe('an agent that misuses its tools', () => {
  it.each([
    ['a tool that it was not given', calls(['delete_order', { id: '1182' }]), 'there is no such tool'],
    ['an action', calls(['issue-refund', { amount: '4999.00' }]), 'which only read, and nothing else'],
    ['what objects inherit', calls(['constructor', {}]), 'there is no such tool'],
    ['arguments of another kind', order('a stranger'), 'its arguments do not fit: /id '],
    ['more than its arguments', calls(['lookup_order', { id: '1182', as: 'admin' }]), 'do not fit: '],
    ['what is no JSON', calls(['lookup_order', '{"id":']), 'its arguments are no JSON'],
    ['nothing at all', calls(['lookup_order', '']), 'its arguments do not fit: /id '],
  ])('is told of %s, and nothing is asked', async (_name, reply, why) => {
    const desk = new Desk();
    server.answers = [reply, says(LATE)];
    const { step, answer } = look(desk);

    expect(await answer).toEqual(LATE);

    expect(desk.asked).toEqual([]);
    const [only] = told() as [{ error: string }];
    expect(only.error).toContain(why);
    expect(only.error.length).toBeLessThan(400);
    expect(step.traces[0]?.looked).toMatchObject([{ turn: 1, came: 'refused' }]);
  });

  it('leaves no words of its own in the lineage', async () => {
    server.answers = [calls(['issue-refund', {}], ['lookup_order', { id: '1182' }]), says(LATE)];
    const { step, answer } = look(new Desk());
    await answer;
    expect(step.lineage[0]?.tools).toEqual(['unknown', 'lookup_order']);
  });

  it('is told once that it asked the same before, and then asked for its answer', async () => {
    const desk = new Desk();
    const same = [
      calls(['lookup_order', '{"id":"1182"}']),
      calls(['lookup_order', '{ "id": "1182" }']),
      order('1182'),
    ];
    server.answers = [...same, says(LATE)];
    const { step, answer } = look(desk, { mostTurns: 20 });

    expect(await answer).toEqual(LATE);

    expect(desk.asked).toEqual(['1182']);
    expectLastWords(4);
    expect(step.traces[0]?.ended).toBe('loop');
  });

  it('gets no more than a few of fifty calls at once', async () => {
    const desk = new Desk();
    const fifty = Array.from({ length: 50 }, (_, at): [string, unknown] => [
      'lookup_order',
      { id: String(1000 + at) },
    ]);
    server.answers = [calls(...fifty), says(LATE)];
    await look(desk).answer;

    expect(desk.asked).toHaveLength(5);
    expect(told().at(-1)).toMatchObject({ note: '45 more calls were not made: at most 5 at a time' });
    expect(sent().at(-1)?.messages.at(2)?.tool_calls).toHaveLength(5);
  });

  it('has not answered while it calls, whatever it says beside', async () => {
    const desk = new Desk();
    const both = order('1182');
    if (typeof both === 'function') throw new Error('no such answer');
    const [choice] = (both.body as { choices: { message: object }[] }).choices;
    Object.assign(choice?.message ?? {}, { content: '{"status":"on time"}' });
    server.answers = [both, says(LATE)];

    expect(await look(desk).answer).toEqual(LATE);
    expect(desk.asked).toEqual(['1182']);
  });

  it('is asked once more, for its answer alone, where what it says does not fit', async () => {
    const desk = new Desk();
    server.answers = [order('1182'), says('It is late, I think.'), says(LATE)];
    const { step, answer } = look(desk);
    expect(await answer).toEqual(LATE);
    expectLastWords(3);
    expect(step.traces[0]?.ended).toBe('unfit');
  });
});

describe('an endpoint without tools', () => {
  const two = (capabilities: object) => [
    endpoint('b', [offer({ inputUsdPerMillion: 0.01 })], { baseUrl: `${server.url}/b`, capabilities }),
    endpoint('a', [offer()], { baseUrl: `${server.url}/a` }),
  ];

  it('is not asked, though it is the cheapest; without tools it may be', async () => {
    server.answers = [order('1182'), says('hm'), says(LATE)];
    await look(new Desk(), {}, { endpoints: two({ tools: false }) }).answer;
    expect(server.seen.map(({ path }) => path.split('/')[1])).toEqual(['a', 'a', 'b']);
  });

  it('is left for another one where it refuses them', async () => {
    const refusal = {
      status: 400,
      body: { error: { message: 'this model does not support tools', code: null, param: null } },
    };
    server.answers = [refusal, order('1182'), says(LATE)];
    expect(await look(new Desk(), {}, { endpoints: two({}) }).answer).toEqual(LATE);
    expect(server.seen.slice(0, 2).map(({ path }) => path.split('/')[1])).toEqual(['b', 'a']);
  });

  it('is a setting to mend where there is no other', async () => {
    const [only] = two({ tools: false });
    await expect(look(new Desk(), {}, { endpoints: only ? [only] : [] }).answer).rejects.toThrow(
      new SystemError("no endpoint serves the step 'look#1': b/luna: it cannot do tools"),
    );
  });
});
