import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Lanes } from '../../local/lanes.ts';

/** Takes in this order, all at once. @returns who was given a place, in order, and the ways to end them */
function taking(lanes: Lanes) {
  const given: string[] = [];
  const ends = new Map<string, (() => void)[]>();
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return {
    given,
    async take(...queues: string[]) {
      for (const queue of queues) {
        void lanes.take(queue, queue.startsWith('act')).then((end) => {
          given.push(queue);
          ends.set(queue, [...(ends.get(queue) ?? []), end]);
        });
      }
      await settled();
    },
    async end(queue: string) {
      ends.get(queue)?.shift()?.();
      await settled();
    },
  };
}

it('gives the next place to the queue that has the fewest in work', async () => {
  const { given, take, end } = taking(new Lanes(4));
  await take('a', 'a', 'a', 'a', 'b', 'c');
  expect(given).toEqual(['a', 'a', 'a']);
  await end('a');
  expect(given.slice(3)).toEqual(['b']);
  await end('a');
  expect(given.slice(4)).toEqual(['c']);
  await end('a');
  expect(given.slice(5)).toEqual(['a']);
});

it('has room before anything is received, and calls whoever waited for it when there is some', async () => {
  const lanes = new Lanes(3);
  const { take, end } = taking(lanes);
  await lanes.room(false);
  await take('a', 'b');
  const called: string[] = [];
  void lanes.room(false).then(() => called.push('others'));
  void lanes.room(true).then(() => called.push('urgent'));
  await take();
  expect(called).toEqual(['urgent']);
  await end('a');
  expect(called).toEqual(['urgent', 'others']);
});

it('keeps a place for what people wait for, and lets it go first', async () => {
  const { given, take, end } = taking(new Lanes(3));
  await take('a', 'b', 'c', 'act');
  expect(given).toEqual(['a', 'b', 'act']);
  await take('act', 'act');
  await end('a');
  expect(given.slice(3)).toEqual(['act']);
  await end('b');
  expect(given.slice(4)).toEqual(['act']);
  await end('act');
  expect(given.slice(5)).toEqual(['c']);
});

it('never has more in work than it may, starves nobody, and ends nothing twice', async () => {
  const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'act'), fc.boolean()), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: 6 }), steps, async (most, orders) => {
      const lanes = new Lanes(most);
      const running: (() => void)[] = [];
      let [asked, given] = [0, 0];
      const take = (queue: string) => {
        asked += 1;
        return lanes.take(queue, queue === 'act').then((end) => {
          given += 1;
          running.push(end);
        });
      };
      const settled = () => new Promise((resolve) => setImmediate(resolve));
      for (const [queue, ends] of orders) {
        void take(queue);
        await settled();
        expect(running.length).toBeLessThanOrEqual(most);
        const end = ends ? running.shift() : undefined;
        end?.();
        end?.();
        await settled();
        expect(running.length).toBeLessThanOrEqual(most);
      }
      while (running.length > 0) {
        running.shift()?.();
        await settled();
      }
      expect(given).toBe(asked);
    }),
    { numRuns: 50 },
  );
});
