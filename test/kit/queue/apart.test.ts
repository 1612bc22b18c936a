import { expect, it } from 'vitest';
import { Apart } from '../../../lambdas/kit/queue/apart.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('those that go alone go behind the others, one at a time', async () => {
  const said: string[] = [];
  const apart = new Apart();
  const [a, b, c, d] = [apart.place(), apart.place(), apart.place(), apart.place()];
  for (const [name, place] of Object.entries({ b, c }))
    void place.alone().then(() => {
      said.push(name);
    });
  await turn();
  expect(said).toEqual([]);
  a.end();
  await turn();
  expect(said).toEqual([]);
  d.end();
  await turn();
  expect(said).toEqual(['b']);
  b.end();
  await turn();
  expect(said).toEqual(['b', 'c']);
  c.end();
});

it('one that asks twice, or when it is over, waits for nobody', async () => {
  const apart = new Apart();
  const [a, b] = [apart.place(), apart.place()];
  b.end();
  await a.alone();
  await a.alone();
  a.end();
  await b.alone();
});
