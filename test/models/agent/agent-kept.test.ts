import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { joined } from '../../../lambdas/models/lineage.ts';
import { Crash, world } from '../../support/world.ts';
import { allClosed } from '../runners.ts';
import { Desk, endWorld, freshWorld, LATE, look, order, says, sent, server } from './agent-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(freshWorld);
afterEach(endWorld);

/** The same to the same conversation, however often it is asked. */
function script(): void {
  server.answers = [
    (response, { body }) => {
      const { messages } = JSON.parse(body) as { messages: { role: string }[] };
      const turn = messages.filter(({ role }) => role === 'tool').length;
      const next = [order('1182'), order('1183')][turn] ?? says(LATE);
      if (typeof next !== 'function')
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(next.body));
    },
  ];
}

/** How often each conversation was asked. */
const timesAsked = () => {
  const times = new Map<string, number>();
  for (const { messages } of sent()) {
    const said = JSON.stringify(messages);
    times.set(said, (times.get(said) ?? 0) + 1);
  }
  return [...times.values()];
};

/** Turns that are kept, and so are not to be asked again. */
const kept = () => world.tables.all('idempotency').filter(({ id }) => String(id).includes('look#')).length;

describe('an agent whose worker dies', () => {
  it('goes on after the turns that are kept, wherever it died, and pays for none of them again', async () => {
    let ended = 0;
    for (let point = 1; ended === 0; point += 1) {
      for (const after of [false, true]) {
        await endWorld();
        await freshWorld();
        script();
        world.crashAt(point, after);
        const first = look(new Desk());
        const died = await first.answer.then(
          () => undefined,
          (error: unknown) => error,
        );
        if (!died) ended = point;
        world.revive();
        await allClosed();
        const [asked, remembered] = [sent().length, kept()];

        const desk = new Desk();
        expect(await look(desk).answer, `at call ${point}`).toEqual(LATE);

        if (died) expect(died).toBeInstanceOf(Crash);
        // Of what was answered, only the answer that the worker died with is asked for again.
        expect(sent().length - asked).toBe(3 - remembered);
        expect(asked - remembered).toBeLessThanOrEqual(1);
        expect(Math.max(...timesAsked())).toBeLessThanOrEqual(2);
      }
    }
    expect(ended).toBeGreaterThan(8);
  });

  it('shows the same lineage and the same trace in the delivery that pays nothing', async () => {
    script();
    const first = look(new Desk());
    await first.answer;
    await allClosed();
    const second = look(new Desk());
    expect(await second.answer).toEqual(LATE);

    expect(server.seen).toHaveLength(3);
    expect(second.step.lineage).toEqual(first.step.lineage);
    expect(second.step.traces).toEqual(first.step.traces);
    expect(joined(first.step.lineage, second.step.lineage)).toEqual(first.step.lineage);
  });

  it('pays anew for another generation, and where what it was told is another', async () => {
    script();
    await look(new Desk()).answer;
    const again = { item: { id: '0195ffff-0000-7000-8000-000000000001', generation: 2, priority: 'normal' } };
    await look(new Desk(), {}, again as never).answer;
    expect(server.seen).toHaveLength(6);

    const desk = new Desk();
    desk.found = () => ({ due: 'never' });
    await look(desk).answer;
    // The first turn is the same; what follows is another conversation.
    expect(server.seen).toHaveLength(8);
  });

  it('keeps the decision that its money is spent', async () => {
    server.answers = [order('1182'), says(LATE)];
    const desk = new Desk();
    desk.found = () => ({ note: 'late '.repeat(1000) });
    const first = look(desk, { mostUsd: 0.004 });
    expect(await first.answer).toEqual(LATE);
    expect(first.step.traces[0]?.ended).toBe('money');
    await allClosed();
    const second = look(desk, { mostUsd: 1 });
    expect(await second.answer).toEqual(LATE);
    expect(second.step.traces).toEqual(first.step.traces);
    expect(server.seen).toHaveLength(2);
  });
});
