import './quiet.ts';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { emulatorEnv } from '../local/emulator.ts';
import { inParallel, type Poster, poster, seconds } from '../local/load/posts.ts';
import { type Decision, decide } from './approver.ts';
import type { Cpu } from './cpu.ts';
import { OUTCOMES_SECONDS } from './estimated.ts';
import { type Rig, startRig } from './rig.ts';
import { snapshot, type Work, workSince } from './usage.ts';
import { printVerdicts } from './verdicts.ts';
import type { PathName } from './work-before.ts';
import { type Bare, printWork } from './work-print.ts';

/*
 * `npm run bench:work`: AWS calls, invocations, write units and CPU of one item of refund-request (two model steps), by path, beside what they
 * were. First the CPU, without debug lines; then the same again with a debug line per AWS call, to be counted. And the CPU of an item of
 * `bench/sort/` beside that of the naive pipeline, which does the same.
 */

const ALONE = 12;
const STREAM = 160;
const CONNECTIONS = 16;
const PORT = 4640;

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
  const bare = await bareCall(rig);
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
  printVerdicts(printWork({ paths: measured, stream: STREAM, cpu, work, bare, byFunction }));
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

/** Ten at a time, and alone. */
async function bareCall(rig: Rig): Promise<Bare> {
  const { account } = rig;
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
  const alone = await cost(300, 1);
  const { result: together, cpu } = await rig.spent(() => cost(600, 10));
  return { alone, together, emulator: cpu.emulator / 600 };
}
