import { expect, it } from 'vitest';
import type { Automation, StageContext } from '../../lambdas/contract/automation.ts';
import { isTyped } from '../../lambdas/gate/typed.ts';
import { ProcessingError } from '../../lambdas/kit/errors.ts';
import { prepare } from '../../lambdas/prepare/prepare.ts';
import { think } from '../../lambdas/process/pipeline.ts';
import { automations } from '../support/automations.ts';
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

/** The CPU of everything that is thought about a body, but for the models. */
async function thinking(automation: Automation, body: object): Promise<number> {
  const { name } = automation;
  const model = () => Promise.reject(new ProcessingError('no answer'));
  const step = { model, confidence: () => null, embed: model };
  const implementation = { prompts: { route: { version: 'route.v1', text: 'Sort.' } }, evaluate: model };
  const context = { automation, implementation, step } as unknown as StageContext;
  const { user, system } = process.threadCpuUsage();
  await think({ id: `${name}_1`, automation: name, generation: 1, body, feedback: [] }, context);
  const after = process.threadCpuUsage();
  return (after.user + after.system - user - system) / 1000;
}

it.each(automations)(
  'no stage of $name takes long over a hostile body, not prepare alone',
  async (automation) => {
    const [example] = automation.examples;
    const given = Object.entries((example?.body ?? {}) as Record<string, unknown>);
    // In every field that takes free text: the first of them whole, the others as long as a subject.
    const free = given.filter(([name]) => !isTyped(automation, example?.body, name)).map(([name]) => name);
    const longest = free.includes('text') ? 'text' : free[0];
    const body = (text: string) =>
      Object.fromEntries(
        given.map(([name, value]) => [
          name,
          name === longest ? text : free.includes(name) ? text.slice(0, 500) : value,
        ]),
      );
    const plain = 'The lamp arrived broken yesterday, and I want my money back. '.repeat(3200);
    const hostile = [
      `a${'\u0345'.repeat(97_000)}${'\u0327'.repeat(97_000)}`,
      '\uFDFA'.repeat(195_000),
      '\uFF9E\u0345'.repeat(97_000),
    ];
    await thinking(automation, body(plain));
    const least = Math.max(20, await thinking(automation, body(plain)));
    for (const text of hostile) expect(await thinking(automation, body(text))).toBeLessThan(20 * least);
  },
);
