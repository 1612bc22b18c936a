import { afterEach, describe, expect, it, vi } from 'vitest';
import { type BatchWorld, FULL_USD, openBatchWorld, SHARE } from '../../../bench/batch-world.ts';
import { releaseHold, setHold } from '../../../lambdas/tables/control/hold.ts';
import { CONTROL_TABLE, IDEMPOTENCY_TABLE } from '../../../local/cases/account.ts';
import { spentOf } from './spent.ts';

// The account in memory has a function that makes keys.
vi.unmock('../../../lambdas/kit/signed/ask-keys.ts');

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

describe('a file of which nobody knows whether it was made', () => {
  const others = (data: object[]) => ({ status: 200, body: { object: 'list', data, has_more: false } });
  const listSays = (data: () => object[] | undefined) => {
    world.refuse = (path, method) => {
      const said = path === 'batches' && method === 'GET' ? data() : undefined;
      return said && others(said);
    };
  };

  it('is waited for where the list of the provider is behind, and no other one is made', async () => {
    await open();
    await post('a', 'b');
    world.loseAnswer = true;
    const until = world.now + 75 * MINUTE;
    listSays(() => (world.now < until ? [] : undefined));
    await pass(120);
    expect(world.batches.count).toBe(1);
    expect(verdicts()).toEqual(['act', 'act']);
    expect(world.batches.answered).toHaveLength(2);
    expect(world.alone).toEqual([]);
  });

  it('is not waited for beyond the time of its requests, and what it cost is counted when it is found', async () => {
    await open();
    await post('a');
    world.loseAnswer = true;
    const until = world.now + 7 * 60 * MINUTE;
    listSays(() => (world.now < until ? [] : undefined));
    await pass(6 * 60);
    expect(verdicts()).toEqual(['act']);
    expect([world.batches.count, world.alone.length]).toEqual([1, 1]);
    await pass(3 * 60);
    expect(world.batches.files).toEqual([]);
    expect(spentOf(world)).toBeCloseTo(FULL_USD + FULL_USD * SHARE, 5);
  });

  it('is made once more where the list has a later one, and not it', async () => {
    await open();
    await post('a');
    let tries = 0;
    world.refuse = (path, method) => {
      if (path === 'batches' && method === 'GET')
        return others([{ id: 'batch_x', metadata: null, created_at: Math.floor(world.now / 1000) }]);
      if (path !== 'batches' || method !== 'POST') return undefined;
      tries += 1;
      return tries === 1 ? { status: 502, body: {} } : undefined;
    };
    await pass(80);
    expect([tries, world.batches.count]).toEqual([2, 1]);
    expect(verdicts()).toEqual(['act']);
    expect(world.alone).toEqual([]);
  });

  it('is made a minute later where the provider had no room for it', async () => {
    await open();
    await post('a');
    let tries = 0;
    world.refuse = (path, method) => {
      if (path !== 'batches' || method !== 'POST') return undefined;
      tries += 1;
      return tries === 1 ? { status: 429, body: { error: { message: 'too many' } } } : undefined;
    };
    await pass(75);
    expect([tries, world.batches.count]).toEqual([2, 1]);
    expect(verdicts()).toEqual(['act']);
  });
});

/** The provider's answers, line by line, as they are sent. */
const rewrite = (each: (line: string) => string[]) => {
  const serve = world.batches.serve.bind(world.batches);
  world.batches.serve = (async (
    request: never,
    response: { end: (text?: string) => unknown },
    path: string,
  ) => {
    if (/^files\/.*\/content$/.test(path)) {
      const end = response.end.bind(response);
      response.end = ((text: string | Buffer) =>
        end(`${String(text).trim().split('\n').flatMap(each).join('\n')}\n`)) as never;
    }
    return serve(request, response as never, path);
  }) as never;
};

describe('an answer that is too long to be read', () => {
  const NINE_MB = 9 * 1024 * 1024;

  it.each([
    [
      'that says whose it is',
      (line: string) => line.replace('"response":', `"more":"${'x'.repeat(NINE_MB)}","response":`),
    ],
    ['that does not', (line: string) => `{"more":"${'x'.repeat(NINE_MB)}",${line.slice(1)}`],
  ])('%s: its item asks at once, and the others have theirs', async (_, grown) => {
    await open();
    await post('a', 'b', 'c');
    await pass(35);
    let lines = 0;
    rewrite((line) => {
      lines += 1;
      return [lines === 1 ? grown(line) : line];
    });
    await pass(45);
    expect(verdicts()).toEqual(['act', 'act', 'act']);
    expect(world.alone).toHaveLength(1);
    expect([world.batches.count, world.batches.answered.length]).toEqual([1, 3]);
    expect(world.batches.files).toEqual([]);
  });
});

describe('an answer', () => {
  it('names the model that gave it, beside the one that was asked for', async () => {
    await open({ offer: { name: 'alias' } });
    await post('a');
    await pass(75);
    expect(world.item('sort_a')?.lineage?.[0]).toMatchObject({ model: 'alias', answeredBy: 'mock' });
  });
});

describe('money', () => {
  it('of two lines with one id: the item pays what the day pays', async () => {
    await open();
    await post('a', 'b');
    await pass(35);
    rewrite((line) => {
      const other = JSON.parse(line);
      other.response.body.usage = { prompt_tokens: 1, completion_tokens: 1 };
      return [line, JSON.stringify(other)];
    });
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
