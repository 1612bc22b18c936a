import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProcessingError, TransientError } from '../../../lambdas/kit/errors.ts';
import { paidInAll } from '../runners.ts';
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
  TURN_USD,
  told,
} from './agent-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(freshWorld);
afterEach(endWorld);

describe('an agent', () => {
  it('looks up what it needs and answers; each turn stands in the lineage with what it asked', async () => {
    const desk = new Desk();
    server.answers = [order('1182'), calls(['search_terms', { query: 'late' }]), says(LATE)];
    const { step, answer } = look(desk);

    expect(await answer).toEqual(LATE);

    expect(desk.asked).toEqual(['1182', 'late']);
    expect(step.lineage.map(({ step: name, tools }) => [name, tools])).toEqual([
      ['look#1', ['lookup_order']],
      ['look#2', ['search_terms']],
      ['look#3', undefined],
    ]);
    expect(await paidInAll()).toBe(3 * TURN_USD * 1e6);
    expect(step.confidence('look')).toBeNull();
  });

  it('is told what was found as answers to its calls, and nothing of it as an instruction', async () => {
    server.answers = [order('1182'), says(LATE)];
    await look(new Desk()).answer;

    const [first, second] = sent();
    expect(first?.tools?.map(({ function: { name } }) => name)).toEqual(['lookup_order', 'search_terms']);
    expect(first?.response_format).toBeUndefined();
    expect(first?.messages.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(second?.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool']);
    expect(second?.messages[3]?.tool_call_id).toBe(second?.messages[2]?.tool_calls?.[0]?.id);
    expect(told()).toEqual([{ found: { id: '1182', due: '2026-11-01' } }]);
  });

  it('tells how it came to its answer', async () => {
    server.answers = [order('1182'), calls(['pay', {}]), says(LATE)];
    const { step, answer } = look(new Desk());
    await answer;

    expect(step.traces).toEqual([
      {
        ...{ agent: 'look', turns: 3 },
        looked: [
          {
            ...{ turn: 1, kind: 'lookup', of: 'order', asked: { id: '1182' }, came: 'found' },
            found: 'id: 1182\ndue: 2026-11-01',
          },
          { turn: 2, came: 'refused' },
        ],
      },
    ]);
  });

  it('hears that there is no such thing, and that a source cannot be asked', async () => {
    const desk = new Desk();
    desk.found = (id) => (id === '1000' ? null : undefined);
    server.answers = [calls(['lookup_order', { id: '1000' }], ['lookup_order', { id: '2000' }]), says(LATE)];
    const { step, answer } = look(desk);
    await answer;

    expect(told()).toEqual([{ found: null }, { error: 'it cannot be asked now' }]);
    expect(step.traces[0]?.looked.map(({ came }) => came)).toEqual(['nothing', 'unavailable']);
  });

  it('waits with its item for a source that is down, and goes on without paying again', async () => {
    const desk = new Desk();
    desk.found = () => {
      throw new TransientError('the source is down');
    };
    server.answers = [order('1182'), says(LATE)];
    await expect(look(desk).answer).rejects.toThrow(TransientError);

    desk.found = () => ({ due: '2026-11-01' });
    expect(await look(desk).answer).toEqual(LATE);
    expect(server.seen).toHaveLength(2);
  });

  it('is told where a source gave an answer of no use', async () => {
    const desk = new Desk();
    desk.found = () => {
      throw new ProcessingError('its answer does not fit');
    };
    server.answers = [order('1182'), says({ status: 'unknown' })];
    await look(desk).answer;
    expect(told()).toEqual([{ error: 'it gave no usable answer' }]);
  });

  it('reads the beginning of a long answer, and is told so', async () => {
    const desk = new Desk();
    desk.found = () => ({ note: 'x'.repeat(50_000) });
    server.answers = [order('1182'), says(LATE)];
    await look(desk).answer;

    const [only] = told() as [{ found: string; cut: string }];
    expect(only.found.length).toBeLessThanOrEqual(6000);
    expect(only.cut).toBe('these are the first 6000 of 50011 characters');
  });

  it('goes on with notes at a server that refuses a conversation with calls in it, and at once from then on', async () => {
    server.answers = [
      (response, { body }) => {
        const { messages } = JSON.parse(body) as { messages: { role: string }[] };
        const refuses = messages.some(({ role }) => role === 'tool');
        const asked = JSON.stringify(messages).split('lookup_order').length - 1;
        const next = asked === 0 ? order('1182') : asked === 1 ? order('1183') : says(LATE);
        const body_ = typeof next === 'function' ? {} : next.body;
        response.writeHead(refuses ? 400 : 200, { 'content-type': 'application/json' });
        response.end(
          JSON.stringify(refuses ? { error: { message: 'a call is missing its signature' } } : body_),
        );
      },
    ];
    const desk = new Desk();
    const at = { name: 'signs' };
    const { step, answer } = look(desk, {}, { at: { ...at, secret: 'signalbox/endpoints/a' } });

    expect(await answer).toEqual(LATE);

    expect(desk.asked).toEqual(['1182', '1183']);
    // Four requests that were paid for or refused: the third turn is sent as notes at once.
    expect(sent()).toHaveLength(4);
    expect(sent().at(-1)?.messages.at(-1)?.content).toContain('"asked":"{\\"id\\":\\"1183\\"}"');
    expect(step.lineage.map(({ step: name, failure }) => [name, failure])).toEqual([
      ['look#1', undefined],
      ['look#2', 'request'],
      ['look#2', undefined],
      ['look#3', undefined],
    ]);
    expect(await paidInAll()).toBe(3 * TURN_USD * 1e6);
  });

  it('answers what a reviewer said as any step does', async () => {
    server.answers = [order('1182'), says(LATE)];
    await look(new Desk(), {}, { feedback: ['look again'] }).answer;
    for (const { messages } of sent()) expect(messages[2]?.content).toContain('{"feedback":["look again"]}');
  });

  it('has a measured confidence only where its step asks for one, of its answer alone', async () => {
    server.answers = [order('1182'), says(LATE)];
    const steps = { look: { confidence: 'agreement' as const } };
    const { step, answer } = look(new Desk(), {}, { of: { steps } });
    expect(await answer).toEqual(LATE);

    expect(step.lineage.map((entry) => entry.step)).toEqual(['look#1', 'look#2', ...Array(3).fill('look#3')]);
    expect(step.lineage.at(2)?.rawConfidence).toBe(1);
    expect(step.confidence('look')).toBeNull();
  });

  it('begins no further turn once the thinking of its item is over', async () => {
    const desk = new Desk();
    server.answers = [order('1182'), says(LATE)];
    const { step, answer } = look(desk);
    desk.found = () => step.close().then(() => ({ due: '2026-11-01' }));
    await expect(answer).rejects.toThrow('the thinking of this item is over');
    expect(server.seen).toHaveLength(1);
  });
});
