import { afterEach, describe, expect, it, vi } from 'vitest';
import { type BatchWorld, FULL_USD, openBatchWorld, SHARE } from '../../../bench/batch-world.ts';
import { spentOf } from './spent.ts';

// The account in memory has a function that makes keys.
vi.unmock('../../../lambdas/kit/signed/ask-keys.ts');

/* A provider that tells half of what it has: what it has answered is paid for, and must not be asked for again. */

const MINUTE = 60_000;
let world: BatchWorld;
afterEach(() => world.close());
async function pass(minutes: number): Promise<void> {
  for (let left = minutes; left > 0; left -= 1) {
    world.now += MINUTE;
    await world.tick();
    await world.work();
  }
}
async function open(...ids: string[]): Promise<void> {
  world = await openBatchWorld({ policy: { batch: { sla: '6h' } }, fate: () => ({ seconds: 1800 }) });
  for (const id of ids) await world.post(`sort_${id}`);
  await world.work();
  // Its file is made.
  await pass(35);
}
const verdicts = () => world.items().map(({ verdict }) => verdict);
const asked = () => [world.batches.count, world.batches.answered.length, world.alone.length];

/** What of the answers the provider sends, as long as it says so. */
const rewrite = (to: (lines: string[]) => string) => {
  const serve = world.batches.serve.bind(world.batches);
  world.batches.serve = (async (
    request: never,
    response: { end: (text?: string) => unknown },
    path: string,
  ) => {
    if (/^files\/.*\/content$/.test(path)) {
      const end = response.end.bind(response);
      response.end = ((text: string | Buffer) => end(to(String(text).trim().split('\n')))) as never;
    }
    return serve(request, response as never, path);
  }) as never;
};

describe('answers that a provider says it has', () => {
  it('are waited for where its file holds only some of them yet', async () => {
    await open('a', 'b', 'c');
    const whole = world.now + 32 * MINUTE;
    rewrite((lines) => `${(world.now < whole ? lines.slice(0, 1) : lines).join('\n')}\n`);
    await pass(45);
    expect(verdicts()).toEqual(['act', 'act', 'act']);
    expect(asked()).toEqual([1, 3, 0]);
    expect(world.batches.files).toEqual([]);
    expect(spentOf(world)).toBeCloseTo(3 * FULL_USD * SHARE, 5);
  });

  it('are waited for where their file is not to be found yet', async () => {
    await open('a', 'b');
    const there = world.now + 32 * MINUTE;
    world.refuse = (path) =>
      world.now < there && /^files\/.*\/content$/.test(path) ? { status: 404, body: {} } : undefined;
    await pass(45);
    expect(verdicts()).toEqual(['act', 'act']);
    expect(asked()).toEqual([1, 2, 0]);
  });

  it('are asked for again after ten minutes, and only those', async () => {
    await open('a', 'b', 'c');
    const first = world.batches.count;
    rewrite((lines) => `${(world.batches.count === first ? lines.slice(0, 2) : lines).join('\n')}\n`);
    await pass(44);
    expect(verdicts().filter(Boolean)).toHaveLength(2);
    await pass(60);
    expect(verdicts()).toEqual(['act', 'act', 'act']);
    expect(asked()).toEqual([2, 4, 0]);
  });
});

describe('a file that was made', () => {
  it('is looked for again where the provider does not know it for a moment', async () => {
    await open('a', 'b');
    let looks = 0;
    world.refuse = (path, method) => {
      if (!/^batches\/[^/]+$/.test(path) || method !== 'GET') return undefined;
      looks += 1;
      return looks < 3 ? { status: 404, body: { error: { message: 'no such batch' } } } : undefined;
    };
    await pass(60);
    expect(looks).toBeGreaterThan(2);
    expect(verdicts()).toEqual(['act', 'act']);
    expect(asked()).toEqual([1, 2, 0]);
  });
});

describe('a file that nobody knew for a moment', () => {
  /** Times at which its provider does not know it, from now on and in minutes, beside its answers, which it does not find for as long. */
  async function missing(file: readonly [number, number], answers: readonly [number, number]) {
    await open('a', 'b');
    const from = world.now;
    const within = ([first, last]: readonly [number, number]) =>
      world.now >= from + first * MINUTE && world.now < from + last * MINUTE;
    world.refuse = (path, method) => {
      if (/^batches\/[^/]+$/.test(path) && method === 'GET' && within(file)) return { status: 404, body: {} };
      return /^files\/.*\/content$/.test(path) && within(answers) ? { status: 404, body: {} } : undefined;
    };
    await pass(60);
    expect(verdicts()).toEqual(['act', 'act']);
    expect(asked()).toEqual([1, 2, 0]);
  }

  it('has its answers waited for as long as any other', () => missing([0, 3], [0, 30]));

  it('is waited for anew where it is not known once more', async () => {
    await open('a', 'b');
    const from = world.now;
    const gone = () => [2, 3, 24, 25, 26].includes(Math.round((world.now - from) / MINUTE));
    world.refuse = (path, method) =>
      /^batches\/[^/]+$/.test(path) && method === 'GET' && gone() ? { status: 404, body: {} } : undefined;
    await pass(60);
    expect(asked()).toEqual([1, 2, 0]);
  });
});

describe('an answer', () => {
  it('counts though an error stands before it under the same name', async () => {
    await open('a', 'b');
    rewrite(
      (lines) =>
        `${lines
          .flatMap((line) => {
            const failed = JSON.parse(line);
            failed.response = {
              status_code: 500,
              body: { error: { message: 'failed', type: 'server_error' } },
            };
            return [JSON.stringify(failed), line];
          })
          .join('\n')}\n`,
    );
    await pass(45);
    expect(verdicts()).toEqual(['act', 'act']);
    expect(asked()).toEqual([1, 2, 0]);
    expect(spentOf(world)).toBeCloseTo(2 * FULL_USD * SHARE, 5);
  });

  it.each([
    ['as text', '"status_code":"200"'],
    ['nowhere', '"more":1'],
  ])('counts where the provider writes its status %s', async (_, written) => {
    await open('a', 'b');
    rewrite((lines) => `${lines.map((line) => line.replace('"status_code":200', written)).join('\n')}\n`);
    await pass(45);
    expect(verdicts()).toEqual(['act', 'act']);
    expect(asked()).toEqual([1, 2, 0]);
  });

  it('of which half a line came is asked for once, at once, and counts as paid', async () => {
    await open('a', 'b');
    rewrite((lines) => `${lines.join('\n').slice(0, -60)}`);
    await pass(45);
    expect(verdicts()).toEqual(['act', 'act']);
    expect(asked()).toEqual([1, 2, 1]);
    expect(spentOf(world)).toBeGreaterThan(2 * FULL_USD * SHARE + FULL_USD - 1e-9);
  });

  it('to somebody else is nobody’s here', async () => {
    await open('a', 'b');
    rewrite((lines) => {
      const other = JSON.parse(lines[0] ?? '');
      return `${[JSON.stringify({ ...other, custom_id: 'f'.repeat(40) }), '{"end":true}', ...lines].join('\n')}\n`;
    });
    await pass(45);
    expect(verdicts()).toEqual(['act', 'act']);
    expect(asked()).toEqual([1, 2, 0]);
    expect(spentOf(world)).toBeCloseTo(2 * FULL_USD * SHARE, 5);
  });
});
