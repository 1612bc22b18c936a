import { budgetKey } from '../lambdas/tables/keys.ts';
import { CONTROL_TABLE } from '../local/cases/account.ts';
import { between, type Next, pick, seeded } from '../local/load/random.ts';
import { type BatchWorld, openBatchWorld, SHARE } from './batch-world.ts';
import { atMost, exactly, printVerdicts } from './verdicts.ts';
import { log, printTable } from './world.ts';

/*
 * `npm run bench:batch -- --documents 10000`: so many documents of a few pages that come within two hours of the evening, with a time of
 * fourteen hours and files at night alone. Of each file one line in 200 fails. A run looks each minute while it says so, and the schedule
 * begins the next one each quarter of an hour, as in production.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SLA_HOURS = 14;
const COME_HOURS = 2;
const FILE_SECONDS = 5400;
const SCHEDULE_MINUTES = 15;
/** What a provider takes. */
const MOST_LINES = 50_000;
const MOST_BYTES = 200_000_000;
/** Of the function that looks after batches. */
const FUNCTION_MB = 1769;
/** Dollars for a million tokens, and characters of a token. */
const [INPUT_USD, OUTPUT_USD, CHARACTERS] = [1, 5, 4];
const OUTPUT_TOKENS = 12;

interface Told {
  ended: Map<string, number>;
  looks: number;
  /** The most that the process grew while it looked, and the longest look by processor time. */
  grewMb: number;
  longestSeconds: number;
}

export interface Documents {
  count: number;
  /** Without an answer, after their time, and asked more than once. */
  unanswered: number;
  late: number;
  twice: number;
  usd: { billed: number; atFull: number; inLineage: number; onBudget: number };
  files: { made: number; left: number; lines: number; bytes: number };
  told: Told;
}

export async function documents(count: number, tell: (line: string) => void = () => {}): Promise<Documents> {
  const usd = { billed: 0, atFull: 0 };
  const asked: string[] = [];
  const world = await openBatchWorld({
    policy: {
      batch: {
        sla: `${SLA_HOURS}h`,
        offPeak: { from: '20:00', to: '06:00', timeZone: 'Europe/Berlin' },
      },
    },
    fate: () => ({ seconds: FILE_SECONDS, errorOneIn: 200 }),
    offer: { inputUsdPerMillion: INPUT_USD, cachedUsdPerMillion: INPUT_USD, outputUsdPerMillion: OUTPUT_USD },
    complete: (body, _, inFile) => {
      const { messages = [] } = body as { messages?: { content: string }[] };
      const tokens = Math.ceil(messages.reduce((sum, { content }) => sum + content.length, 0) / CHARACTERS);
      const full = (tokens * INPUT_USD + OUTPUT_TOKENS * OUTPUT_USD) / 1e6;
      usd.atFull += full;
      usd.billed += inFile ? full * SHARE : full;
      asked.push(NUMBER.exec(messages.at(-1)?.content ?? '')?.[0] ?? '');
      return answerOf(tokens);
    },
  });
  // Half past four in the afternoon, in Berlin.
  world.now = Date.parse('2026-11-28T15:30:00Z');
  try {
    const told = await overnight(world, count, tell);
    const items = world.items();
    const day = world.memory.tables.row<{ spentMicroUsd: number }>(CONTROL_TABLE, budgetKey('sort', 'run'));
    const late = items.filter(
      ({ id, receivedAt }) => (told.ended.get(id) ?? Infinity) > Date.parse(receivedAt) + SLA_HOURS * HOUR,
    );
    return {
      ...{ count, unanswered: count - told.ended.size, late: late.length, told },
      twice: asked.length - new Set(asked).size,
      usd: {
        ...usd,
        inLineage: items.reduce((sum, { costUsd = 0 }) => sum + costUsd, 0),
        onBudget: (day?.spentMicroUsd ?? 0) / 1e6,
      },
      files: { made: world.batches.count, left: world.batches.files.length, ...world.batches.largest },
    };
  } finally {
    await world.close();
  }
}

async function overnight(world: BatchWorld, count: number, tell: (line: string) => void): Promise<Told> {
  const told: Told = { ended: new Map(), looks: 0, grewMb: 0, longestSeconds: 0 };
  const waiting = new Set<string>();
  const next = seeded(23);
  const began = world.now;
  const eachMinute = Math.ceil(count / (COME_HOURS * 60));
  let posted = 0;
  let run: string | undefined;
  for (let minute = 0; minute <= (SLA_HOURS + COME_HOURS) * 60 && told.ended.size < count; minute += 1) {
    world.now = began + minute * MINUTE;
    for (let more = 0; more < eachMinute && posted < count; more += 1) {
      posted += 1;
      const id = `sort_${String(posted).padStart(6, '0')}`;
      waiting.add(id);
      await world.post(id, 'low', documentOf(posted, next));
    }
    await world.work();
    if (minute % SCHEDULE_MINUTES === 0) run ??= `run-${minute}`;
    if (run !== undefined && !(await looked(world, run, told))) run = undefined;
    await world.work();
    for (const id of waiting)
      if (world.memory.tables.rows('items').get(id)?.verdict) {
        told.ended.set(id, world.now);
        waiting.delete(id);
      }
    if (minute % 60 === 0)
      tell(`hour ${minute / 60}: ${posted} posted, ${told.ended.size} done, ${world.batches.count} files`);
  }
  return told;
}

/** @returns whether the run comes back */
async function looked(world: BatchWorld, run: string, told: Told): Promise<boolean> {
  const before = process.memoryUsage.rss();
  let most = before;
  const sampler = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 50);
  const began = process.cpuUsage();
  const { waits } = await world.tick(run).finally(() => clearInterval(sampler));
  told.looks += 1;
  const { user, system } = process.cpuUsage(began);
  told.longestSeconds = Math.max(told.longestSeconds, (user + system) / 1e6);
  told.grewMb = Math.max(told.grewMb, (Math.max(most, process.memoryUsage.rss()) - before) / 1e6);
  return waits;
}

const NUMBER = /document \d+/;
const WORDS = [
  'delivery',
  'order',
  'amount',
  'agreed',
  'broken',
  'pallet',
  'invoice',
  'received',
  'number',
  'date',
];

/** Of two to five pages. */
function documentOf(number: number, next: Next): string {
  const words = Array.from({ length: between(next, 900, 2300) }, () => pick(next, WORDS));
  return `document ${number}: ${words.join(' ')}`;
}

function answerOf(tokens: number): object {
  const message = { role: 'assistant', content: '{"label":"delivery"}', refusal: null };
  return {
    ...{ id: 'chatcmpl-night', object: 'chat.completion', created: 0, model: 'mock' },
    usage: { prompt_tokens: tokens, completion_tokens: OUTPUT_TOKENS },
    choices: [{ index: 0, finish_reason: 'stop', logprobs: null, message }],
  };
}

export async function printDocuments(count: number): Promise<void> {
  const write = process.stdout.write.bind(process.stdout);
  // What the functions log is none of the bench's figures.
  process.stdout.write = () => true;
  const it = await documents(count, log).finally(() => {
    process.stdout.write = write;
  });
  const { usd, files, told } = it;
  const dollars = (value: number) => `$${value.toFixed(4)}`;
  const mb = (value: number) => `${value.toFixed(0)} MB`;
  printTable(
    [`${count} documents overnight`, ''],
    [
      ['files; lines and bytes of the largest', `${files.made}; ${files.lines}, ${mb(files.bytes / 1e6)}`],
      ['looks; the longest, of processor time', `${told.looks}; ${told.longestSeconds.toFixed(1)} s`],
      ['billed; all of them at once', `${dollars(usd.billed)}; ${dollars(usd.atFull)}`],
      ['a look grew the process by at most', `${mb(told.grewMb)} (with tables, bucket and provider in it)`],
    ],
  );
  printVerdicts([
    exactly('documents without an answer', it.unanswered, 0),
    exactly('documents after their time', it.late, 0),
    exactly('requests that were paid for twice', it.twice, 0),
    atMost('lines of a file', files.lines, MOST_LINES),
    atMost('bytes of a file', files.bytes, MOST_BYTES),
    atMost('share of the price without batches', usd.billed / usd.atFull, 0.55, (value) => value.toFixed(3)),
    atMost(
      'the lineages differ from what was billed by',
      Math.abs(usd.inLineage - usd.billed),
      1e-6 * count,
      dollars,
    ),
    atMost(
      'the budget differs from what was billed by',
      Math.abs(usd.onBudget - usd.billed),
      1e-6 * count,
      dollars,
    ),
    exactly('files left at the provider', files.left, 0),
    atMost('memory of a look, of the function’s', told.grewMb, FUNCTION_MB, mb),
    atMost('seconds of the longest look, of the function’s', told.longestSeconds, 300, (value) =>
      value.toFixed(1),
    ),
  ]);
}
