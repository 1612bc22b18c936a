import type { Automation } from '../lambdas/contract/automation.ts';
import type { ItemRow, LineageEntry } from '../lambdas/contract/item/row.ts';
import { findAutomations } from '../lib/automation/automation-folder.ts';
import { THINKING } from '../lib/parts/handler.ts';
import { Account } from '../local/account.ts';
import type { startLocal } from '../local/engine.ts';
import { estimatedUsd, OUTCOMES_SECONDS, printEstimates } from './estimated.ts';
import { costOf, PRICES, type Usage } from './prices.ts';
import { snapshot, usageSince } from './usage.ts';
import { atMost, exactly, type Verdict } from './verdicts.ts';

/*
 * What one item of each line costs that acts alone: its own example, with what it really asked and did. Models are at the prices of the
 * configuration, by the tokens that the sandbox model counts.
 */

type Run = Awaited<ReturnType<typeof startLocal>>;

const ITEMS = 5;
/** Dollars for 1,000 items: AWS without mails, which SES takes 0.10 for, and without the items that an item makes. */
const MOST = 0.15;
/** What the processor waits for, in seconds (assumed): the sandbox answers at once. */
const ANSWER = { model: 1.5, source: 0.3 };
const MEMORY_GB = THINKING / 1024;
const ENDS = ['done', 'refused', 'waiting_approval', 'parked', 'quarantined', 'rejected'];

interface Line {
  name: string;
  ends: string;
  usage: Usage;
  modelUsd: number;
  /** Of AWS, by the statistics. */
  estimatedUsd: number;
  /** Each of an item: calls of models with turns of agents, questions to sources, actions, items that it made. */
  counts: { models: number; sources: number; actions: number; children: number };
  childOf: string | undefined;
}

export async function printLines(run: Run): Promise<Verdict[]> {
  const lines: Line[] = [];
  for (const automation of await findAutomations()) {
    const example = automation.examples.find(({ expect }) => expect === 'act');
    if (!example || !run.outputs.automations.includes(automation.name)) continue;
    lines.push(await measured(run, automation, example.body as Record<string, unknown>));
    console.error(`  ${automation.name}: ${ITEMS} items counted`);
  }
  print(lines);
  const compared = lines.map(({ name, usage, estimatedUsd: usd }) => ({
    ...{ name, counted: 1000 * costOf(usage), estimated: 1000 * usd },
  }));
  const judged = lines.flatMap((line) => [
    exactly(`${line.name}, its example ends:`, line.ends, 'done'),
    atMost(`${line.name}, alone, AWS without mails, 1,000 items:`, ownCost(line, lines), MOST, money),
  ]);
  return [...judged, ...printEstimates(compared)];
}

async function measured(run: Run, { name }: Automation, body: Record<string, unknown>): Promise<Line> {
  const account = new Account(run.outputs.endpointUrl);
  await settled(account, await send(run, name, body));
  await pause(OUTCOMES_SECONDS);
  const before = snapshot(run.eventSources);
  const rows: ItemRow[] = [];
  for (let sent = 0; sent < ITEMS; sent += 1) rows.push(await settled(account, await send(run, name, body)));
  await pause(OUTCOMES_SECONDS);
  // What an item made is told to it after it is done.
  const known = await Promise.all(rows.map(({ id }) => settled(account, id)));
  const made = await Promise.all(
    known.flatMap(({ children = [] }) => children.map(({ id }) => settled(account, id))),
  );
  const all = [...known, ...made];
  const ids = all.map(({ id }) => id);
  const total = await usageSince(account, run.eventSources, before, ids);
  const asked = all.flatMap(({ lineage = [] }) => lineage).filter(({ cached }) => !cached);
  const [sources, models] = [asked.filter(isSource), asked.filter((entry) => !isSource(entry))];
  const usage = perItem(total);
  const waits = (ANSWER.model * models.length + ANSWER.source * sources.length) / ITEMS;
  usage['Lambda GB-second (arm64)'] = (usage['Lambda GB-second (arm64)'] ?? 0) + waits * MEMORY_GB;
  usage['API Gateway, HTTP API request'] = 1;
  const odd = rows.find(({ status }) => status !== 'done');
  return {
    ...{ name, ends: odd?.status ?? 'done', usage, childOf: made[0]?.automation },
    estimatedUsd: estimatedUsd(all, ANSWER) / ITEMS,
    modelUsd: models.reduce((sum, { costUsd }) => sum + costUsd, 0) / ITEMS,
    counts: {
      ...{ models: models.length / ITEMS, sources: sources.length / ITEMS, children: made.length / ITEMS },
      actions:
        all.reduce((sum, { actions, action }) => sum + (actions?.length ?? (action ? 1 : 0)), 0) / ITEMS,
    },
  };
}

const isSource = ({ source }: LineageEntry) => source !== undefined;

function perItem(all: Usage): Usage {
  return Object.fromEntries(Object.entries(all).map(([unit, amount]) => [unit, amount / ITEMS])) as Usage;
}

/** Each is another matter: another order, another number, another sender of the same company. */
function fresh(body: Record<string, unknown>): Record<string, unknown> {
  const mark = crypto.randomUUID().slice(0, 8);
  const { invoice } = body as { invoice?: { number?: string } };
  return {
    ...body,
    ...(typeof body.orderId === 'string' ? { orderId: `B${mark}` } : {}),
    ...(typeof body.from === 'string' ? { from: body.from.replace(/^[^@]+/, `b-${mark}`) } : {}),
    ...(invoice?.number ? { invoice: { ...invoice, number: `${invoice.number}-${mark}` } } : {}),
  };
}

async function send({ outputs }: Run, automation: string, body: Record<string, unknown>): Promise<string> {
  const headers = { authorization: `Bearer ${outputs.clientToken}`, 'idempotency-key': crypto.randomUUID() };
  const response = await fetch(`${outputs.apiUrl}/v1/automations/${automation}/items`, {
    ...{ method: 'POST', headers, body: JSON.stringify(fresh(body)) },
  });
  const { id } = (await response.json()) as { id?: string };
  if (!id) throw new Error(`${automation} did not take its own example: ${response.status}`);
  return id;
}

async function settled(account: Account, id: string): Promise<ItemRow> {
  for (let tries = 0; tries < 600; tries += 1) {
    const row = await account.item(id);
    if (row && ENDS.includes(row.status)) return row;
    await pause(0.1);
  }
  throw new Error(`${id} does not come to rest`);
}

const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const money = (usd: number) => `US$ ${usd.toFixed(3)}`;
const mails = ({ usage }: Line) => 1000 * (usage['SES mail'] ?? 0) * PRICES['SES mail'];

/** Without mails, and without what its children cost, which their own lines tell. */
function ownCost(line: Line, lines: readonly Line[]): number {
  const child = lines.find(({ name }) => name === line.childOf);
  const theirs = child ? line.counts.children * (1000 * costOf(child.usage) - mails(child)) : 0;
  return 1000 * costOf(line.usage) - mails(line) - theirs;
}

function print(lines: readonly Line[]): void {
  console.log(
    `\nOne item of each line that acts alone, its own example: dollars per 1,000 items, and what each asked and did\n`,
  );
  console.log(
    '| line | AWS | of it mails | models | in all | model calls | questions to sources | actions | items made |',
  );
  console.log('|---|---:|---:|---:|---:|---:|---:|---:|---:|');
  for (const line of lines) {
    const { models, sources, actions, children } = line.counts;
    const aws = 1000 * costOf(line.usage);
    const cells = [aws, mails(line), 1000 * line.modelUsd, aws + 1000 * line.modelUsd].map((usd) =>
      usd.toFixed(3),
    );
    const counts = [models, sources, actions, children].map((count) => count.toFixed(1));
    const made = line.childOf ? ` (${line.childOf})` : '';
    console.log(`| \`${line.name}\` | ${[...cells, ...counts].join(' | ')}${made} |`);
  }
  console.log(
    `\nCounted over ${ITEMS} items of each line, one at a time; a line's figures hold those of the items that it makes. Lambda time is measured here plus ${ANSWER.model} s for each answer of a model and ${ANSWER.source} s for each of a source (assumed).`,
  );
}
