import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identityOf } from '../lambdas/intake/doors/mail/identity.ts';
import { parseMail } from '../lambdas/kit/mail/parse.ts';
import { startLocal } from '../local/engine.ts';
import { atMost, exactly, printVerdicts } from './verdicts.ts';

/*
 * `npm run bench:mails -- --data <folder>`: every file of a folder as a mail through the deployed mail door of `support-triage`, whatever
 * it is: one item for each mail, none lost, each at rest for a reason that has a name. Without a folder it takes broken mails of its own.
 */

const PORT = 4660;
const CONNECTIONS = 4;
/** Beside the files, and none of them. */
const ABOUT = /^(?:SOURCE|LICENSE|README)/i;
const AUTOMATION = 'support-triage';
const MOST_SECONDS = 60;
/** Without anything that came or came to rest. */
const PATIENCE_MS = 120_000;
const AT_REST = ['done', 'refused', 'rejected', 'waiting_approval', 'quarantined', 'parked', 'suspended'];

interface Listed {
  id: string;
  status: string;
}

const at = process.argv.indexOf('--data');
const mails = at < 0 ? broken() : filesIn(process.argv[at + 1] ?? '').map((path) => readFileSync(path));
// The same mail twice is one item.
const distinct = new Set(await Promise.all(mails.map(async (raw) => identityOf(await parseMail(raw), raw))));

const stateDir = mkdtempSync(join(tmpdir(), 'signalbox-mails-'));
const run = await startLocal({ port: PORT, stateDir, log: (line) => console.error(line) });
try {
  const before = new Set((await listed()).map(({ id }) => id));
  let failed = 0;
  let next = 0;
  const connection = async () => {
    for (let raw = mails[next++]; raw !== undefined; raw = mails[next++]) {
      const url = `${run.outputs.inboundMailUrl}?to=${AUTOMATION}`;
      const { status } = await fetch(url, { method: 'POST', body: new Uint8Array(raw) });
      if (status !== 202) failed += 1;
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  const items = await atRest(before);
  const seconds = (performance.now() - start) / 1000;
  console.log(
    `${mails.length} files, ${distinct.size} mails in ${seconds.toFixed(0)} s; ${items.length} items`,
  );
  const ended = new Map<string, number>();
  let slowest = 0;
  for (const { id } of items) {
    const item = await asked<Item>(`/v1/items/${id}`);
    const ending = `${item.status}${item.error ? `: ${item.error.message}` : ''}`;
    ended.set(ending, (ended.get(ending) ?? 0) + 1);
    const [first, last] = [item.timeline[0], item.timeline.at(-1)];
    if (first && last) slowest = Math.max(slowest, (Date.parse(last.at) - Date.parse(first.at)) / 1000);
  }
  for (const [ending, count] of [...ended].sort((a, b) => b[1] - a[1])) console.log(`${count} ${ending}`);
  const open = items.filter(({ status }) => !AT_REST.includes(status)).length;
  const parked = items.filter(({ status }) => status === 'parked').length;
  printVerdicts([
    exactly('mails that were not taken', failed, 0),
    exactly('mails without an item', distinct.size - items.length, 0),
    exactly('items that do not come to rest', open, 0),
    exactly('items parked', parked, 0),
    atMost('slowest item', slowest, MOST_SECONDS, (value) => `${value.toFixed(1)} s`),
  ]);
} finally {
  await run.stop();
  rmSync(stateDir, { recursive: true, force: true });
}

interface Item {
  status: string;
  error?: { message: string };
  timeline: { at: string }[];
}

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !ABOUT.test(name))
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesIn(path) : [path]));
}

/** The items that came, as soon as all are at rest, or nothing moves any more. */
async function atRest(before: ReadonlySet<string>): Promise<Listed[]> {
  let last = '';
  for (let moved = performance.now(); ; ) {
    const items = (await listed()).filter(({ id }) => !before.has(id));
    const resting = items.filter(({ status }) => AT_REST.includes(status)).length;
    const now = `${items.length} ${resting}`;
    if (now !== last) moved = performance.now();
    last = now;
    if (resting === distinct.size || performance.now() - moved > PATIENCE_MS) return items;
    await sleep(1000);
  }
}

async function listed(): Promise<Listed[]> {
  const items: Listed[] = [];
  for (let cursor = ''; ; ) {
    const query = new URLSearchParams({
      automation: AUTOMATION,
      limit: '100',
      ...(cursor ? { cursor } : {}),
    });
    const page = await asked<{ items: Listed[]; cursor?: string }>(`/v1/items?${query}`);
    items.push(...page.items);
    if (!page.cursor) return items;
    cursor = page.cursor;
  }
}

async function asked<T>(path: string): Promise<T> {
  const { apiUrl, clientToken } = run.outputs;
  const response = await fetch(`${apiUrl}${path}`, { headers: { authorization: `Bearer ${clientToken}` } });
  if (!response.ok) throw new Error(`${path} was answered with ${response.status}`);
  return (await response.json()) as T;
}

/** What no mail program writes, and some that it does. */
function broken(): Buffer[] {
  const head = 'From: Anna <anna@mail.example>\r\nSubject: Rate\r\n';
  const part = 'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n';
  const texts = [
    `${head}\r\nWhat exchange rate do you use abroad?\r\n`,
    `${head}Content-Type: text/plain; charset=no-such-charset\r\n\r\nHello?\r\n`,
    `${head}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!no base64!!!\r\n`,
    `${head}Content-Transfer-Encoding: quoted-printable\r\n\r\n=ZZ=\r\n=E2=82=AC\r\n`,
    `${head}${part}Content-Type: text/plain\r\n\r\nno end of it`,
    `${head}Content-Type: multipart/mixed\r\n\r\nno boundary`,
    `${part.repeat(60)}`,
    'Subject: nobody\r\n\r\n',
    `Subject: =?utf-8?B?////?=\r\n\r\n${'x'.repeat(300_000)}`,
    `${'X-Long: y\r\n'.repeat(20_000)}\r\nlate`,
    '<html><body>no mail</body></html>',
    // A history with nothing but its own heading above.
    `${head}\r\n------\r\n\r\n*From:* Ann\r\n*Sent:* Monday\r\n*To:* Bob\r\n\r\nHello\r\n`,
    '',
  ];
  return [...texts.map((text) => Buffer.from(text)), Buffer.alloc(2000, 255), Buffer.alloc(2000, 0)];
}
