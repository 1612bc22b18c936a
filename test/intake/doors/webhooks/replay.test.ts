import { createHmac, randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Automation } from '../../../../lambdas/contract/automation.ts';
import type { WebhookDoor } from '../../../../lambdas/contract/intake/webhooks.ts';
import { takeWebhook } from '../../../../lambdas/intake/doors/webhooks/webhook.ts';
import { epochSeconds } from '../../../../lambdas/kit/clock.ts';
import { openHandler } from '../../../../lambdas/kit/http.ts';
import { request } from '../../../support/api.ts';
import { automation, type Demo, ENV } from '../../../support/fixtures.ts';
import { SENDERS, type Sender, signedBy } from '../../../support/webhooks.ts';
import { time, world } from '../../../support/world.ts';

vi.mock('../../../../lambdas/kit/aws.ts', () => import('../../../support/clients.ts'));
vi.mock('../../../../lambdas/kit/objects.ts', () => import('../../../support/content.ts'));
vi.mock('../../../../lambdas/kit/telemetry.ts', () => import('../../../support/telemetry.ts'));

const SECRET = 'whsec_c2VjcmV0LW9mLXRoZS1zZW5kZXI=';
const FORM = 'application/x-www-form-urlencoded';

const body: WebhookDoor<Demo>['body'] = ({ payload }) => ({ text: (payload as { words: string }).words });
const webhooks: Record<string, WebhookDoor<Demo>> = {
  ...Object.fromEntries(SENDERS.map((kind) => [kind, { scheme: { kind }, body }])),
  hmac: { scheme: { kind: 'hmac', header: 'x-sig', encoding: 'hex', idField: 'no' }, body },
};
const open: Automation<Demo> = { ...automation, doors: { webhooks } };

/** No test before has read its secrets: they are kept in memory for minutes. */
let stage = '';

beforeEach(() => {
  world.reset();
  time.freeze();
  stage = `t${randomBytes(4).toString('hex')}`;
  for (const name of Object.keys(webhooks)) fill(name, SECRET);
});

function fill(name: string, ...secrets: unknown[]): void {
  const id = `signalbox/${stage}/webhooks/demo`;
  world.secrets[id] = JSON.stringify({ ...JSON.parse(world.secrets[id] ?? '{}'), [name]: secrets });
}

const handler = openHandler((event) => takeWebhook(event, open as never, { ...ENV, STAGE: stage } as never));
const call = (name: string, text: string, headers: Record<string, string>) =>
  handler(request({ params: { name }, caller: null, body: text, headers }));
const items = () => world.tables.all('items');

const JSON_BODY = JSON.stringify({ id: 'evt_1', event_id: 'evt_1', no: 'evt_1', words: 'charged twice' });
const FORM_BODY = `payload=${encodeURIComponent(JSON_BODY)}`;

function headersOf(name: string, text: string): Record<string, string> {
  if (name === 'hmac') return { 'x-sig': createHmac('sha256', SECRET).update(text).digest('hex') };
  return signedBy(name as Sender, text, { secret: SECRET, at: epochSeconds() });
}

/** What stands beside the signature: whoever has recorded a call may send it with any of these. */
const BESIDE: Record<string, string>[] = [
  { 'content-type': 'application/json' },
  { 'content-type': FORM },
  { 'content-type': 'text/plain' },
  { 'x-github-delivery': 'another' },
  { 'x-github-event': 'another' },
  { 'webhook-id-2': 'another' },
  { 'content-encoding': 'gzip' },
];

describe.each([...SENDERS, 'hmac'])('a recorded call of %s', (name) => {
  it.each([
    ['JSON', JSON_BODY],
    ['a form', FORM_BODY],
    ['neither', 'a: b'],
  ])('is the same item whatever is changed that is not signed: %s', async (_, text) => {
    const signed = headersOf(name, text);
    for (const first of BESIDE) {
      world.tables = new (world.tables.constructor as new () => typeof world.tables)();
      await call(name, text, { ...signed, ...first });
      for (const beside of BESIDE) await call(name, text, { ...signed, ...beside });

      expect(items(), JSON.stringify(first)).toHaveLength(1);
    }
  });
});

it('JSON is JSON, whatever its Content-Type says', async () => {
  await call('hmac', JSON_BODY, { ...headersOf('hmac', JSON_BODY), 'content-type': FORM });

  const [item] = items();
  expect(JSON.parse(world.content.get(`bucket/items/${item?.id}/body.json`) ?? 'null')).toEqual({
    text: 'charged twice',
  });
});

describe('a secret of Standard Webhooks', () => {
  it.each(['whsec_AA', 'whsec_c2hvcnQ=', 'whsec_........', 'whsec_'])(
    'opens nothing where its key can be guessed, however long it is written: %s',
    async (secret) => {
      fill('standard', secret);
      const headers = signedBy('standard', JSON_BODY, { secret, at: epochSeconds() });

      expect((await call('standard', JSON_BODY, headers)).statusCode).toBe(503);
      expect(items()).toEqual([]);
    },
  );
});
