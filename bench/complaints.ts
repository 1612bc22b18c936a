import './quiet.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { ItemRow } from '../lambdas/contract/item/row.ts';
import { languageOf } from '../lambdas/kit/language/language.ts';
import { cents } from '../lambdas/kit/numbers/money.ts';
import { Account } from '../local/account.ts';
import { type LocalRun, startLocal } from '../local/engine.ts';
import { inParallel, percentile, poster, seconds } from '../local/load/posts.ts';
import type { DestinationCall } from '../local/sandbox/destinations.ts';
import type { Mail } from '../local/sandbox/inbox.ts';
import { needsOf, type Shares } from './complaints/day.ts';
import { type Complaint, complaints, type KnownOrder } from './complaints/made.ts';
import { copyWith } from './copy.ts';
import { exactly, printVerdicts } from './verdicts.ts';
import { printTable } from './world.ts';

/*
 * `npm run bench:complaints`: 5,000 complaints over 50 connections through `refund-request` on an emulator of its own, a tenth of them
 * about orders that are complained about five times at once. What became of each, and whether orders and customers stayed within their
 * limits, the ledger's money agrees with what items say, and everybody with an address on file was answered in their language, once.
 * `-- --items N` posts fewer, `--seed S` others. Below it what `--day N` (50,000) complaints a day need of quotas and settings, computed;
 * `--only-day` prints that alone, without a deploy.
 */

const option = (name: string, otherwise: number) => {
  const value = Number(process.argv[process.argv.indexOf(`--${name}`) + 1]);
  return process.argv.includes(`--${name}`) && value > 0 ? value : otherwise;
};
const ITEMS = option('items', 5000);
const SEED = option('seed', 1);
const PER_DAY = option('day', 50_000);
const CONNECTIONS = 50;
const PORT = 4690;
const ENDED = ['done', 'waiting_approval', 'refused', 'parked', 'quarantined', 'rejected', 'expired'];
/** Without anything that came to rest. */
const GIVE_UP_SECONDS = 240;
const MOST_PER_ORDER = 99_99;
const MOST_PER_CUSTOMER = 300_00;

/** Where nothing is run: those of the run of 5,000 with seed 1, on 2026-11-28. */
const SHARES: Shares = { acted: 0.875, asked: 0.091, answered: 0.69, amount: 5 };

if (process.argv.includes('--only-day')) printDay(SHARES);
else await deployed();

async function deployed(): Promise<void> {
  const stateDir = mkdtempSync(join(tmpdir(), 'signalbox-bench-'));
  const copy = copyWith({ add: [], keep: ['refund-request'] });
  const settings = { SIGNALBOX_UNDO_SECONDS: '0' };
  let run: LocalRun | undefined;
  try {
    const log = (line: string) => console.error(line);
    run = await startLocal({ ...{ port: PORT, stateDir, root: copy, settings }, log });
    await measure(run);
  } finally {
    await run?.stop();
    for (const folder of [stateDir, copy]) rmSync(folder, { recursive: true, force: true });
  }
}

interface Posted extends Complaint {
  id: string;
  ms: number;
  /** How often it was sent back before it was accepted. */
  again: number;
}

async function measure({ outputs }: LocalRun): Promise<void> {
  const account = new Account(outputs.endpointUrl);
  const { complaints: made, known } = complaints(ITEMS, SEED);
  await fetch(`${outputs.sources['order-system']}/answers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(Object.fromEntries([...known].map(([id, one]) => [`orders/${id}/payment`, one]))),
  });
  const to = poster(`${outputs.apiUrl}/v1/automations/refund-request/items`, CONNECTIONS, () => ({
    authorization: `Bearer ${outputs.clientToken}`,
    'idempotency-key': crypto.randomUUID(),
  }));
  const began = Date.now();
  console.error(`${ITEMS} complaints over ${CONNECTIONS} connections ...`);
  const posted = await inParallel(ITEMS, CONNECTIONS, async (number): Promise<Posted> => {
    const complaint = made[number - 1] as Complaint;
    for (let again = 0; ; again += 1) {
      const { status, body, ms } = await to.post(complaint.body);
      if (status === 202) return { ...complaint, id: (JSON.parse(body) as { id: string }).id, ms, again };
      if (status !== 429 || again > 60) throw new Error(`a complaint was answered with ${status}`);
      await seconds(1);
    }
  });
  to.close();
  const acceptedAfter = (Date.now() - began) / 1000;
  const rows = await atRest(account, posted);
  const restAfter = (Date.now() - began) / 1000;
  await seconds(5);
  const calls = (await (
    await fetch(`${outputs.destinations['refund-ledger']}/calls`)
  ).json()) as DestinationCall[];
  const mails = (await (
    await fetch(outputs.inboxUrl, { headers: { accept: 'application/json' } })
  ).json()) as Mail[];
  print({ posted, rows, calls, mails, known, acceptedAfter, restAfter });
}

/** Read seldom, and all at once: polls of the API would be work of their own. */
async function atRest(account: Account, posted: readonly Posted[]): Promise<Map<string, ItemRow>> {
  let resting = 0;
  for (let still = 0; still < GIVE_UP_SECONDS; ) {
    await seconds(10);
    const rows = await rowsOf(account);
    const now = posted.filter(({ id }) => ENDED.includes(rows.get(id)?.status ?? '')).length;
    console.error(`  ${now} of ${posted.length} at rest`);
    if (now === posted.length) return rows;
    still = now > resting ? 0 : still + 10;
    resting = now;
  }
  return rowsOf(account);
}

async function rowsOf(account: Account): Promise<Map<string, ItemRow>> {
  const TableName = await account.resource('platform', 'dataitems');
  const rows = new Map<string, ItemRow>();
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await account.tables.send(
      new ScanCommand({ TableName, ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}) }),
    );
    for (const row of page.Items ?? []) rows.set(String(row.id), row as ItemRow);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return rows;
}

interface Came {
  posted: readonly Posted[];
  rows: ReadonlyMap<string, ItemRow>;
  calls: readonly DestinationCall[];
  mails: readonly Mail[];
  known: ReadonlyMap<string, KnownOrder>;
  acceptedAfter: number;
  restAfter: number;
}

function print({ posted, rows, calls, mails, known, acceptedAfter, restAfter }: Came): void {
  const statusOf = ({ id }: Posted) => rows.get(id)?.status ?? 'lost';
  const count = (status: string) => posted.filter((one) => statusOf(one) === status).length;
  const paid = posted.filter((one) => statusOf(one) === 'done');
  const orderOf = ({ body }: Posted) => known.get(body.orderId) as KnownOrder;
  const sum = (of: readonly Posted[]) => of.reduce((all, { body }) => all + (cents(body.amount) ?? 0), 0);
  const by = (key: (one: Posted) => string) => Map.groupBy(paid, key);
  const overOrder = [...by(({ body }) => body.orderId).values()].filter(
    (of) => sum(of) > Math.min(MOST_PER_ORDER, leftIn(orderOf(of[0] as Posted))),
  );
  const overCustomer = [...by((one) => `${orderOf(one).customer?.id} ${one.body.currency}`).values()].filter(
    (of) => sum(of) > MOST_PER_CUSTOMER,
  );
  const ledger = new Map<string, number>();
  for (const { item, body } of calls) {
    const { amount } = parametersIn(body);
    ledger.set(String(item), (ledger.get(String(item)) ?? 0) + (cents(String(amount)) ?? 0));
  }
  const wrongMoney = posted.filter(
    (one) => (ledger.get(one.id) ?? 0) !== (statusOf(one) === 'done' ? (cents(one.body.amount) ?? 0) : 0),
  );
  const due = paid.filter((one) => orderOf(one).customer?.email !== undefined);
  const letters = mails.filter(({ from }) => from.includes('service@example.com'));
  const told = Map.groupBy(letters, ({ to }) => to);
  const answered = due.filter((one) => {
    const own = (told.get(orderOf(one).customer?.email ?? '') ?? []).filter(({ text }) =>
      text.includes(one.body.amount),
    );
    return own.length === 1 && own.every(({ text }) => languageOf(text) === one.language);
  });
  const repeated = calls.filter(({ duplicate }) => duplicate).length;
  const ms = posted.map((one) => one.ms);
  const show = (value: number) => value.toFixed(1);
  printTable(
    ['', ''],
    [
      ['complaints, orders', `${posted.length}, ${known.size}`],
      ['all accepted after, s', show(acceptedAfter)],
      ['accept P50, P95, P99, ms', [0.5, 0.95, 0.99].map((it) => percentile(ms, it).toFixed(0)).join(', ')],
      ['sent back with 429, and posted again', String(posted.reduce((all, one) => all + one.again, 0))],
      ['all at rest after, s', show(restAfter)],
      ['items a second', show(posted.length / restAfter)],
      ['paid back alone', String(paid.length)],
      ['before a person', String(count('waiting_approval'))],
      ['refused', String(count('refused'))],
      ['paid, by currency', ['EUR', 'USD', 'GBP'].map((it) => `${it} ${moneyOf(paid, it)}`).join(', ')],
      ['letters, by language', languagesIn(letters)],
    ],
  );
  console.log(`\n${PER_DAY} a day, in the shares of this run:\n`);
  printDay({
    ...{ acted: paid.length / posted.length, asked: count('waiting_approval') / posted.length },
    ...{
      answered: due.length / Math.max(1, paid.length),
      amount: sum(paid) / 100 / Math.max(1, paid.length),
    },
  });
  const ended = ['done', 'waiting_approval', 'refused'].reduce((all, status) => all + count(status), 0);
  printVerdicts([
    exactly('complaints accepted', posted.length, ITEMS),
    exactly('paid, before a person or refused', ended, ITEMS),
    exactly('orders above their limit', overOrder.length, 0),
    exactly('customers above their limit', overCustomer.length, 0),
    exactly('items whose money at the ledger is not what they say', wrongMoney.length, 0),
    exactly('refunds that the ledger heard of twice', repeated, 0),
    exactly('letters due that came once, in the language of the complaint', answered.length, due.length),
    exactly('letters that nobody was due', letters.length - due.length, 0),
  ]);
}

function leftIn({ paid, refunded }: KnownOrder): number {
  return (cents(paid) ?? 0) - (cents(refunded) ?? 0);
}

function parametersIn(body: unknown): { amount?: unknown } {
  const { parameters, ...own } = (body ?? {}) as { parameters?: { amount?: unknown }; amount?: unknown };
  return parameters ?? own;
}

function moneyOf(paid: readonly Posted[], currency: string): string {
  const own = paid.filter(({ body }) => body.currency === currency);
  return (own.reduce((all, { body }) => all + (cents(body.amount) ?? 0), 0) / 100).toFixed(2);
}

function languagesIn(letters: readonly Mail[]): string {
  const found = Map.groupBy(letters, ({ text }) => languageOf(text) ?? 'unknown');
  return [...found].map(([language, of]) => `${language} ${of.length}`).join(', ');
}

function printDay(shares: Shares): void {
  const figure = (value: number) =>
    value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 });
  printTable(
    ['of', 'needed', 'there', 'enough'],
    needsOf(PER_DAY, shares).map(({ what, needs, unit, given, from, raise }) => [
      `${what} (${from})`,
      `${figure(needs)} ${unit}`,
      `${figure(given)} ${unit}`,
      needs <= given ? 'yes' : `no: ${raise}`,
    ]),
  );
}
