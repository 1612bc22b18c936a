import './quiet.ts';
import { budgetKey } from '../lambdas/tables/keys.ts';
import { CONTROL_TABLE } from '../local/cases/account.ts';
import type { Fate } from '../local/sandbox/batches.ts';
import { printDocuments } from './batch-documents.ts';
import { type BatchWorld, FULL_USD, openBatchWorld, SHARE, textOf } from './batch-world.ts';
import { atMost, exactly, printVerdicts } from './verdicts.ts';
import { log, printTable } from './world.ts';

/*
 * `npm run bench:batch`: 1,000 low-priority items with six hours each, through the code of `process` and of `models/batch`, against a model
 * server with files and batches on loopback. Of the first file one line in 25 fails, the second expires with one in ten undone, the third
 * is late and is stopped half done; in the middle a run dies in its look, and the answer to the making of a file is lost. The clock is
 * moved, a minute at a time. `-- --documents 10000`: so many documents overnight in its place.
 */

const ITEMS = 1000;
const MINUTE = 60_000;
const SLA_MINUTES = 360;
/** They come over two hours. */
const EACH_MINUTE = Math.ceil(ITEMS / 120);

const FATES: readonly Fate[] = [
  { seconds: 3000, errorOneIn: 25 },
  { seconds: 5400, ends: 'expired', missOneIn: 10 },
  { seconds: 100_000, stopSeconds: 240, missOneIn: 2 },
  { seconds: 1800 },
];

const at = process.argv.indexOf('--documents');
if (at >= 0) await printDocuments(Number(process.argv[at + 1]));
else await printItems();

async function printItems(): Promise<void> {
  const write = process.stdout.write.bind(process.stdout);
  // What the functions log is none of the bench's figures.
  process.stdout.write = () => true;
  const world = await openBatchWorld({
    policy: { batch: { sla: '6h' } },
    fate: (batch) => FATES[Math.min(batch, FATES.length) - 1] as Fate,
  });
  try {
    const ended = new Map<string, number>();
    const told = await run(world, ended);
    process.stdout.write = write;
    print(world, ended, told);
  } finally {
    process.stdout.write = write;
    await world.close();
  }
}

interface ToldOfRun {
  looks: number;
  died: number;
  lost: number;
}

async function run(of: BatchWorld, ended: Map<string, number>): Promise<ToldOfRun> {
  const told: ToldOfRun = { looks: 0, died: 0, lost: 0 };
  let posted = 0;
  let runName = 'run-1';
  // No look before that: another run holds the batches.
  for (let minute = 0; minute <= SLA_MINUTES * 2 && ended.size < ITEMS; minute += 1) {
    for (let more = 0; more < EACH_MINUTE && posted < ITEMS; more += 1) {
      posted += 1;
      await of.post(`sort_${String(posted).padStart(5, '0')}`);
    }
    await of.work();
    // Of the second file: it is made, and nobody hears of it.
    of.loseAnswer = of.batches.count === 1 && told.lost === 0;
    // The run dies in the middle of what it took of the first file.
    of.dieAfter = of.batches.count >= 1 && told.died === 0 ? 60 : undefined;
    try {
      await of.tick(runName);
      told.looks += 1;
    } catch {
      told.died += 1;
      runName = `run-${told.died + 1}`;
    }
    if (of.lost) told.lost += 1;
    of.lost = false;
    of.dieAfter = undefined;
    await of.work();
    for (const { id, verdict } of of.items()) if (verdict && !ended.has(id)) ended.set(id, of.now);
    if (minute % 30 === 0)
      log(`minute ${minute}: ${posted} posted, ${ended.size} done, ${of.batches.count} files`);
    of.now += MINUTE;
  }
  return told;
}

function print(of: BatchWorld, ended: ReadonlyMap<string, number>, { looks, died, lost }: ToldOfRun): void {
  const items = of.items();
  const late = items.filter(
    ({ id, receivedAt }) => (ended.get(id) ?? Infinity) > Date.parse(receivedAt) + SLA_MINUTES * MINUTE,
  );
  const inBatch = of.batches.answered.length;
  const alone = of.alone.length;
  const billed = inBatch * FULL_USD * SHARE + alone * FULL_USD;
  const asked = [...of.batches.bodies.map(textOf), ...of.alone];
  const twice = asked.length - new Set(asked).size;
  const inLineage = items.reduce((sum, { costUsd = 0 }) => sum + costUsd, 0);
  const day = of.memory.tables.row<{ spentMicroUsd: number }>(CONTROL_TABLE, budgetKey('sort', 'run'));
  const spent = (day?.spentMicroUsd ?? 0) / 1_000_000;
  const atFull = ITEMS * FULL_USD;
  const waits = items
    .map(({ id, receivedAt }) => ((ended.get(id) ?? 0) - Date.parse(receivedAt)) / MINUTE)
    .sort((a, b) => a - b);
  const usd = (value: number) => `$${value.toFixed(6)}`;
  console.log(
    `${ITEMS} low-priority items, ${SLA_MINUTES / 60} hours each; ${of.batches.count} files, ${looks} looks, ${died} runs that died, ${lost} answers lost\n`,
  );
  printTable(
    ['answered', 'items', 'billed'],
    [
      ['in files', String(inBatch), usd(inBatch * FULL_USD * SHARE)],
      ['at once, as their time was over', String(alone), usd(alone * FULL_USD)],
      ['all', String(inBatch + alone), usd(billed)],
      ['all of them at once, as without batches', String(ITEMS), usd(atFull)],
    ],
  );
  console.log(
    `\nminutes until the answer: half within ${waits[ITEMS / 2]?.toFixed(0)}, the last after ${waits.at(-1)?.toFixed(0)}`,
  );
  printVerdicts([
    exactly('items without an answer', ITEMS - ended.size, 0),
    exactly('items after their time', late.length, 0),
    exactly('requests that were paid for twice', twice, 0),
    atMost('the lineages differ from what was billed by', Math.abs(inLineage - billed), 1e-6, usd),
    // Each request is rounded up to a millionth.
    atMost('the budget differs from what was billed by', Math.abs(spent - billed), ITEMS * 1e-6, usd),
    exactly('files left at the provider', of.batches.files.length, 0),
    atMost('share of the price without batches', billed / atFull, 0.75, (value) => value.toFixed(3)),
  ]);
}
