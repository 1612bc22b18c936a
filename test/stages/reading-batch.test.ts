import { expect, it } from 'vitest';
import { prepare } from '../../lambdas/process/prepare/prepare.ts';
import { automation, type Demo, ID } from '../support/fixtures.ts';

const read = (body: Demo) =>
  prepare({ id: ID, automation: 'demo', generation: 1, body, feedback: [] }, { automation });
const cpu = (run: () => void): number => {
  const { user, system } = process.threadCpuUsage();
  run();
  const after = process.threadCpuUsage();
  return (after.user + after.system - user - system) / 1000;
};

/* A batch shares one thread: what one item computes, its neighbours wait for. */
it('one hostile item keeps its nine neighbours waiting for a moment, not for seconds', () => {
  const plain: Demo = { text: 'The lamp arrived broken yesterday, and I want my money back. '.repeat(300) };
  const hostile: Demo = { text: `a${'\u0345'.repeat(200_000)}${'\u0327'.repeat(200_000)}` };
  const batch = [hostile, ...Array.from({ length: 9 }, () => plain)];
  batch.map(read);

  // The first of the repository took 13 s for a half of this.
  expect(cpu(() => batch.map(read))).toBeLessThan(1000);
  expect(batch.slice(1).map((body) => read(body).suspicions)).toEqual(Array.from({ length: 9 }, () => []));
});
