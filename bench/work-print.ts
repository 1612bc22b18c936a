import type { Cpu } from './cpu.ts';
import type { Work } from './usage.ts';
import { atMost, type Verdict } from './verdicts.ts';
import { BEFORE, type PathName, type Spent } from './work-before.ts';
import { printTable } from './world.ts';

/** Of an item that acts alone, in a stream. */
const MOST = { calls: 18, writeUnits: 22, invocations: 5 };
const MOST_CPU = 0.8;

/** CPU of a bare write by the client that the functions have, in ms: alone, where ten run together, and what the emulator takes for it then. */
export interface Bare {
  alone: number;
  together: number;
  emulator: number;
}

interface Measured {
  paths: readonly { name: PathName; items: number; atATime: number }[];
  /** Items of the stream. */
  stream: number;
  /** By path, of all its items; `naive` and `sort` beside them. */
  cpu: ReadonlyMap<string, Cpu>;
  work: ReadonlyMap<PathName, Work>;
  bare: Bare;
  /** In the stream, in ms. */
  byFunction: ReadonlyMap<string, number>;
}

/** What was found, before and now. @returns whether it is what is asked */
export function printWork({ paths, stream, cpu, work, bare, byFunction }: Measured): Verdict[] {
  const spent = new Map<PathName, Spent>();
  for (const { name, items, atATime } of paths) {
    const [of, did] = [cpu.get(name), work.get(name)];
    if (!of || !did) continue;
    const calls = did.calls / items;
    spent.set(name, {
      ...{ calls, invocations: did.invocations / items, writeUnits: did.writeUnits / items },
      ...{ functions: of.functions / items, emulator: of.emulator / items },
      sdk: calls * (atATime > 1 ? bare.together : bare.alone),
      bench: of.bench / items,
    });
  }
  const row = (name: string, what: keyof Spent) => [
    name,
    ...paths.map(
      (path) => `${BEFORE[path.name][what].toFixed(1)} → ${(spent.get(path.name)?.[what] ?? 0).toFixed(1)}`,
    ),
  ];
  console.log(`An item of refund-request, two model steps: before (${BEFORE.at}) → now\n`);
  printTable(
    ['per item', ...paths.map(({ name }) => name)],
    [
      row('AWS calls', 'calls'),
      row('invocations', 'invocations'),
      row('write units', 'writeUnits'),
      row('CPU of functions, ms', 'functions'),
      row('… of it the AWS client, about', 'sdk'),
      row('CPU of the emulator, ms', 'emulator'),
      row('CPU of pollers, sandbox and bench, ms', 'bench'),
    ],
  );
  const [naive, same] = [cpu.get('naive'), cpu.get('sort')];
  const both = (of: Cpu | undefined) => (of ? (of.functions + of.emulator) / stream : Number.NaN);
  console.log('\nCPU in a stream, ms an item:\n');
  printTable(
    ['', 'functions', 'emulator', 'both'],
    (
      [
        ['one step, naive pipeline', naive],
        ['one step, ours', same],
        ['two steps, ours', cpu.get('in a stream')],
      ] as const
    ).map(([name, of]) => [
      name,
      ((of?.functions ?? 0) / stream).toFixed(1),
      ((of?.emulator ?? 0) / stream).toFixed(1),
      both(of).toFixed(1),
    ]),
  );
  const least = MOST.calls * (bare.together + bare.emulator);
  console.log(
    `\nA bare write, ten at a time, takes ${bare.together.toFixed(2)} ms of the client and ${bare.emulator.toFixed(2)} ms of the emulator: ` +
      `${MOST.calls} of them ${least.toFixed(1)} ms, ${(least / both(naive)).toFixed(2)} × all that an item takes in the naive pipeline.`,
  );
  console.log('\nCPU of functions in the stream, ms an item:');
  for (const [name, ms] of [...byFunction].sort(([, a], [, b]) => b - a))
    if (ms > 0) console.log(`  ${(ms / stream).toFixed(2)}  ${name}`);
  console.log('\nAWS calls and write units in the stream, per item:');
  for (const [kind, made] of [...(work.get('in a stream')?.byKind ?? [])].sort(([a], [b]) =>
    a < b ? -1 : 1,
  ))
    console.log(
      `  ${(made.calls / stream).toFixed(2)}  ${(made.writeUnits / stream).toFixed(2).padStart(5)}  ${kind}`,
    );
  const streamed = spent.get('in a stream');
  const tenth = (value: number) => value.toFixed(1);
  return [
    atMost('acted alone, in a stream: AWS calls', streamed?.calls ?? Number.NaN, MOST.calls, tenth),
    atMost(
      'acted alone, in a stream: write units',
      streamed?.writeUnits ?? Number.NaN,
      MOST.writeUnits,
      tenth,
    ),
    atMost(
      'acted alone, in a stream: invocations',
      streamed?.invocations ?? Number.NaN,
      MOST.invocations,
      tenth,
    ),
    atMost(
      'CPU of functions and emulator, of the naive pipeline',
      both(same) / both(naive),
      MOST_CPU,
      (it) => `${it.toFixed(2)} ×`,
    ),
  ];
}
