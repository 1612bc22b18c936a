import { afterEach, beforeEach, expect, it } from 'vitest';
import { startSandbox } from '../../local/sandbox/server.ts';
import { type Stub, stubServer } from '../support/http.ts';
import { mailOf } from '../support/mails.ts';

let emulator: Stub;
let sandbox: Awaited<ReturnType<typeof startSandbox>>;

beforeEach(async () => {
  emulator = await stubServer({ status: 200 });
  sandbox = await startSandbox({ port: 0, emulatorUrl: emulator.url });
  const addresses = new Map([
    ['invoice', ['invoice@signalbox.test', 'bills@signalbox.test']],
    ['support-triage', ['support-triage@signalbox.test']],
  ]);
  sandbox.takeMails({ bucket: 'mails', addresses });
});
afterEach(async () => {
  await sandbox.close();
  await emulator.close();
});

const send = async (raw: string | Uint8Array, query = '') => {
  const answer = await fetch(`${sandbox.inboundMailUrl}${query}`, { method: 'POST', body: Buffer.from(raw) });
  return { status: answer.status, body: (await answer.json()) as { delivered?: string[]; detail?: string } };
};
const to = (address: string, headers = {}) => mailOf({ headers: { To: address, ...headers } });

it.each([
  ['To', to('Invoice <invoice@signalbox.test>'), '', 'invoice'],
  ['another of its addresses', to('bills@signalbox.test'), '', 'invoice'],
  ['any domain, and a label', to('INVOICE+acme@in.example.com'), '', 'invoice'],
  ['Cc', to('somebody@mail.example', { Cc: 'support-triage@x.example' }), '', 'support-triage'],
  ['Delivered-To', to('list@mail.example', { 'Delivered-To': 'invoice@x.example' }), '', 'invoice'],
  ['the query', to('list@mail.example'), '?to=support-triage', 'support-triage'],
  ['an address in the query', 'no mail at all', '?to=invoice@signalbox.test', 'invoice'],
])(
  'lies in the bucket below the automation that it is to by %s, as it came',
  async (_, raw, query, automation) => {
    expect((await send(raw, query)).status).toBe(202);
    const [put] = emulator.seen;

    expect(put?.path).toMatch(new RegExp(`^/mails/${automation}/[0-9a-f]{40}$`));
    expect(put?.body.endsWith(raw)).toBe(true);
  },
);

it('lies below each automation that it is to', async () => {
  await send(to('invoice@a.example, support-triage@a.example'));

  expect(emulator.seen.map(({ path }) => path.split('/')[2])).toEqual(['invoice', 'support-triage']);
});

it.each([
  [404, to('nobody@signalbox.test')],
  [400, 'From: anna@mail.example\r\n\r\nhello'],
])('to nobody is refused with %i, naming who there is', async (status, raw) => {
  const answer = await send(raw);

  expect(answer.status).toBe(status);
  expect(answer.body.detail).toContain('bills@signalbox.test');
  expect(emulator.seen).toEqual([]);
});

it.each([
  ['passes', {}, '', 'spf=pass', 'dmarc=pass'],
  [
    'fails where it says so',
    { 'Authentication-Results': 'mx.example; spf=fail; dmarc=fail' },
    '',
    'spf=fail',
    'dmarc=fail',
  ],
  ['fails where the query says so', {}, '?dmarc=fail', 'spf=pass', 'dmarc=fail'],
])('%s at the receiver', async (_, headers, query, ...results) => {
  await send(to('invoice@a.example', headers), query);
  const [first = ''] = /^Authentication-Results: .*$/m.exec(emulator.seen[0]?.body ?? '') ?? [];

  expect(first).toContain('amazonses.com');
  for (const result of results) expect(first).toContain(result);
});
