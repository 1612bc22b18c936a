import { percentile, seconds } from '../local/load/posts.ts';
import type { Cpu } from './cpu.ts';
import { OUTCOMES_SECONDS } from './estimated.ts';
import { type MockEndpoint, startMockEndpoint } from './mock-endpoint.ts';
import {
  ASKED,
  allActed,
  bodyOf,
  naivePipeline,
  ourPipeline,
  type Pipeline,
  postAll,
  type Round,
  round,
} from './pipelines.ts';
import { type Rig, startRig } from './rig.ts';
import { snapshot, workSince } from './usage.ts';
import { atLeast, atMost, exactly, printVerdicts } from './verdicts.ts';
import { printTable } from './world.ts';

/*
 * `npm run bench:throughput`: POST, one classification of 300 ms, a branch, one in ten approved, an action; by Signalbox and by the pipeline
 * of `bench/naive/`, on one emulator in turns, so that the machine's moods meet both. The approver is played alike: who waits is looked for each
 * second, and approved at once, here on the page, there by the task token.
 */

const ITEMS = 240;
const ROUNDS = 2;
const CONNECTIONS = 16;
const MODEL_MS = 300;
/** Posts at once, ten times the connections: the local engine lets them wait for one of a few workers. */
const BURST = 10 * CONNECTIONS;
const IDLE_POSTS = 40;
/** Posts over all connections while nothing is in work. */
const HELD = 80;
/** Items of the round whose calls are counted. */
const COUNTED = 80;
const PORT = 4630;

const LEAST_TIMES = 1.2;
const MOST_ACCEPT = 3;
const NAIVE_ONCE = 25;

const actions = new Map<string, number>();
let repeated = 0;
const mock = await startMockEndpoint({
  ...{ perSecond: 1e6, burst: 1e6, latencyMs: MODEL_MS, content: '{"label":"delivery"}' },
  aside(path, headers) {
    const item = String(headers['signalbox-item'] ?? '');
    if (!path.startsWith('/destinations/')) return { ok: true };
    if (actions.has(item)) repeated += 1;
    actions.set(item, Date.now());
    return { ok: true };
  },
});
let rig: Rig | undefined;
try {
  rig = await startRig({
    port: PORT,
    neighbours: mock.url.replace(/\/v1$/, ''),
  });
  await measure(rig, mock);
} finally {
  await rig?.close();
  await mock.close();
}

async function measure(rig: Rig, { counts }: MockEndpoint): Promise<void> {
  const both = { naive: naivePipeline(rig), ours: ourPipeline(rig, actions) };
  console.error('warm-up ...');
  for (const pipeline of Object.values(both)) await round(rig, pipeline, 100, CONNECTIONS);
  await seconds(3);
  const idle = await rig.rest(8);
  const quiet = { naive: await alone(both.naive), ours: await alone(both.ours) };
  const held = await whileHeld(rig, both.ours);
  const rounds = { naive: [] as Round[], ours: [] as Round[] };
  const bursts = { naive: [] as Round[], ours: [] as Round[] };
  const calls = { naive: 0, ours: 0 };
  for (let made = 1; made <= ROUNDS; made += 1) {
    for (const name of ['naive', 'ours'] as const) {
      console.error(`round ${made} of ${ROUNDS}: ${name} ...`);
      await round(rig, both[name], 2 * CONNECTIONS, CONNECTIONS); // Idle workers end: they start again unmeasured.
      const before = counts.answered;
      rounds[name].push(await round(rig, both[name], ITEMS, CONNECTIONS));
      calls[name] += counts.answered - before;
    }
  }
  for (const name of ['naive', 'ours'] as const) {
    console.error(`burst: ${name} ...`);
    await round(rig, both[name], CONNECTIONS, CONNECTIONS);
    bursts[name].push(await round(rig, both[name], BURST, BURST));
  }
  const work = { naive: await worked(rig, both.naive), ours: await worked(rig, both.ours) };
  print({ rounds, bursts, quiet, held, calls, work }, idle);
}

/** Posts into a house that does nothing else. */
async function alone(pipeline: Pipeline): Promise<number[]> {
  const { post, close } = pipeline.poster(1);
  const taken: number[] = [];
  for (let posts = 0; posts < IDLE_POSTS; posts += 1) {
    taken.push((await post(bodyOf(1))).ms);
    await seconds(0.25);
  }
  close();
  await seconds(2);
  return taken;
}

/** The same posts as in a round, while what is accepted waits. */
async function whileHeld({ account, run }: Rig, pipeline: Pipeline): Promise<number[]> {
  const before = await pipeline.count();
  const functions = new Set([await account.resource('sort', 'processprocess')]);
  let posted = { ids: [] as string[], acceptMs: [] as number[] };
  await run.eventSources.holding(functions, async () => {
    posted = await postAll(pipeline, HELD, CONNECTIONS, () => bodyOf(1));
  });
  await allActed(pipeline, posted.ids, before);
  return posted.acceptMs;
}

/** Counted from the logs, in a round that nobody times. Our functions tell each call, the naive ones what they did. */
async function worked(rig: Rig, pipeline: Pipeline): Promise<{ calls: number; invocations: number }> {
  const { account, run } = rig;
  if (pipeline.name === 'ours') await rig.logCalls(true);
  await round(rig, pipeline, CONNECTIONS, CONNECTIONS);
  await seconds(OUTCOMES_SECONDS);
  const before = snapshot(run.eventSources);
  const { ids } = await round(rig, pipeline, COUNTED, CONNECTIONS);
  await seconds(OUTCOMES_SECONDS);
  if (pipeline.name === 'ours') {
    const { calls, invocations } = await workSince(account, before, ids);
    return { calls: calls / COUNTED, invocations: invocations / COUNTED };
  }
  const lines = Object.entries(await account.logs(before.at))
    .filter(([group]) => group.includes('Naive'))
    .flatMap(([, all]) => all);
  const calls = lines.reduce((sum, line) => {
    const [said, started = 1] = /\b(?:accepted|recorded) |\bstarted (\d+)/.exec(line) ?? [];
    return sum + (said ? Number(started) : 0);
  }, 0);
  const invocations = lines.filter((line) => line.startsWith('REPORT')).length;
  return { calls: calls / COUNTED, invocations: invocations / COUNTED };
}

type Both<T> = { naive: T; ours: T };

interface Found {
  rounds: Both<Round[]>;
  bursts: Both<Round[]>;
  quiet: Both<number[]>;
  /** Ours over all connections, while nothing is in work. */
  held: number[];
  /** Of models, in the rounds. */
  calls: Both<number>;
  work: Both<{ calls: number; invocations: number }>;
}

function print({ rounds, bursts, quiet, held, calls, work }: Found, idle: Cpu): void {
  const ms = (value: number) => value.toFixed(0);
  const one = (value: number) => value.toFixed(1);
  const mean = (of: readonly Round[], what: (round: Round) => number) =>
    of.reduce((sum, round) => sum + what(round), 0) / of.length;
  const accepts = (of: readonly Round[], share: number) =>
    percentile(
      of.flatMap(({ acceptMs }) => acceptMs),
      share,
    );
  const lost = (of: readonly Round[]) => of.reduce((sum, round) => sum + round.lost + round.refused, 0);
  const speed = (of: readonly Round[]) => mean(of, ({ itemsPerSecond }) => itemsPerSecond);
  const row = (name: string, show: (which: keyof Both<0>) => string) => [name, show('ours'), show('naive')];
  console.log(
    `${ITEMS} items over ${CONNECTIONS} connections, ${ROUNDS} rounds each in turns; a burst of ${BURST} posts at once; one in ${ASKED} approved\n`,
  );
  printTable(
    ['', 'ours', 'naive'],
    [
      row('items a second', (it) => one(speed(rounds[it]))),
      row('… by round', (it) => rounds[it].map(({ itemsPerSecond }) => one(itemsPerSecond)).join(', ')),
      row(
        'accept alone, ms: P50; P99',
        (it) => `${ms(percentile(quiet[it], 0.5))}; ${ms(percentile(quiet[it], 0.99))}`,
      ),
      [
        `accept over ${CONNECTIONS} connections, nothing in work, ms: P50; P99`,
        `${ms(percentile(held, 0.5))}; ${ms(percentile(held, 0.99))}`,
        '',
      ],
      row(
        'accept, under load, ms: P50; P99',
        (it) => `${ms(accepts(rounds[it], 0.5))}; ${ms(accepts(rounds[it], 0.99))}`,
      ),
      row('CPU of functions, ms an item', (it) => one(mean(rounds[it], ({ cpu }) => cpu.functions))),
      row('CPU of the emulator, ms an item', (it) => one(mean(rounds[it], ({ cpu }) => cpu.emulator))),
      row('CPU of this process, ms an item', (it) => one(mean(rounds[it], ({ cpu }) => cpu.bench))),
      row('AWS calls of functions, an item', (it) => one(work[it].calls)),
      row('invocations an item', (it) => one(work[it].invocations)),
      row('model calls an item', (it) => (calls[it] / (ROUNDS * ITEMS)).toFixed(2)),
      row('lost or refused', (it) => String(lost(rounds[it]))),
      row('burst: items a second', (it) => one(speed(bursts[it]))),
      row(
        'burst: accept, ms: P50; P99',
        (it) => `${ms(accepts(bursts[it], 0.5))}; ${ms(accepts(bursts[it], 0.99))}`,
      ),
      row('burst: lost or refused', (it) => String(lost(bursts[it]))),
    ],
  );
  console.log(
    `\nidle, of a core: functions ${(100 * idle.functions).toFixed(1)} %, emulator ${(100 * idle.emulator).toFixed(1)} %, this process ${(100 * idle.bench).toFixed(1)} %; taken off the CPU above`,
  );
  console.log(
    `the naive pipeline gives ${one(speed(rounds.naive))} items a second (${NAIVE_ONCE} where the machine is quiet)`,
  );
  const times = (value: number) => `${value.toFixed(2)} ×`;
  printVerdicts([
    atLeast(
      'items a second, of the naive pipeline',
      speed(rounds.ours) / speed(rounds.naive),
      LEAST_TIMES,
      times,
    ),
    atMost(
      'accept P99 under load, of its idle value',
      accepts(rounds.ours, 0.99) / percentile(quiet.ours, 0.99),
      MOST_ACCEPT,
      times,
    ),
    exactly('lost or refused', lost(rounds.ours), 0),
    exactly('actions repeated', repeated, 0),
    atLeast(
      'burst: items a second, of the naive pipeline',
      speed(bursts.ours) / speed(bursts.naive),
      LEAST_TIMES,
      times,
    ),
    exactly('burst: lost or refused', lost(bursts.ours), 0),
  ]);
}
