import type { StepPolicy } from '../lambdas/contract/automation.ts';
import { trainSurrogates } from '../lambdas/operate/surrogates/run.ts';
import { THINKING } from '../lib/parts/handler.ts';
import { BUCKET, CONTROL_TABLE, IDEMPOTENCY_TABLE } from '../local/cases/account.ts';
import { seeded } from '../local/load/random.ts';
import { vectorOf } from '../local/sandbox/embeddings.ts';
import { type BatchWorld, ITEM_TABLE, openBatchWorld } from './batch-world.ts';
import { Counter, since } from './economy/aws.ts';
import { TICKETS, ticketOf } from './economy/texts.ts';
import { costOf, type Unit, type Usage } from './prices.ts';
import { atMost, type Verdict } from './verdicts.ts';
import { printTable } from './world.ts';

/*
 * What AWS takes for thinking about one item by who gives its label: a model at once, the exact cache, similar questions, a surrogate, or a
 * file. Counted at the clients of this process, tables and bucket in memory; seconds of models are assumed. Standing costs are apart.
 */

const ITEMS = 40;
const MODEL_SECONDS = 1.5;
const VECTOR_SECONDS = 0.12;
const MINUTE = 60_000;
/** Of the function that looks after batches, and what a look enters. */
const [BATCH_MB, STATES] = [1769, 3];

interface Way {
  name: string;
  policy: StepPolicy;
  /** Brings it to where it answers. */
  before?(world: BatchWorld): Promise<void>;
  text(nth: number): string;
  low?: boolean;
  /** Of an item's answers, which are to be of this kind. */
  is(entry: { cached?: boolean; similar?: unknown; surrogate?: string; route?: string }): boolean;
}

const next = seeded(5);

const WAYS: readonly Way[] = [
  {
    ...{ name: 'a model at once', policy: {}, text: (nth) => `The parcel ${nth} is late.` },
    is: ({ cached, route }) => !cached && !route?.includes('in the batch'),
  },
  {
    ...{ name: 'exact cache', policy: { cacheHours: 24 }, text: () => 'Where is my parcel?' },
    before: (world) => one(world, 'first', 'Where is my parcel?'),
    is: ({ cached, similar }) => cached === true && similar === undefined,
  },
  {
    name: 'similar questions',
    policy: { similar: { hours: 24, wrongAtMost: 0.05 } },
    text: () => 'please tell me where the parcel of my order is',
    before: opened,
    is: ({ similar }) => similar !== undefined,
  },
  {
    ...{ name: 'surrogate', policy: { surrogate: { agreement: 0.95 } } },
    before: learned,
    text: () => ticketOf(next).text,
    is: ({ surrogate }) => surrogate !== undefined,
  },
  {
    ...{ name: `a file, of ${ITEMS}`, policy: { batch: { sla: '6h' } }, low: true },
    text: (nth) => `The parcel ${nth} is late.`,
    is: ({ route }) => route?.includes('in the batch') === true,
  },
];

async function one(world: BatchWorld, id: string, text: string, low = false): Promise<void> {
  world.now += 11_000;
  await world.put(`sort_${id}`, low ? 'low' : 'normal', { ticket: id, euros: 10, text });
  await world.work();
  const row = world.item(`sort_${id}`);
  if (row?.verdict) world.memory.tables.put(ITEM_TABLE, { ...row, status: 'done' });
}

/** As if comparisons had shown the bound: how they do is what `bench:similar` is about. */
async function opened(world: BatchWorld): Promise<void> {
  for (let nth = 0; nth < 6; nth += 1)
    await one(world, `before${nth}`, 'please tell me where the parcel of my order is');
  for (const [id, row] of world.memory.tables.rows(CONTROL_TABLE))
    if (id.includes('_similar#route#'))
      world.memory.tables.put(CONTROL_TABLE, { ...row, asked49: 300, compared49: 300 });
}

async function learned(world: BatchWorld): Promise<void> {
  const env = { ITEM_TABLE, CONTROL_TABLE, IDEMPOTENCY_TABLE, CONTENT_BUCKET: BUCKET };
  await trainSurrogates(world.automation, env);
  for (let nth = 0; nth < 500; nth += 1) await one(world, `before${nth}`, ticketOf(next).text);
  await trainSurrogates(world.automation, env);
}

interface Counted {
  usage: Usage;
  /** Items whose label came so. */
  items: number;
}

async function counted(way: Way): Promise<Counted> {
  let seconds = 0;
  const world = await openBatchWorld({
    ...{ policy: way.policy, fate: () => ({ seconds: 1800 }) },
    automation: { labels: [...Object.keys(TICKETS), 'delivery', 'other'] } as never,
    more: [VECTORS],
    complete: (body, path, inFile) => {
      if (path.endsWith('embeddings')) {
        seconds += VECTOR_SECONDS;
        return vectors(body as { input: string[] });
      }
      if (!inFile) seconds += MODEL_SECONDS;
      return labelled(body);
    },
  });
  try {
    await way.before?.(world);
    const counter = new Counter(world.memory);
    const usages: { id: string; usage: Usage }[] = [];
    let [before, delivered] = [counter.now(), world.delivered];
    const ran = () => {
      for (; delivered < world.delivered; delivered += 1) {
        counter.ran(THINKING, 0);
        counter.add('SQS request', 2);
      }
      counter.waited(THINKING, seconds);
      seconds = 0;
    };
    seconds = 0;
    for (let nth = 0; nth < ITEMS; nth += 1) {
      await one(world, String(nth), way.text(nth), way.low);
      ran();
      const after = counter.now();
      usages.push({ id: `sort_${nth}`, usage: since(before, after) });
      before = after;
    }
    let shared: Usage = {};
    if (way.low) {
      await looks(world, counter);
      ran();
      shared = since(before, counter.now());
    }
    const right = usages.filter(({ id }) =>
      world.item(id)?.lineage?.some((entry) => entry.step === 'route' && way.is(entry)),
    );
    return { usage: sum([...right.map(({ usage }) => usage), shared]), items: right.length };
  } finally {
    await world.close();
  }
}

/** Runs of the state machine until all are answered. */
async function looks(world: BatchWorld, counter: Counter): Promise<void> {
  let run: string | undefined;
  for (let minute = 0; minute < 6 * 60 && world.items().some(({ verdict }) => !verdict); minute += 1) {
    world.now += MINUTE;
    if (minute % 15 === 0 && run === undefined) {
      run = `run-${minute}`;
      counter.add('Step Functions transition', 1);
    }
    if (run !== undefined) {
      const began = process.cpuUsage();
      const { waits } = await world.tick(run);
      const { user, system } = process.cpuUsage(began);
      counter.ran(BATCH_MB, (user + system) / 1e6);
      counter.add('Step Functions transition', STATES);
      if (!waits) run = undefined;
    }
    await world.work();
  }
}

function sum(all: readonly Usage[]): Usage {
  const total: Usage = {};
  for (const usage of all)
    for (const [unit, amount] of Object.entries(usage) as [Unit, number][])
      total[unit] = (total[unit] ?? 0) + amount;
  return total;
}

const VECTORS = {
  ...{ name: 'vectors', kind: 'embeddings' as const, tier: 'small' as const, pricedAt: '2026-11-20' },
  ...{ inputUsdPerMillion: 0.02, cachedUsdPerMillion: 0.02, outputUsdPerMillion: 0 },
  ...{ maxOutputTokens: 1, contextTokens: 8192 },
};

function vectors({ input }: { input: string[] }): object {
  const data = input.map((text, index) => ({ index, embedding: vectorOf(text) }));
  return { data, usage: { prompt_tokens: 12, total_tokens: 12 } };
}

/** A model that knows the subject of a ticket by its thing. */
function labelled(body: unknown): object {
  const { messages = [] } = body as { messages?: { content: string }[] };
  const { text = '' } = JSON.parse(messages.at(-1)?.content ?? '{}') as { text?: string };
  const label = Object.entries(TICKETS).find(([, [things]]) => things.some((it) => text.includes(it)))?.[0];
  const content = JSON.stringify({ label: label ?? (/parcel/.test(text) ? 'delivery' : 'other') });
  return {
    ...{ id: 'chatcmpl-means', object: 'chat.completion', created: 0, model: 'mock' },
    usage: { prompt_tokens: 600, completion_tokens: 12 },
    choices: [
      {
        index: 0,
        finish_reason: 'stop',
        logprobs: null,
        message: { role: 'assistant', content, refusal: null },
      },
    ],
  };
}

const UNITS: readonly Unit[] = [
  ...(['Lambda request', 'Lambda GB-second (arm64)', 'SQS request', 'Step Functions transition'] as const),
  ...(['DynamoDB write unit (on demand)', 'DynamoDB read unit (on demand)', 'S3 PUT', 'S3 GET'] as const),
];

/** What is asked: no other way takes more of AWS than a model at once, but a file, which waits for others. */
export async function printMeans(): Promise<Verdict[]> {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = () => true;
  const found: (Way & Counted)[] = [];
  try {
    for (const way of WAYS) found.push({ ...way, ...(await counted(way)) });
  } finally {
    process.stdout.write = write;
  }
  const each = ({ usage, items }: Counted) => (1000 * costOf(usage)) / items;
  console.log('\nWhat AWS takes for thinking about an item, by who gives its label\n');
  printTable(
    ['per item', ...found.map(({ name }) => name)],
    [
      ...UNITS.map((unit) => [
        unit,
        ...found.map(({ usage, items }) => ((usage[unit] ?? 0) / items).toFixed(unit.includes('GB') ? 4 : 2)),
      ]),
      ['**US$ per 1,000 items**', ...found.map((it) => `**${each(it).toFixed(4)}**`)],
      ['items counted', ...found.map(({ items }) => String(items))],
    ],
  );
  console.log(
    `\nA model answers in ${MODEL_SECONDS} s, and a vector in ${VECTOR_SECONDS} s (assumed); one item an invocation; processor time of \`process\` is not in it. Table units are upper bounds.`,
  );
  const [model] = found;
  const dollars = (value: number) => `US$ ${value.toFixed(4)}`;
  return found
    .filter(({ low }) => !low)
    .slice(1)
    .map((it) => atMost(`${it.name}: AWS for 1,000 labels`, each(it), model ? each(model) : 0, dollars));
}
