import './quiet.ts';
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { sdkOptions } from '../local/emulator.ts';
import { inParallel, percentile, poster, seconds } from '../local/load/posts.ts';
import type { Batch } from '../local/poller.ts';
import { startMockEndpoint } from './mock-endpoint.ts';
import { allActed, naivePipeline, ourPipeline, type Pipeline } from './pipelines.ts';
import { type Rig, startRig } from './rig.ts';
import { atMost, exactly, printVerdicts } from './verdicts.ts';
import { printTable } from './world.ts';

/*
 * `npm run bench:burst`: one client posts 2,000 items over 50 connections, one in twenty urgent, every other one low, while another client
 * posts one now and then. How long each waits from its answer until a model is asked about it, by Signalbox (an urgent lane, fair shares) and by
 * the pipeline of `bench/naive/` (one queue), on one emulator, one after the other. `-- --items N` posts fewer. Each pipeline works through a few
 * items before: on two cores its workers take ten seconds to start while fifty connections post, each its own in AWS, and that is not what is
 * measured here.
 */

const { values } = parseArgs({
  options: { items: { type: 'string' }, 'model-ms': { type: 'string' }, report: { type: 'boolean' } },
});
const ITEMS = Number(values.items) > 0 ? Number(values.items) : 2000;
const CONNECTIONS = 50;
const QUIET_ITEMS = Math.max(10, ITEMS / 50);
const QUIET_EVERY_SECONDS = 0.5;
const WARM_ITEMS = 60;
const WARM_CONNECTIONS = 6;
/** As long as a model thinks about a page: then items wait for their turn, and not for the two cores that also take the posts in. */
const MODEL_MS = Number(values['model-ms']) > 0 ? Number(values['model-ms']) : 5000;
const PORT = 4670;
/** Of the waiting of those that they are not to wait behind. */
const MOST_SHARE = 0.25;

/** One post: what became of it, and when. */
interface Post {
  kind: 'urgent' | 'normal' | 'low' | 'quiet';
  status: number;
  id?: string;
  answeredAt: number;
}

/** By the number in the text of an item. */
const posts = new Map<number, Post>();
const begun = new Map<number, number>();
const actions = new Map<string, number>();
/** By item: how long its first message was in the queue, and when it left it (ms). */
const queued = new Map<string, { waited: number; left: number }>();
let repeated = 0;
let next = 0;

const mock = await startMockEndpoint({
  ...{ perSecond: 1e6, burst: 1e6, latencyMs: MODEL_MS, content: '{"label":"delivery"}' },
  aside(path, headers) {
    const item = String(headers['signalbox-item'] ?? '');
    if (!path.startsWith('/destinations/')) return { ok: true };
    if (actions.has(item)) repeated += 1;
    actions.set(item, Date.now());
    return { ok: true };
  },
  heard(body) {
    const number = Number(/Parcel (\d+) /.exec(body)?.[1]);
    if (!begun.has(number)) begun.set(number, Date.now());
  },
});
let rig: Rig | undefined;
try {
  rig = await startRig({
    port: PORT,
    neighbours: mock.url.replace(/\/v1$/, ''),
    faults: { delayMs: noteLeft },
  });
  await measure(rig);
} finally {
  await rig?.close();
  await mock.close();
}

async function measure(rig: Rig): Promise<void> {
  const quietToken = await secondClient(rig);
  const { clientToken } = rig.run.outputs;
  const ours = await burst(ourPipeline(rig, actions), `${rig.run.outputs.apiUrl}/v1/automations/sort/items`, {
    flood: clientToken,
    quiet: quietToken,
  });
  await seconds(3);
  const naive = await burst(naivePipeline(rig), rig.naive.url, { flood: '', quiet: '' });
  print(ours, naive);
}

/** Holds nothing back: it looks at what is about to be delivered. */
function noteLeft({ queue, messages }: Batch): number {
  if (!/-work(?:-urgent)?$/.test(queue)) return 0;
  const left = Date.now();
  for (const { Body = '{}', Attributes } of messages) {
    const { itemId = '' } = JSON.parse(Body) as { itemId?: string };
    if (!queued.has(itemId)) queued.set(itemId, { waited: left - Number(Attributes?.SentTimestamp), left });
  }
  return 0;
}

type Waits = Record<Post['kind'], number[]>;

interface Burst {
  /** Seconds from answer to the first call of a model, by kind; and those in the queue, and from there to the model. */
  waits: Waits;
  inQueue: Waits;
  toModel: Waits;
  posted: Post[];
  unanswered: number;
  lost: number;
  tookSeconds: number;
}

async function burst(
  pipeline: Pipeline,
  url: string,
  tokens: { flood: string; quiet: string },
): Promise<Burst> {
  let unanswered = 0;
  let priority = 'normal';
  const client = (token: string, connections: number) =>
    poster(url, connections, () => ({
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...{ 'idempotency-key': crypto.randomUUID(), 'signalbox-priority': priority },
    }));
  const post = async (by: ReturnType<typeof poster>, kind: Post['kind']) => {
    next += 1;
    const number = next;
    // Read before the first byte is sent.
    priority = kind === 'quiet' ? 'normal' : kind;
    const answer = await by.post(bodyOf(number)).catch((error: Error) => error);
    if (answer instanceof Error) {
      unanswered += 1;
      console.error(`  post ${number}: ${answer.message}`);
      return;
    }
    if (answer.status !== 202)
      console.error(`  post ${number}: ${answer.status} ${answer.body.slice(0, 200)}`);
    const { id } = (answer.status === 202 ? JSON.parse(answer.body) : {}) as { id?: string };
    posts.set(number, { kind, status: answer.status, answeredAt: Date.now(), ...(id ? { id } : {}) });
  };
  const idsSince = (from: number) =>
    [...posts].flatMap(([number, { id }]) => (number > from && id !== undefined ? [id] : []));
  const [flood, quiet] = [client(tokens.flood, CONNECTIONS), client(tokens.quiet, 2)];
  const [cold, already] = [next, await pipeline.count()];
  await inParallel(WARM_ITEMS, WARM_CONNECTIONS, (number) => post(flood, kindOf(number)));
  await allActed(pipeline, idsSince(cold), already);

  console.error(`${pipeline.name}: ${ITEMS} posts over ${CONNECTIONS} connections ...`);
  const [from, before, startedAt] = [next, await pipeline.count(), Date.now()];
  await Promise.all([
    inParallel(ITEMS, CONNECTIONS, (number) => post(flood, kindOf(number))),
    (async () => {
      for (let count = 0; count < QUIET_ITEMS; count += 1) {
        await seconds(QUIET_EVERY_SECONDS);
        await post(quiet, 'quiet');
      }
    })(),
  ]);
  const own = [...posts].filter(([number]) => number > from);
  const { last, lost } = await allActed(pipeline, idsSince(from), before);
  flood.close();
  quiet.close();
  const [waits, inQueue, toModel] = [none(), none(), none()];
  for (const [number, { kind, answeredAt, id }] of own) {
    if (id === undefined) continue;
    const asked = begun.get(number) ?? last;
    waits[kind].push(Math.max(0, (asked - answeredAt) / 1000));
    const { waited, left } = queued.get(id) ?? {};
    if (waited === undefined || left === undefined) continue;
    inQueue[kind].push(waited / 1000);
    toModel[kind].push((asked - left) / 1000);
  }
  for (const [kind, values] of Object.entries(waits))
    console.error(`  ${kind}: ${values.length}, P50; P95; longest ${spread(values)} s`);
  const posted = own.map(([, one]) => one);
  return { waits, inQueue, toModel, posted, unanswered, lost, tookSeconds: (last - startedAt) / 1000 };
}

function kindOf(number: number): Post['kind'] {
  if (number % 20 === 0) return 'urgent';
  return number % 2 === 0 ? 'low' : 'normal';
}

function bodyOf(number: number): object {
  const text = `Parcel ${number} came, but the blue cup in it is missing. What can be done?`;
  return { ticket: `T${number}`, euros: 10, text };
}

/** Beside the client of the run, as `signalbox token` would add one. */
async function secondClient({ run }: Rig): Promise<string> {
  const secrets = new SecretsManagerClient(sdkOptions(run.outputs.endpointUrl));
  const SecretId = 'signalbox/local/clients';
  const { SecretString = '{}' } = await secrets.send(new GetSecretValueCommand({ SecretId }));
  const { clients = [] } = JSON.parse(SecretString) as { clients?: object[] };
  const token = `quiet_${crypto.randomUUID()}`;
  const sha256 = createHash('sha256').update(token).digest('hex');
  const quiet = { name: 'quiet', sha256, automations: ['*'], role: 'client' };
  await secrets.send(
    new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify({ clients: [...clients, quiet] }) }),
  );
  secrets.destroy();
  return token;
}

function none(): Waits {
  return { urgent: [], normal: [], low: [], quiet: [] };
}

function spread(values: readonly number[]): string {
  return [0.5, 0.95, 1].map((share) => percentile(values, share).toFixed(1)).join('; ');
}

function print(ours: Burst, naive: Burst): void {
  const row = (name: string, kind: Post['kind']) => [
    name,
    spread(ours.waits[kind]),
    spread(ours.inQueue[kind]),
    spread(ours.toModel[kind]),
    spread(naive.waits[kind]),
  ];
  const refused = ({ posted }: Burst) => posted.filter(({ status }) => status !== 202).length;
  printTable(
    [
      'seconds from the answer to a model: P50; P95; longest',
      'ours',
      'in the queue',
      'from there on',
      'naive',
    ],
    [
      row('urgent', 'urgent'),
      row('normal', 'normal'),
      row('low', 'low'),
      row('of the other client, normal', 'quiet'),
      ['all done after, seconds', ours.tookSeconds.toFixed(0), '', '', naive.tookSeconds.toFixed(0)],
      ['answered otherwise than 202', String(refused(ours)), '', '', String(refused(naive))],
      ['not answered', String(ours.unanswered), '', '', String(naive.unanswered)],
      ['answered 202 and lost', String(ours.lost), '', '', String(naive.lost)],
    ],
  );
  const p95 = (kind: Post['kind']) => percentile(ours.waits[kind], 0.95);
  const flood = [...ours.waits.normal, ...ours.waits.low];
  const times = (value: number) => `${value.toFixed(2)} ×`;
  printVerdicts([
    exactly('posts not answered, or otherwise than 202:', ours.unanswered + refused(ours), 0),
    exactly('answered 202 and lost:', ours.lost, 0),
    exactly('actions repeated:', repeated, 0),
    atMost('urgent, P95 of its waiting, of that of low', p95('urgent') / p95('low'), MOST_SHARE, times),
    atMost(
      "the quiet client, P95 of its waiting, of the flooding one's",
      p95('quiet') / percentile(flood, 0.95),
      MOST_SHARE,
      times,
    ),
  ]);
}
