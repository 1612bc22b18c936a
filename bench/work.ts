import './quiet.ts';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { emulatorEnv } from '../local/emulator.ts';
import { inParallel, type Poster, poster, seconds } from '../local/load/posts.ts';
import { type Decision, decide } from './approver.ts';
import type { Cpu } from './cpu.ts';
import { OUTCOMES_SECONDS } from './estimated.ts';
import { type Rig, startRig } from './rig.ts';
import { snapshot, type Work, workSince } from './usage.ts';
import { atMost, printVerdicts } from './verdicts.ts';
import { BEFORE, type PathName, type Spent } from './work-before.ts';
import { printTable } from './world.ts';

/*
 * `npm run bench:work`: AWS calls, invocations, write units and CPU of one item of refund-request (two model steps), by path, beside what they
 * were. First the CPU, without debug lines; then the same again with a debug line per AWS call, to be counted. And the CPU of an item of
 * `bench/sort/` beside that of the naive pipeline, which does the same.
 */

const ALONE = 12;
const STREAM = 160;
const CONNECTIONS = 16;
const PORT = 4640;

/** Of an item that acts alone, in a stream. */
const MOST = { calls: 18, writeUnits: 22, invocations: 5 };
const MOST_CPU = 0.8;

interface Path {
  name: PathName;
  body: () => object;
  ends: string;
  items: number;
  atATime: number;
  decision?: Decision;
}

const orderId = () => `B${Math.floor(Math.random() * 1e12).toString(36)}`;
const currency = 'EUR';
const small = () => ({
  ...{ orderId: orderId(), amount: '4.90', currency },
  text: 'I was charged twice for the same order. Please pay one charge back.',
});
const large = () => ({
  ...{ orderId: orderId(), amount: '240.00', currency },
  text: 'The lamp arrived broken yesterday, the glass is in pieces. I want my money back.',
});
const denied = () => ({
  ...small(),
  text: 'The bag arrived damaged. I also opened a chargeback with my bank, it is still open.',
});
const one = { items: ALONE, atATime: 1 };

const PATHS: readonly Path[] = [
  { name: 'acted alone', body: small, ends: 'done', ...one },
  { name: 'in a stream', body: small, ends: 'done', items: STREAM, atATime: CONNECTIONS },
  { name: 'approved', body: large, ends: 'done', decision: 'approve', ...one },
  { name: 'refused', body: denied, ends: 'refused', ...one },
];

/** `-- --stream`: what is judged, alone. */
const measured = process.argv.includes('--stream') ? PATHS.filter(({ atATime }) => atATime > 1) : PATHS;

const rig = await startRig({ port: PORT, keep: ['refund-request'] });
try {
  await measure(rig);
} finally {
  await rig.close();
}

async function measure(rig: Rig): Promise<void> {
  const { account } = rig;
  const naive = poster(rig.naive.url, CONNECTIONS, () => ({}));
  const sorted = ours(rig, 'sort', CONNECTIONS);
  const ticket = () => ({
    ticket: orderId(),
    euros: 10,
    text: 'The parcel came, but the blue cup is missing.',
  });
  const inNaive = (items: number) => stream(naive, items, ticket, () => rig.naive.count());
  const inOurs = (items: number) => stream(sorted, items, ticket, () => actedOn(rig, 'help-desk'));
  console.error('warm-up ...');
  await inNaive(STREAM);
  await inOurs(STREAM);
  for (const path of measured) await walk(rig, path, 3 * path.atATime);
  await rig.rest(6);
  const sdk = await bareCall(rig);
  const cpu = new Map<string, Cpu>();
  let byFunction = new Map<string, number>();
  for (const [name, run] of [
    ['naive', inNaive],
    ['sort', inOurs],
  ] as const) {
    console.error(`CPU: ${name} ...`);
    await run(2 * CONNECTIONS); // Idle workers end: whatever starts again is not measured.
    cpu.set(name, (await rig.spent(() => run(STREAM))).cpu);
  }
  for (const path of measured) {
    console.error(`CPU: ${path.name} ...`);
    await walk(rig, path, 2 * path.atATime);
    const spent = await rig.spent(() => walk(rig, path, path.items));
    cpu.set(path.name, spent.cpu);
    if (path.name === 'in a stream') byFunction = spent.byFunction;
  }
  await rig.logCalls(true);
  const work = new Map<PathName, Work>();
  for (const path of measured) {
    console.error(`counting: ${path.name} ...`);
    await walk(rig, path, path.atATime); // Warm: secrets are read once per function and then kept.
    await seconds(OUTCOMES_SECONDS);
    const before = snapshot(rig.run.eventSources);
    const ids = await walk(rig, path, path.items);
    await seconds(OUTCOMES_SECONDS);
    work.set(path.name, await workSince(account, before, ids));
  }
  naive.close();
  sorted.close();
  print(cpu, work, sdk, byFunction);
}

function ours({ run: { outputs } }: Rig, automation: string, connections: number): Poster {
  return poster(`${outputs.apiUrl}/v1/automations/${automation}/items`, connections, () => ({
    authorization: `Bearer ${outputs.clientToken}`,
    'idempotency-key': crypto.randomUUID(),
  }));
}

/** Until all that was posted is acted on, and told of. */
async function stream(
  to: Poster,
  items: number,
  body: () => object,
  acted: () => Promise<number>,
): Promise<string[]> {
  const before = await acted();
  const answers = await inParallel(items, CONNECTIONS, () => to.post(body()));
  const ids = answers.flatMap(({ status, body }) =>
    status === 202 ? [(JSON.parse(body) as { id: string }).id] : [],
  );
  if (ids.length < items) throw new Error(`${items - ids.length} of ${items} posts were refused`);
  for (let tries = 0; (await acted()) < before + items; tries += 1) {
    if (tries > 180) throw new Error(`not all of ${items} items were acted on`);
    await seconds(1);
  }
  await seconds(3);
  return ids;
}

/** Asked of the sandbox, which is in this process: neither functions nor the emulator notice. */
async function actedOn({ run: { outputs } }: Rig, destination: string): Promise<number> {
  return ((await (await fetch(`${outputs.destinations[destination]}/calls`)).json()) as unknown[]).length;
}

async function walk(rig: Rig, path: Path, items: number): Promise<string[]> {
  const { body, ends, decision, atATime } = path;
  const to = ours(rig, 'refund-request', atATime);
  try {
    if (atATime > 1) return await stream(to, items, body, () => actedOn(rig, 'refund-ledger'));
    const ids: string[] = [];
    for (let sent = 0; sent < items; sent += 1) {
      const { id } = JSON.parse((await to.post(body())).body) as { id: string };
      if (decision) {
        await until(rig, id, 'waiting_approval');
        await decide(rig.run.outputs, id, decision);
      }
      await until(rig, id, ends);
      ids.push(id);
    }
    await seconds(3);
    return ids;
  } finally {
    to.close();
  }
}

/** Read from the table, and seldom: a poll of the API would count as the item's own. */
async function until({ account }: Rig, id: string, status: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    await seconds(0.4);
    if ((await account.item(id))?.status === status) return;
  }
  throw new Error(`${id} did not become ${status}`);
}

/** CPU of a bare write by the client that the functions have, alone and where ten run together. */
async function bareCall({ account }: Rig): Promise<{ alone: number; together: number }> {
  Object.assign(process.env, emulatorEnv(account.endpoint));
  const { dynamo } = await import('../lambdas/kit/aws.ts');
  const TableName = await account.resource('platform', 'datacontrol');
  const call = () =>
    dynamo().send(
      new UpdateCommand({
        TableName,
        Key: { id: 'bench#alone' },
        UpdateExpression: 'ADD #calls :one',
        ExpressionAttributeNames: { '#calls': 'calls' },
        ExpressionAttributeValues: { ':one': 1 },
      }),
    );
  const cost = async (count: number, atATime: number) => {
    const from = process.cpuUsage();
    await inParallel(count, atATime, call);
    const { user, system } = process.cpuUsage(from);
    return (user + system) / 1000 / count;
  };
  await cost(600, 10);
  return { alone: await cost(300, 1), together: await cost(600, 10) };
}

function print(
  cpu: ReadonlyMap<string, Cpu>,
  work: ReadonlyMap<PathName, Work>,
  sdk: { alone: number; together: number },
  byFunction: ReadonlyMap<string, number>,
): void {
  const spent = new Map<PathName, Spent>();
  for (const { name, items, atATime } of PATHS) {
    const [of, did] = [cpu.get(name), work.get(name)];
    if (!of || !did) continue;
    const calls = did.calls / items;
    spent.set(name, {
      ...{ calls, invocations: did.invocations / items, writeUnits: did.writeUnits / items },
      ...{ functions: of.functions / items, emulator: of.emulator / items },
      sdk: calls * (atATime > 1 ? sdk.together : sdk.alone),
      bench: of.bench / items,
    });
  }
  const row = (name: string, what: keyof Spent) => [
    name,
    ...measured.map(
      (path) => `${BEFORE[path.name][what].toFixed(1)} → ${(spent.get(path.name)?.[what] ?? 0).toFixed(1)}`,
    ),
  ];
  console.log(`An item of refund-request, two model steps: before (${BEFORE.at}) → now\n`);
  printTable(
    ['per item', ...measured.map(({ name }) => name)],
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
  const both = (of: Cpu | undefined) => (of ? (of.functions + of.emulator) / STREAM : Number.NaN);
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
      ((of?.functions ?? 0) / STREAM).toFixed(1),
      ((of?.emulator ?? 0) / STREAM).toFixed(1),
      both(of).toFixed(1),
    ]),
  );
  console.log('\nCPU of functions in the stream, ms an item:');
  for (const [name, ms] of [...byFunction].sort(([, a], [, b]) => b - a))
    if (ms > 0) console.log(`  ${(ms / STREAM).toFixed(2)}  ${name}`);
  console.log('\nAWS calls and write units in the stream, per item:');
  for (const [kind, made] of [...(work.get('in a stream')?.byKind ?? [])].sort(([a], [b]) =>
    a < b ? -1 : 1,
  ))
    console.log(
      `  ${(made.calls / STREAM).toFixed(2)}  ${(made.writeUnits / STREAM).toFixed(2).padStart(5)}  ${kind}`,
    );
  const streamed = spent.get('in a stream');
  const tenth = (value: number) => value.toFixed(1);
  printVerdicts([
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
  ]);
}
