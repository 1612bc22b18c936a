import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalRun, startLocal } from '../../local/engine.ts';
import { answerOf, describedBy } from '../../local/sandbox/answers.ts';
import { loadKnowledge } from '../../local/sandbox/knowledge.ts';
import { exactly, type Verdict } from '../verdicts.ts';
import type { Bundle } from './bundle.ts';
import { type FaultName, faulty } from './faults.ts';
import { fileOf, type Sent } from './paper.ts';
import { bundles } from './set.ts';

/*
 * A small part of them through a deployed application: announced, uploaded and posted as callers do, thought about by the sandbox model,
 * posted to the ledger of the sandbox, and paid. Its vendors are those of the sandbox, and its orders blanket orders.
 */

const PORT = 4660;
const COUNT = 20;
const CONNECTIONS = 4;
const PATIENCE_MS = 300_000;
const AT_REST = ['done', 'refused', 'rejected', 'waiting_approval', 'quarantined', 'parked', 'suspended'];
/** Of data: the sandbox's model is given papers that nothing is wrong with. */
const FAULTS: readonly FaultName[] = [
  ...(['digits of the total swapped', 'another account', 'a vendor that nobody knows'] as const),
  ...(['another buyer', 'the same once more'] as const),
];

interface Vendor {
  id: string;
  name: string;
  vatIds: readonly string[];
  ibans: readonly string[];
}

/** By the VAT numbers of the automation's examples: as the sandbox's vendor master answers. */
async function vendorsOf(): Promise<Vendor[]> {
  const vendors = describedBy(await loadKnowledge(), 'vendors');
  return VAT_IDS.flatMap((vatId) => {
    const asked = { path: ['vendors'], query: new URLSearchParams({ vatId }) };
    return (answerOf(vendors, asked) as { vendors: Vendor[] }).vendors;
  });
}

const VAT_IDS = ['DE811234567', 'NL823456789B01', 'FR40303265045'];

/** Faultless data first, then papers, then one of each fault; the last is a repetition of the first. */
function part(vendors: readonly Vendor[]): Bundle[] {
  const honest = bundles(300).filter(({ fault, invoice }) => !fault && Number(invoice.totals.gross) < 900);
  const data = honest.filter(({ layout }) => ['ubl', 'cii', 'factur-x'].includes(layout.kind));
  const papers = honest.filter(({ layout, vendor }) => layout.kind === 'pdf' && vendor.language === 'en');
  const chosen = [...data.slice(0, COUNT - 8), ...papers.slice(0, 3)].map((bundle, at) =>
    soldBy(bundle, vendors[at % vendors.length]),
  );
  const more = data.slice(COUNT - 8, COUNT - 8 + FAULTS.length).map((bundle, at) => {
    const fault = FAULTS[at] ?? 'another account';
    const [first] = chosen;
    return faulty(
      fault === 'the same once more' && first ? { ...first, n: bundle.n } : soldBy(bundle, vendors[0]),
      fault,
    );
  });
  return [...chosen, ...more];
}

function soldBy(bundle: Bundle, vendor: Vendor | undefined): Bundle {
  if (!vendor) throw new Error('the sandbox has no vendors');
  const { id, name, vatIds, ibans } = vendor;
  const [vatId = '', iban = ''] = [vatIds[0], ibans[0]];
  return {
    ...bundle,
    vendor: { ...bundle.vendor, id, name, vatId, iban },
    invoice: { ...bundle.invoice, seller: { vatId, name }, payment: { accounts: [{ iban }] } },
  };
}

/** @returns lines for people; their verdicts */
export async function throughDeployed(): Promise<[string[], Verdict[]]> {
  const all = part(await vendorsOf());
  const stateDir = mkdtempSync(join(tmpdir(), 'signalbox-payables-'));
  const run = await startLocal({ port: PORT, stateDir, log: (line) => console.error(line) });
  try {
    const posted = new Map<string, Bundle>();
    const last = all.at(-1);
    const open = all.slice(0, -1);
    const connection = async () => {
      for (let bundle = open.shift(); bundle; bundle = open.shift())
        posted.set(await sent(run, bundle), bundle);
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, connection));
    // Once what it repeats is at rest.
    await restOf(run, posted);
    if (last) posted.set(await sent(run, last), last);
    return judged(run, posted, await restOf(run, posted));
  } finally {
    await run.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

async function judged(
  run: LocalRun,
  posted: ReadonlyMap<string, Bundle>,
  statuses: ReadonlyMap<string, string>,
): Promise<[string[], Verdict[]]> {
  const expected = [...posted].filter(([, { fault, layout }]) => !fault && layout.kind !== 'pdf');
  const done = [...posted].filter(([id]) => statuses.get(id) === 'done');
  const wrong = done.filter(([id]) => !expected.some(([it]) => it === id));
  const [bills, payments] = await Promise.all(
    ['accounts-payable', 'payments'].map((name) => calledAt(run, name)),
  );
  const right = total(expected.map(([, { invoice }]) => [invoice.currency, invoice.totals.gross]));
  const counts = new Map<string, number>();
  for (const status of statuses.values()) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [
    [
      `deployed: ${posted.size} invoices, ${[...counts].map(([status, count]) => `${count} ${status}`).join(', ')}`,
    ],
    [
      exactly('deployed: lost', posted.size - statuses.size, 0),
      exactly('deployed: faultless data done alone', done.length - wrong.length, expected.length),
      exactly('deployed: others done alone', wrong.length, 0),
      exactly('deployed: bills', total((bills ?? []).map(({ currency, gross }) => [currency, gross])), right),
      exactly(
        'deployed: payments',
        total((payments ?? []).map(({ currency, amount }) => [currency, amount])),
        right,
      ),
    ],
  ];
}

/** By currency, such as `EUR 12.00, GBP 3.00`. */
function total(amounts: readonly (readonly [currency: unknown, amount: unknown])[]): string {
  const sums = new Map<string, number>();
  for (const [currency, amount] of amounts)
    sums.set(String(currency), (sums.get(String(currency)) ?? 0) + Math.round(Number(amount) * 100));
  return [...sums]
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([currency, cents]) => `${currency} ${(cents / 100).toFixed(2)}`)
    .join(', ');
}

type Parameters = Readonly<Record<string, unknown>>;

async function calledAt({ outputs }: LocalRun, name: string): Promise<Parameters[]> {
  const response = await fetch(`${outputs.destinations[name]}/calls`);
  return ((await response.json()) as { body: Parameters }[]).map(({ body }) => body);
}

async function sent(run: LocalRun, bundle: Bundle): Promise<string> {
  const documentRef = await uploaded(run, await fileOf(bundle));
  const paper = bundle.layout.kind === 'pdf' ? { text: 'Please find our invoice attached.' } : {};
  const reference = `generated-${bundle.n}`;
  return (
    await asked<{ id: string }>(run, '/v1/automations/invoice/items', {
      ...paper,
      reference,
      documents: [documentRef],
    })
  ).id;
}

async function uploaded(run: LocalRun, { name, bytes }: Sent): Promise<string> {
  const announced = { name, contentType: 'application/octet-stream', bytes: bytes.length };
  const { uploadUrl, headers, documentRef } = await asked<{
    uploadUrl: string;
    headers: Record<string, string>;
    documentRef: string;
  }>(run, '/v1/automations/invoice/uploads', announced);
  const { status } = await fetch(uploadUrl, { method: 'PUT', headers, body: Buffer.from(bytes) });
  if (status >= 300) throw new Error(`the upload was answered with ${status}`);
  return documentRef;
}

async function asked<T>({ outputs }: LocalRun, path: string, body?: object): Promise<T> {
  const response = await fetch(`${outputs.apiUrl}${path}`, {
    headers: { authorization: `Bearer ${outputs.clientToken}`, 'content-type': 'application/json' },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`${path} was answered with ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

/** The status of each that came to rest. */
async function restOf(run: LocalRun, posted: ReadonlyMap<string, Bundle>): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const end = performance.now() + PATIENCE_MS; found.size < posted.size && performance.now() < end; ) {
    for (const id of posted.keys()) {
      if (found.has(id)) continue;
      const { status } = await asked<{ status: string }>(run, `/v1/items/${id}`);
      if (AT_REST.includes(status)) found.set(id, status);
    }
    await sleep(500);
  }
  return found;
}
