import './quiet.ts';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { inParallel, seconds } from '../local/load/posts.ts';
import { workersOf } from './cpu.ts';
import { startMockEndpoint } from './mock-endpoint.ts';
import { type Rig, startRig } from './rig.ts';
import { atMost, exactly, printVerdicts } from './verdicts.ts';
import { printTable } from './world.ts';

/*
 * `npm run bench:crash`: 600 items of `bench/sort/` (one step, one action) are posted. When three in ten are done, every poller ends, then every
 * worker of every function and the server that is the model and the destination. Then it shows what became of the items that were in work, and
 * that nothing was done or paid for twice, but for calls whose answer nobody could keep: each of these is shown.
 */

const ITEMS = 600;
const KILLED_AT = 0.3;
/** Pollers that end leave what they have delivered: functions finish it, and all of it comes again. */
const POLLERS_SECONDS = 3;
const SANDBOX_MS = 1000;
const CONNECTIONS = 16;
const ANSWER_MS = 30_000;
/** Long enough for many calls to be under way at any moment. */
const MODEL_MS = 2000;
const MOST_BACK_SECONDS = 90;
const LOST_AFTER_SECONDS = 600;
const PORT = 4650;

interface Item {
  id?: string;
  /** When a model was asked about it. */
  asked: number[];
}

/** Calls of the destination about one item: when, and under which keys. */
interface Acts {
  at: number[];
  keys: Set<string>;
}

const items = Array.from({ length: ITEMS }, (): Item => ({ asked: [] }));
const acts = new Map<string, Acts>();
const pollers = { ended: false, messages: 0 };

const mock = await startMockEndpoint({
  ...{ perSecond: 1e6, burst: 1e6, latencyMs: MODEL_MS, content: '{"label":"delivery"}' },
  aside(path, headers) {
    if (!path.startsWith('/destinations/')) return { ok: true };
    const id = String(headers['signalbox-item']);
    const known = acts.get(id) ?? { at: [], keys: new Set() };
    acts.set(id, known);
    known.at.push(Date.now());
    known.keys.add(String(headers['idempotency-key']));
    return { ok: true };
  },
  heard(body) {
    items[Number(/Parcel (\d+) /.exec(body)?.[1])]?.asked.push(Date.now());
  },
});
let rig: Rig | undefined;
try {
  rig = await startRig({
    port: PORT,
    neighbours: mock.url.replace(/\/v1$/, ''),
    faults: {
      forget({ messages }) {
        if (pollers.ended) pollers.messages += messages.length;
        return pollers.ended;
      },
    },
  });
  await measure(rig);
} finally {
  await rig?.close();
  await mock.close();
}

async function measure(rig: Rig): Promise<void> {
  console.error(`${ITEMS} items, a model that takes ${MODEL_MS / 1000} s ...`);
  const posting = inParallel(ITEMS, CONNECTIONS, (number) => post(rig, number - 1));
  while (acts.size < KILLED_AT * ITEMS) await seconds(0.1);
  pollers.ended = true;
  await seconds(POLLERS_SECONDS);
  const restarted = mock.restart(SANDBOX_MS);
  const killed = await killWorkers(rig);
  const at = Date.now();
  pollers.ended = false;
  const kept = await keptAnswers(rig);
  await restarted;
  console.error(`${killed} workers killed at ${acts.size} items done ...`);
  await posting;
  const until = at + LOST_AFTER_SECONDS * 1000;
  while (acts.size < ITEMS && Date.now() < until) await seconds(0.5);
  // An action whose worker was killed before it wrote the outcome comes again, under its key.
  let ended = await statuses(rig);
  while (ended.some((status) => status !== 'done') && Date.now() < until) {
    await seconds(1);
    ended = await statuses(rig);
  }
  // What would come twice may come late.
  await seconds(5);
  print({ at, over: Date.now() - 5000, killed, kept, ended });
}

/** As a good caller does: again with the same key, until somebody answers. */
async function post({ run: { outputs } }: Rig, number: number): Promise<void> {
  const item = items[number];
  for (let attempt = 1; item && attempt <= 30; attempt += 1) {
    const response = await fetch(`${outputs.apiUrl}/v1/automations/sort/items`, {
      method: 'POST',
      // Its answer may have gone with its worker.
      signal: AbortSignal.timeout(ANSWER_MS),
      headers: {
        authorization: `Bearer ${outputs.clientToken}`,
        'content-type': 'application/json',
        'idempotency-key': `crash-${number}`,
      },
      body: JSON.stringify({
        ...{ ticket: `T${number}`, euros: 10 },
        text: `Parcel ${number} came, but the blue cup in it is missing. What can be done?`,
      }),
    }).catch(() => undefined);
    if (response?.status === 202 || response?.status === 200) {
      item.id = ((await response.json()) as { id: string }).id;
      return;
    }
    await response?.body?.cancel();
    await seconds(1);
  }
}

async function killWorkers({ stateDir }: Rig): Promise<number> {
  const workers = [...(await workersOf(stateDir))].filter(([, { name }]) => name.includes('/'));
  for (const [pid] of workers) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  return workers.length;
}

/** Items whose one answer is kept. */
async function keptAnswers({ account }: Rig): Promise<Set<string>> {
  const TableName = await account.resource('platform', 'dataidempotency');
  const ids = new Set<string>();
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await account.tables.send(
      new ScanCommand({ TableName, ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}) }),
    );
    for (const { id } of page.Items ?? []) {
      const found = /^sort_step#(sort_[0-9a-f]{32})#/.exec(String(id))?.[1];
      if (found) ids.add(found);
    }
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return ids;
}

async function statuses({ account }: Rig): Promise<string[]> {
  return Promise.all(
    items.map(async ({ id }) => (id ? ((await account.item(id))?.status ?? 'lost') : 'not accepted')),
  );
}

interface Found {
  /** When the workers were killed, and when all items had ended. */
  at: number;
  over: number;
  killed: number;
  kept: ReadonlySet<string>;
  ended: readonly string[];
}

function print({ at, over, killed, kept, ended }: Found): void {
  const after = (moments: readonly number[]) => moments.filter((moment) => moment > at);
  const isKept = ({ id = '' }: Item) => kept.has(id);
  const actsOf = ({ id = '' }: Item) => acts.get(id)?.at ?? [];
  /** Their calls, or what was to be written of them, ended with their workers. */
  const cut = items.filter((it) => it.asked.some((moment) => moment <= at) && !isKept(it));
  const back = cut
    .map((it) => (Math.min(...after([...it.asked, ...actsOf(it)])) - at) / 1000)
    .sort((a, b) => a - b);
  const again = items.filter((it) => isKept(it) && after(it.asked).length > 0).length;
  const twice = items.filter((it) => it.asked.length > (cut.includes(it) ? 2 : 1)).length;
  const all = [...acts.values()];
  const one = (value = Number.NaN) => value.toFixed(1);
  printTable(
    ['', ''],
    [
      ['workers killed', String(killed)],
      ['messages that pollers delivered and never deleted', String(pollers.messages)],
      ['answers kept by then', String(kept.size)],
      ['items whose model call was cut off', String(cut.length)],
      [
        '… at work again after, s: first; median; last',
        `${one(back[0])}; ${one(back[back.length >> 1])}; ${one(back.at(-1))}`,
      ],
      [
        'calls of the destination repeated under the same key',
        String(all.filter((it) => it.at.length > 1).length),
      ],
      ['all ended after the kill, s', one((over - at) / 1000)],
      ['other ends', [...new Set(ended)].filter((status) => status !== 'done').join(', ') || 'none'],
    ],
  );
  const paidAgain = cut.filter((it) => it.asked.length > 1);
  printTable(
    ['paid again, as its answer was not kept', 'asked before, s', 'asked after, s'],
    paidAgain.map((it) => [
      `item ${items.indexOf(it)}`,
      it.asked
        .filter((moment) => moment <= at)
        .map((moment) => one((at - moment) / 1000))
        .join(', '),
      after(it.asked)
        .map((moment) => one((moment - at) / 1000))
        .join(', '),
    ]),
  );
  printVerdicts([
    exactly('items done', ended.filter((status) => status === 'done').length, ITEMS),
    atMost('first item again at work, s', back[0] ?? Number.NaN, MOST_BACK_SECONDS, one),
    atMost('last item again at work, s', back.at(-1) ?? Number.NaN, MOST_BACK_SECONDS, one),
    exactly('actions repeated', all.filter(({ keys }) => keys.size > 1).length, 0),
    exactly('model calls repeated whose answer was kept', again, 0),
    exactly('model calls repeated besides those cut off', twice, 0),
  ]);
}
