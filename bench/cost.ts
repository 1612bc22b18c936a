import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ItemRow } from '../lambdas/contract/item/row.ts';
import { THINKING } from '../lib/parts/handler.ts';
import { Account } from '../local/account.ts';
import { startLocal } from '../local/engine.ts';
import type { Outputs } from '../local/outputs.ts';
import { type Decision, decide } from './approver.ts';
import {
  type Compared,
  estimatedUsd,
  OUTCOMES_SECONDS,
  printEstimates,
  printFunctions,
} from './estimated.ts';
import { printLines } from './lines.ts';
import { printMeans } from './means.ts';
import { printPages } from './pages.ts';
import { costOf, KNOWN_AT, PRICES, type Unit, type Usage } from './prices.ts';
import { printStanding } from './standing.ts';
import { dollarsByFunction, snapshot, usageSince } from './usage.ts';
import { atMost, printVerdicts, type Verdict } from './verdicts.ts';

/*
 * `npm run bench:cost`: what one item costs in AWS, per path. Items are sent one after the other, so that no batch is shared:
 * the dearest way to run them. Model prices are not in it; the item itself says what its model calls cost. And what stands costs by
 * the month, whether or not there is work: `-- --standing` counts that alone, in seconds, from the templates. Pages of documents are read here, without a deploy: `-- --pages`. Then each line, by its own
 * example, models included: `-- --lines` counts those alone, `-- --paths` all but those. Last what thinking takes by who gives a label: `-- --means`, in seconds.
 */

const ITEMS = 10;
const PORT = 4610;
/** The processor waits for the model with this much. */
const MEMORY_GB = THINKING / 1024;
/**
 * The sandbox model answers at once. Real answers take about this long, and the function waits for two of
 * them.
 */
const MODEL_SECONDS = 1.5;
const MODEL_CALLS = 2;

/** Dollars per 1,000 items. */
const MOST = { 'acted alone': 0.11, approved: 0.35 };

interface Path {
  name: string;
  body: Record<string, string>;
  ends: string;
  decision?: Decision;
}

const small = {
  amount: '24.90',
  currency: 'EUR',
  text: 'I was charged twice for the same order. Please pay one charge back.',
};
const large = {
  amount: '240.00',
  currency: 'EUR',
  text: 'The lamp arrived broken yesterday, the glass is in pieces. I want my money back.',
};
const denied = {
  ...small,
  text: 'The bag arrived damaged. I also opened a chargeback with my bank, it is still open.',
};

const PATHS: Path[] = [
  { name: 'acted alone', body: small, ends: 'done' },
  { name: 'approved', body: large, ends: 'done', decision: 'approve' },
  { name: 'rejected', body: large, ends: 'rejected', decision: 'reject' },
  { name: 'refused', body: denied, ends: 'refused' },
];

const only = ['--paths', '--standing', '--pages', '--lines', '--means'].find((part) =>
  process.argv.includes(part),
);
printVerdicts([
  ...(only && only !== '--lines' && only !== '--paths' ? [] : await perPath()),
  ...(only && only !== '--standing' ? [] : await printStanding()),
  ...(only && only !== '--pages' ? [] : await printPages()),
  ...(only && only !== '--means' ? [] : await printMeans()),
]);

async function perPath(): Promise<Verdict[]> {
  const stateDir = await mkdtemp(join(tmpdir(), 'signalbox-bench-'));
  const run = await startLocal({ port: PORT, stateDir, awsCalls: true, log: (line) => console.error(line) });
  try {
    if (only === '--lines') return await printLines(run);
    const account = new Account(run.outputs.endpointUrl);
    const usages: Record<string, Usage> = {};
    const functions: Record<string, Map<string, number>> = {};
    const compared: Compared[] = [];
    for (const path of PATHS) {
      await sendOne(path, run.outputs); // Warm: secrets are read once per function and then kept.
      await pause(OUTCOMES_SECONDS);
      const before = snapshot(run.eventSources);
      const ids: string[] = [];
      for (let sent = 0; sent < ITEMS; sent += 1) ids.push(await sendOne(path, run.outputs));
      await pause(OUTCOMES_SECONDS);
      const all = await usageSince(account, run.eventSources, before, ids);
      const usage = perItem(all, path);
      usages[path.name] = usage;
      const dollars = await dollarsByFunction(account, before, ids);
      functions[path.name] = new Map([...dollars].map(([name, usd]) => [name, usd / ITEMS]));
      const rows = await Promise.all(ids.map((id) => settledRow(account, id)));
      const estimated = (1000 * estimatedUsd(rows, { model: MODEL_SECONDS, source: 0 })) / ITEMS;
      compared.push({ name: path.name, counted: 1000 * costOf(usage), estimated });
      console.error(`  ${path.name}: ${ITEMS} items counted`);
    }
    print(usages);
    printFunctions(functions);
    const estimates = printEstimates(compared);
    const paths = Object.entries(MOST).map(([path, most]) =>
      atMost(
        `${path}, 1,000 items:`,
        1000 * costOf(usages[path] ?? {}),
        most,
        (it) => `US$ ${it.toFixed(3)}`,
      ),
    );
    return [...paths, ...estimates, ...(only === '--paths' ? [] : await printLines(run))];
  } finally {
    await run.stop();
    await rm(stateDir, { recursive: true, force: true });
  }
}

function perItem(all: Usage, { decision }: Path): Usage {
  const usage = Object.fromEntries(
    Object.entries(all).map(([unit, amount]) => [unit, amount / ITEMS]),
  ) as Usage;
  usage['Lambda GB-second (arm64)'] =
    (usage['Lambda GB-second (arm64)'] ?? 0) + MODEL_SECONDS * MODEL_CALLS * MEMORY_GB;
  // The approver's two requests (the page, the decision) besides the caller's one.
  usage['API Gateway, HTTP API request'] = decision ? 3 : 1;
  return usage;
}

async function sendOne({ body, ends, decision }: Path, outputs: Outputs): Promise<string> {
  const headers = { authorization: `Bearer ${outputs.clientToken}`, 'idempotency-key': crypto.randomUUID() };
  const orderId = `B${Math.floor(Math.random() * 1e9)}`;
  const response = await fetch(`${outputs.apiUrl}/v1/automations/refund-request/items`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ orderId, ...body }),
  });
  const { id } = (await response.json()) as { id: string };
  if (decision) {
    await until(account(outputs), id, 'waiting_approval');
    await decide(outputs, id, decision);
  }
  await until(account(outputs), id, ends);
  return id;
}

/* Read from the table, not from the API: a poll would count as the item's own requests. */
function account({ endpointUrl }: Outputs): Account {
  return new Account(endpointUrl);
}

async function until(from: Account, id: string, status: string): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if ((await from.item(id))?.status === status) return;
    await pause(0.1);
  }
  throw new Error(`${id} did not become ${status}`);
}

async function settledRow(from: Account, id: string): Promise<ItemRow> {
  const row = await from.item(id);
  if (!row) throw new Error(`${id} is gone`);
  return row;
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

function print(usages: Record<string, Usage>): void {
  const names = Object.keys(usages);
  const row = (first: string, cells: string[]) => `| ${first} | ${cells.join(' | ')} |`;
  console.log(
    `AWS operations per item, and dollars per 1,000 items (list prices us-east-1 as known on ${KNOWN_AT}, no free tier)\n`,
  );
  console.log(row('per item', names));
  console.log(
    row(
      '---',
      names.map(() => '---:'),
    ),
  );
  for (const unit of Object.keys(PRICES) as Unit[]) {
    const digits = unit.includes('GB') ? 6 : 1;
    console.log(
      row(
        unit,
        names.map((name) => (usages[name]?.[unit] ?? 0).toFixed(digits)),
      ),
    );
  }
  console.log(
    row(
      '**US$ per 1,000 items**',
      names.map((name) => `**${(1000 * costOf(usages[name] ?? {})).toFixed(3)}**`),
    ),
  );
  const dollars = (unit: Unit, digits: number) =>
    names.map((name) => (1000 * costOf({ [unit]: usages[name]?.[unit] ?? 0 })).toFixed(digits));
  console.log(row('of it Step Functions', dollars('Step Functions transition', 3)));
  console.log(
    `\nCounted over ${ITEMS} items per path, one at a time. Lambda time is measured here plus ${MODEL_CALLS} model answers of ${MODEL_SECONDS} s (assumed),` +
      ` one item per invocation. Table units are upper bounds. Model tokens, storage, traces of work (US$ 5.00 per million, the first of each second and one in twenty after it) and the objects of the audit archive (one for five minutes, US$ 0.05 a month at most, or for a hundred entries) are not in it.`,
  );
  console.log(`\n${row('dollars per 1,000 items, by operation', names)}`);
  console.log(`|---|${names.map(() => '---:|').join('')}`);
  for (const unit of Object.keys(PRICES) as Unit[]) console.log(row(unit, dollars(unit, 4)));
}
