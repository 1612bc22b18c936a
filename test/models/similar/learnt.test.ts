import { describe, expect, it, vi } from 'vitest';
import { isAudited } from '../../../lambdas/models/similar/similar.ts';
import { similarView } from '../../../lambdas/reports/similar.ts';
import { nameLearnt, readStanding, setStanding } from '../../../lambdas/tables/similar/learnt.ts';
import { time, world } from '../../support/world.ts';
import { ask, askUntilUsed, BILLING, CONTROL, DELIVERY, idOf, items, model, opened } from './asking.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const AUTOMATION = { name: 'demo', steps: { route: { similar: { hours: 24, wrongAtMost: 0.05 } } } };
const OF = { automation: 'demo', step: 'route' };

const stands = async () => {
  const [step] = await similarView(CONTROL(), AUTOMATION, ['route']);
  if (!step) throw new Error('there is no such step');
  return step;
};
const say = (on: boolean) => setStanding(CONTROL(), OF, { on, by: 'ops', reason: 'a test' });

/** What is written to the control table of what is learnt, while this is done. */
async function written(what: () => Promise<unknown>): Promise<string[]> {
  const found: string[] = [];
  world.fault = (call, input) => {
    const { Key, TableName } = input as { Key?: { id: string }; TableName?: string };
    if (/Update|Put/.test(call) && TableName === CONTROL() && Key?.id.includes('_similar#'))
      found.push(Key.id);
  };
  await what();
  world.fault = undefined;
  return found;
}

describe('what a step has learnt', () => {
  it('is nothing before anything was asked', async () => {
    expect(await stands()).toMatchObject({
      step: 'route',
      state: 'learning',
      learnt: [],
      earlier: undefined,
    });
  });

  it('is told while it is closed: how many were compared, and how many it takes', async () => {
    for (let nth = 0; nth < 20; nth += 1) await ask({ text: nth % 2 ? DELIVERY : BILLING });
    const { state, learnt } = await stands();
    expect([state, learnt.length]).toEqual(['learning', 1]);
    const [it] = learnt;
    expect(it).toMatchObject({
      ...{ prompt: 'route.v1', models: ['house/luna'], wrongAtMost: 0.05, fewest: 52, least: undefined },
      ...{ wrong: 0, usedSince: undefined, done: { used: 0, audited: 0, auditedWrong: 0 } },
    });
    // Two of each have nothing of two senders before them.
    expect([it?.asked, it?.compared, it?.shown?.comparisons]).toEqual([16, 16, 16]);
    expect(it?.shown?.high).toBeGreaterThan(0.05);
    // It has paid for vectors, and saved nothing.
    expect(it?.done.savedUsd).toBeLessThan(0);
  });

  it('is told once it answers: from where on, how many were used, and what that saved', async () => {
    for (let nth = 0; nth < 60; nth += 1) await ask({ text: nth % 2 ? DELIVERY : BILLING });
    const before = (await stands()).learnt[0]?.done.used ?? 0;
    const { lineage } = await askUntilUsed({ text: BILLING });
    const { state, learnt } = await stands();
    const [it] = learnt;
    expect(state).toBe('answers');
    expect(it?.done.used).toBe(before + 1);
    expect(it?.least).toBeLessThanOrEqual(it?.shown?.score ?? 0);
    expect(it?.shown?.high).toBeLessThanOrEqual(0.05);
    expect(it?.usedSince).toBeDefined();
    expect(lineage.at(-1)?.similar?.score).toBeGreaterThanOrEqual(it?.least ?? 1);
  });

  it('counts money as lineages do', async () => {
    let [calls, vectors, compared, used] = [0, 0, 0, 0];
    for (let nth = 0; nth < 60; nth += 1) {
      const { lineage } = await ask({ text: nth % 2 ? DELIVERY : BILLING });
      const [vector, answer] = lineage;
      // The first two of each text are compared with nothing.
      if (nth < 4) continue;
      vectors += vector?.costUsd ?? 0;
      if (answer?.cached) used += 1;
      else [calls, compared] = [calls + (answer?.costUsd ?? 0), compared + 1];
    }
    expect(used).toBeGreaterThan(0);
    const { done } = (await stands()).learnt[0] ?? {};
    expect(done?.used).toBe(used);
    expect(done?.savedUsd).toBeCloseTo((used * calls) / compared - vectors, 6);
  });

  it('tells what audits found, and why it is off', async () => {
    await opened({}, 36);
    model.says = () => 'other';
    for (let nth = 0; nth < 200 && !world.counted.includes('similarOff'); nth += 1) {
      if (isAudited(idOf(items.asked + 1), 'route'))
        await ask({ text: nth % 2 ? BILLING : DELIVERY, audited: true });
      else items.asked += 1;
    }
    const { state, off, learnt } = await stands();
    const { audited, auditedWrong } = learnt[0]?.done ?? {};
    expect([state, off?.by]).toEqual(['off', 'signalbox']);
    expect(off?.reason).toBe(`${auditedWrong} of ${audited} audited answers were wrong`);
    expect(auditedWrong).toBeGreaterThan(1);
  });

  it('stays as it was while an operator has it off, and begins at nothing when it learns anew', async () => {
    await opened();
    await askUntilUsed({ text: BILLING });
    const before = await stands();
    expect(before.state).toBe('answers');
    await say(false);
    const off = await stands();
    expect(off).toEqual({
      ...before,
      state: 'off',
      off: { at: expect.any(String), by: 'ops', reason: 'a test' },
    });
    await say(true);
    const anew = await stands();
    expect(anew).toMatchObject({ state: 'learning', off: undefined, on: { by: 'ops' }, learnt: [] });
    expect(anew.earlier).toEqual(before.learnt[0]?.done);
    time.advance(11);
    for (let nth = 0; nth < 6; nth += 1) await ask({ text: BILLING });
    const later = await stands();
    expect(later.learnt).toHaveLength(1);
    expect(later.learnt[0]).toMatchObject({ least: undefined, done: { used: 0, audited: 0 } });
    expect(later.earlier).toEqual(before.learnt[0]?.done);
  });

  it('tells two prompts apart, and stands as the one that was asked last', async () => {
    await opened();
    const old = (await stands()).learnt[0];
    const prompt = { version: 'route.v2', text: 'Sort well.' };
    for (let nth = 0; nth < 3; nth += 1) await ask({ text: BILLING, prompt });
    const { state, learnt } = await stands();
    expect(learnt.map(({ prompt }) => prompt)).toEqual(['route.v2', 'route.v1']);
    expect([state, learnt[0]?.least]).toEqual(['learning', undefined]);
    expect(learnt[1]).toEqual(old);
  });
});

describe('where it lies what a step has learnt', () => {
  it('is written down once, and each question after it is one write as before', async () => {
    const first = await written(async () => {
      for (let nth = 0; nth < 3; nth += 1) await ask({ text: BILLING });
    });
    expect(first.filter((id) => id === 'demo_similar#route')).toHaveLength(1);
    const later = await written(async () => {
      for (let nth = 0; nth < 5; nth += 1) await ask({ text: BILLING });
    });
    expect(later).toHaveLength(5);
    expect(later).not.toContain('demo_similar#route');
  });

  it('is written down later where it could not be, and no question goes without its answer', async () => {
    let refused = 0;
    world.fault = (call, input) => {
      const { Key } = input as { Key?: { id: string } };
      if (!/Update/.test(call) || Key?.id !== 'demo_similar#route') return;
      refused += 1;
      throw new Error('no');
    };
    for (let nth = 0; nth < 4; nth += 1) expect((await ask({ text: BILLING })).label).toBe('Billing');
    expect(refused).toBe(2);
    world.fault = undefined;
    await ask({ text: BILLING });
    expect((await stands()).learnt[0]?.asked).toBe(3);
  });

  it('is refused to whoever has not seen what another one wrote, and loses nothing', async () => {
    const learner = { table: CONTROL(), ...OF, epoch: 0, of: { prompt: 'p', models: [], wrongAtMost: 0.05 } };
    expect(await nameLearnt({ ...learner, about: 'a' }, {})).toBe(true);
    expect(await nameLearnt({ ...learner, about: 'b' }, {})).toBe(false);
    const seen = await readStanding(CONTROL(), 'demo', 'route');
    expect(await nameLearnt({ ...learner, about: 'b' }, seen ?? {})).toBe(true);
    await say(true);
    expect((await readStanding(CONTROL(), 'demo', 'route'))?.learnt?.map(({ about }) => about)).toEqual([
      'b',
      'a',
    ]);
  });

  it('is forgotten of the oldest where there are many', async () => {
    const learner = { table: CONTROL(), ...OF, epoch: 0, of: { prompt: 'p', models: [], wrongAtMost: 0.05 } };
    for (let nth = 0; nth < 40; nth += 1)
      await nameLearnt(
        { ...learner, about: `a${nth}` },
        (await readStanding(CONTROL(), 'demo', 'route')) ?? {},
      );
    const { learnt = [] } = (await readStanding(CONTROL(), 'demo', 'route')) ?? {};
    expect([learnt.length, learnt[0]?.about, learnt.at(-1)?.about]).toEqual([24, 'a39', 'a16']);
  });
});
