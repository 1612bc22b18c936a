import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchWriteCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { ApprovalRow } from '../lambdas/contract/approval.ts';
import { Account } from '../local/account.ts';
import { startLocal } from '../local/engine.ts';
import type { Outputs } from '../local/outputs.ts';
import { signIn } from './sign-in.ts';
import { atMost, exactly, printVerdicts } from './verdicts.ts';

/*
 * `npm run bench:desk`: the console's queue with 1,000 open questions beside 9,000 closed ones, and what a restart leaves of
 * them. Beside it the naive way: a scan of the whole table, without the desk's index. Times are of this machine's emulator.
 */

const OPEN = 1000;
const CLOSED = 9000;
const LOADS = 20;
/** A page that a person does not wait for; twice what it takes on a quiet machine. */
const MOST_P95_MS = 500;
const PORT = 4620;

const stateDir = await mkdtemp(join(tmpdir(), 'signalbox-bench-'));
const start = () => startLocal({ port: PORT, stateDir, log: (line) => console.error(line) });
let run = await start();
try {
  const model = await oneQuestion(run.outputs);
  const table = await approvals(run.outputs);
  await fill(table, model);
  const cookie = await signIn(run.outputs, model.email);
  const queue = () => page(run.outputs, cookie);
  const first = await queue();
  const ours = await timed(queue);
  const naive = await timed(() => scanOpen(table));
  const before = await scanOpen(table);

  await run.stop();
  run = await start();
  const after = await scanOpen(await approvals(run.outputs));
  const again = await page(run.outputs, cookie);

  console.log(`${OPEN} open and ${CLOSED} closed questions, ${LOADS} loads each, milliseconds\n`);
  console.log('| | P50 | P95 |\n| --- | ---: | ---: |');
  console.log(`| queue page of the console (index, sorted, first 50 shown) | ${ours.p50} | ${ours.p95} |`);
  console.log(`| naive: scan of the table alone, nothing shown | ${naive.p50} | ${naive.p95} |`);
  printVerdicts([
    atMost('queue page, P95 in ms:', ours.p95, MOST_P95_MS),
    exactly('heading after a restart:', heading(again) ?? '', heading(first) ?? ''),
    exactly('open before the restart', before.length, OPEN),
    exactly('open after it', after.length, OPEN),
    exactly('the same ids:', same(before, after), true),
  ]);
} finally {
  await run.stop();
  await rm(stateDir, { recursive: true, force: true });
}

interface Table {
  account: Account;
  name: string;
}

async function approvals({ endpointUrl }: Outputs): Promise<Table> {
  const account = new Account(endpointUrl);
  return { account, name: await account.resource('platform', 'dataapprovals') };
}

/** A real question, put by the application: the others are made after it. */
async function oneQuestion(outputs: Outputs): Promise<{ row: ApprovalRow; email: string }> {
  const { account, name } = await approvals(outputs);
  const body = {
    orderId: 'BENCH',
    amount: '240.00',
    currency: 'EUR',
    text: 'The lamp arrived broken yesterday.',
  };
  await fetch(`${outputs.apiUrl}/v1/automations/refund-request/items`, {
    method: 'POST',
    headers: { authorization: `Bearer ${outputs.clientToken}` },
    body: JSON.stringify(body),
  });
  for (let tries = 0; tries < 200; tries += 1) {
    const { Items = [] } = await account.tables.send(new ScanCommand({ TableName: name }));
    const row = Items[0] as ApprovalRow | undefined;
    const email = Object.keys(row?.asked ?? {})[0];
    if (row && email) return { row, email };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('no question was put');
}

async function fill({ account, name }: Table, { row }: { row: ApprovalRow }): Promise<void> {
  const rows = Array.from({ length: OPEN - 1 + CLOSED }, (_, number) =>
    copy(row, number, number >= OPEN - 1),
  );
  for (let from = 0; from < rows.length; from += 25) {
    const puts = rows.slice(from, from + 25).map((Item) => ({ PutRequest: { Item } }));
    await account.tables.send(new BatchWriteCommand({ RequestItems: { [name]: puts } }));
  }
}

function copy(row: ApprovalRow, number: number, closed: boolean): ApprovalRow {
  const itemId = `item-${number.toString(16).padStart(32, '0')}`;
  const id = `${itemId}-g1`;
  const later = (iso: string) => new Date(Date.parse(iso) + (number % 1000) * 60_000).toISOString();
  const { remindAt, promiseAt, escalateAt, closesAt } = row.times;
  const times = {
    remindAt: later(remindAt),
    promiseAt: later(promiseAt),
    escalateAt: later(escalateAt),
    closesAt: later(closesAt),
  };
  const open = { ...row, id, itemId, times, phaseAt: `${times.remindAt}#${id}`, trail: [] };
  if (!closed) return open;
  return { ...open, status: 'decided', phase: `closed#${row.createdAt.slice(0, 7)}`, decision: 'approve' };
}

async function page(outputs: Outputs, cookie: string): Promise<string> {
  const response = await fetch(`${outputs.consoleUrl}?whose=mine`, {
    headers: { cookie },
    redirect: 'manual',
  });
  if (response.status !== 200) throw new Error(`the queue answered ${response.status}`);
  return response.text();
}

function heading(html: string): string | undefined {
  const inner = /<h1[^>]*>([\s\S]*?)<\/h1>/.exec(html)?.[1];
  return inner?.replaceAll(/<[^>]+>/g, '').trim();
}

async function scanOpen({ account, name }: Table): Promise<ApprovalRow[]> {
  const rows: ApprovalRow[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const answer = await account.tables.send(new ScanCommand({ TableName: name, ExclusiveStartKey }));
    rows.push(...((answer.Items ?? []) as ApprovalRow[]).filter(({ status }) => status === 'pending'));
    ExclusiveStartKey = answer.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return rows;
}

function same(before: ApprovalRow[], after: ApprovalRow[]): boolean {
  const ids = (rows: ApprovalRow[]) =>
    rows
      .map(({ id }) => id)
      .sort()
      .join();
  return ids(before) === ids(after);
}

async function timed(run: () => Promise<unknown>): Promise<{ p50: number; p95: number }> {
  const times: number[] = [];
  for (let load = 0; load < LOADS; load += 1) {
    const from = performance.now();
    await run();
    times.push(Math.round(performance.now() - from));
  }
  times.sort((a, b) => a - b);
  const rank = (share: number) => times[Math.ceil(share * times.length) - 1] ?? 0;
  return { p50: rank(0.5), p95: rank(0.95) };
}
