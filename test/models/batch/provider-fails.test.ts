import { afterEach, describe, expect, it } from 'vitest';
import { type BatchWorld, openBatchWorld } from '../../../bench/batch-world.ts';
import { releaseHold, setHold } from '../../../lambdas/tables/control/hold.ts';
import { CONTROL_TABLE, IDEMPOTENCY_TABLE } from '../../../local/cases/account.ts';
import { spentOf } from './spent.ts';

/* Whatever a provider does, nobody waits beyond their time, and what changes meanwhile counts. */

const MINUTE = 60_000;
let world: BatchWorld;
afterEach(() => world.close());
async function pass(minutes: number): Promise<void> {
  for (let left = minutes; left > 0; left -= 1) {
    world.now += MINUTE;
    await world.tick().catch(() => {});
    await world.work();
  }
}
const open = (given: Partial<Parameters<typeof openBatchWorld>[0]> = {}) =>
  openBatchWorld({ policy: { batch: { sla: '6h' } }, fate: () => ({ seconds: 1800 }), ...given }).then(
    (it) => {
      world = it;
    },
  );
async function post(...ids: string[]): Promise<void> {
  for (const id of ids) await world.post(`sort_${id}`);
  await world.work();
}
const verdicts = () => world.items().map(({ verdict }) => verdict);
const down = { status: 503, body: { error: { message: 'down' } } };

describe('until its time is over an item has its answer, or is asked at once', () => {
  it('where the batch side of the provider does not tell how its file stands', async () => {
    await open({ fate: () => ({ seconds: 100_000 }) });
    await post('a');
    await pass(40);
    expect(world.batches.count).toBe(1);
    world.refuse = (path) => (path.startsWith('batches') ? down : undefined);
    await pass(6 * 60);
    expect(verdicts()).toEqual(['act']);
  });

  it('where the provider refuses to stop a file', async () => {
    await open({ fate: () => ({ seconds: 100_000 }) });
    await post('a');
    await pass(40);
    world.refuse = (path) =>
      path.endsWith('/cancel')
        ? { status: 409, body: { error: { message: 'Cannot cancel a batch with status finalizing' } } }
        : undefined;
    await pass(6 * 60);
    expect(verdicts()).toEqual(['act']);
  });

  it('where the answers of a file that is done cannot be read', async () => {
    await open();
    await post('a');
    await pass(40);
    world.refuse = (path) => (/^files\/.*\/content$/.test(path) ? down : undefined);
    await pass(6 * 60);
    expect(verdicts()).toEqual(['act']);
  });

  it('where nobody can tell whether a file was made', async () => {
    await open();
    await post('a');
    world.loseAnswer = true;
    await pass(33);
    world.refuse = (path, method) => (path.startsWith('batches') && method === 'GET' ? down : undefined);
    await pass(6 * 60);
    expect(verdicts()).toEqual(['act']);
  });
});

describe('money', () => {
  it('of two lines with one id: the item pays what the day pays', async () => {
    await open();
    await post('a', 'b');
    await pass(35);
    const serve = world.batches.serve.bind(world.batches);
    world.batches.serve = (async (
      request: never,
      response: { end: (text?: string) => unknown },
      path: string,
    ) => {
      if (/^files\/.*\/content$/.test(path)) {
        const end = response.end.bind(response);
        response.end = ((text: string | Buffer) => {
          const lines = String(text).trim().split('\n');
          const twice = lines.flatMap((line) => {
            const other = JSON.parse(line);
            other.response.body.usage = { prompt_tokens: 1, completion_tokens: 1 };
            return [line, JSON.stringify(other)];
          });
          return end(`${twice.join('\n')}\n`);
        }) as never;
      }
      return serve(request, response as never, path);
    }) as never;
    await pass(45);
    expect(verdicts()).toEqual(['act', 'act']);
    const items = world.items().reduce((sum, { costUsd = 0 }) => sum + costUsd, 0);
    expect(items).toBeCloseTo(spentOf(world), 5);
  });
});

describe('what changes while the answers of a file are taken', () => {
  /** Something happens when the provider is asked for the answers. */
  const whenRead = (work: () => unknown) => {
    let done = false;
    world.refuse = (path) => {
      if (/^files\/.*\/content$/.test(path) && !done) {
        done = true;
        work();
      }
      return undefined;
    };
  };

  it('an item that is erased meanwhile gets no content any more', async () => {
    await open();
    await post('a');
    await pass(35);
    whenRead(() =>
      world.memory.tables.put('items', {
        ...world.item('sort_a'),
        erasedAt: '2026-11-28T19:00:00Z',
        status: 'parked',
      } as object),
    );
    await pass(45);
    const states = [...world.memory.tables.rows(IDEMPOTENCY_TABLE).values()].filter(
      ({ itemId }) => itemId === 'sort_a',
    );
    expect(states).not.toMatchObject([{ state: 'answered' }]);
  });

  it('an item that an operator held and lets go on meanwhile is sent on', async () => {
    await open();
    await post('a');
    await pass(35);
    await setHold(CONTROL_TABLE, 'sort', { mode: 'drain', by: 'olga', reason: 'x' });
    // As hold leaves it.
    world.memory.tables.put('items', { ...world.item('sort_a'), status: 'suspended' } as object);
    await releaseHold(CONTROL_TABLE, 'sort');
    whenRead(() =>
      world.memory.tables.put('items', { ...world.item('sort_a'), status: 'deferred' } as object),
    );
    await pass(45);
    expect(verdicts()).toEqual(['act']);
  });
});
