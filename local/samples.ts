import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cutText } from '../lambdas/kit/text.ts';
import { type Answer, type Init, itemOf, withFiles } from './samples-files.ts';
import { lineTable } from './samples-lines.ts';
import {
  countsOf,
  finalTable,
  type ItemView,
  Progress,
  type Row,
  type Sample,
  type Terminal,
} from './samples-view.ts';
import { approvalLink } from './sandbox/inbox-page.ts';
import { type Log, ROOT } from './state.ts';

/** The part of `outputs.json` that the samples need. */
export interface SampleOutputs {
  apiUrl: string;
  clientToken: string;
  inboxUrl: string;
  automations: readonly string[];
}

const WAIT_MS = 90_000;
const POLL_MS = 700;
const REQUEST_MS = 20_000;
/** As many requests at a time as an emulator answers without making the others wait. */
const AT_A_TIME = 4;
/** In these an item rests: it is finished, or a person has the next word. */
const SETTLED = [
  'done',
  'rejected',
  'refused',
  'expired',
  'withdrawn',
  'waiting_approval',
  'quarantined',
  'parked',
  'suspended',
  'deferred',
];

interface Telling {
  /** A line for each change and each sample. @default one for each outcome */
  verbose?: boolean;
  /** Shows how far it is. @default nothing is shown before the end */
  log?: Log;
}

/**
 * Sends the sample work through every deployed automation, shows what becomes of it, and ends with a table
 * and an approval link. Each sample has its own idempotency key: after a restart the items of the first run
 * are shown, none is sent again.
 */
export async function runSamples(
  outputs: SampleOutputs,
  terminal: Terminal = process.stdout,
  { verbose = false, log = (line) => terminal.write(`${line}\n`) }: Telling = {},
): Promise<void> {
  const samples = (await Promise.all(outputs.automations.map(readSamples))).flat();
  if (samples.length === 0) return;
  log(`sending ${samples.length} samples through ${outputs.automations.join(', ')} ...`);
  const rows: Row[] = samples.map((sample) => ({ sample, status: 'sending' }));
  const progress = verbose ? new Progress(rows, terminal) : undefined;
  const show = () => {
    progress?.show();
    log.detail?.(`samples: ${countsOf(rows)}`);
  };
  await inTurns(rows, (row) => send(outputs, row));
  show();

  const deadline = Date.now() + WAIT_MS;
  for (let open = unsettled(rows); open.length > 0 && Date.now() < deadline; open = unsettled(rows)) {
    await inTurns(open, (row) => refresh(outputs, row));
    show();
    if (unsettled(rows).length > 0) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  progress?.end();
  terminal.write(verbose ? finalTable(rows, terminal) : lineTable(rows, terminal));
  const left = unsettled(rows).length;
  if (left > 0)
    terminal.write(`${left} still under way after ${WAIT_MS / 1000} s: the console shows how they end\n`);
  await showApproval(outputs, rows, terminal);
}

/** The samples of one automation, which may have none. */
export async function readSamples(automation: string): Promise<Sample[]> {
  const file = join(ROOT, 'automations', automation, 'samples.jsonl');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => ({ ...(JSON.parse(line) as Omit<Sample, 'automation'>), automation }));
}

async function send(outputs: SampleOutputs, row: Row): Promise<void> {
  const { automation, body: given, documents = [] } = row.sample;
  const written = JSON.stringify(given);
  const key = `sample-${createHash('sha256')
    .update([automation + written, ...documents].join('\n'))
    .digest('hex')
    .slice(0, 24)}`;
  const path = `/v1/automations/${automation}/items`;
  const ask = (at: string, init: Init) => call(outputs, at, init);
  // Files go up under new references: their item is found by its key, and never posted again.
  const known = documents.length > 0 ? await itemOf(ask, automation, key) : undefined;
  const body = known || documents.length === 0 ? written : await withFiles(ask, row.sample);
  const answer =
    known ??
    (typeof body === 'string'
      ? await ask(path, {
          method: 'POST',
          body,
          headers: { 'content-type': 'application/json', 'idempotency-key': key },
        })
      : body);
  if ('fault' in answer) {
    row.fault = answer.fault;
    row.status = 'not accepted';
    return;
  }
  const { id, status } = answer.json as { id: string; status: string };
  row.id = id;
  row.status = status;
}

async function refresh(outputs: SampleOutputs, row: Row): Promise<void> {
  if (row.id === undefined) return;
  const answer = await call(outputs, `/v1/items/${encodeURIComponent(row.id)}`, {});
  // One answer that fails says nothing about the item: the next round asks again.
  if ('fault' in answer) return;
  row.item = answer.json as ItemView;
  row.status = row.item.status;
}

async function call(outputs: SampleOutputs, path: string, init: Init): Promise<Answer> {
  try {
    const answer = await fetch(outputs.apiUrl.replace(/\/$/, '') + path, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${outputs.clientToken}` },
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    const text = await answer.text();
    return answer.ok ? { json: JSON.parse(text) } : { fault: `${answer.status} ${cutText(text, 160)}` };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

async function showApproval(outputs: SampleOutputs, rows: readonly Row[], terminal: Terminal): Promise<void> {
  const waiting = rows.filter(({ status }) => status === 'waiting_approval').length;
  if (waiting === 0) return;
  const link = await newestApproval(outputs.inboxUrl);
  const people = `${waiting} ${waiting === 1 ? 'item waits' : 'items wait'} for a person.`;
  terminal.write(
    link === undefined
      ? `${people} The mails are in ${outputs.inboxUrl}\n`
      : `${people} Decide one:\n  ${link}\n`,
  );
}

async function newestApproval(inboxUrl: string): Promise<string | undefined> {
  try {
    const answer = await fetch(inboxUrl, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    const mails = (await answer.json()) as { text: string }[];
    return mails.map(({ text }) => approvalLink(text)).find((link) => link !== undefined);
  } catch {
    return undefined;
  }
}

function unsettled(rows: readonly Row[]): Row[] {
  return rows.filter((row) => row.id !== undefined && !(row.item && SETTLED.includes(row.status)));
}

async function inTurns(rows: readonly Row[], work: (row: Row) => Promise<void>): Promise<void> {
  const waiting = [...rows];
  const worker = async () => {
    for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) await work(row);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}
