import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import { webhookSecret } from '../../../lambdas/contract/intake/webhooks.ts';
import { secretName } from '../../../lambdas/contract/names.ts';
import { arrive } from '../../../lambdas/intake/doors/arrive.ts';
import { takeWebhook } from '../../../lambdas/intake/doors/webhooks/webhook.ts';
import { epochSeconds } from '../../../lambdas/kit/clock.ts';
import { openHandler } from '../../../lambdas/kit/http.ts';
import { pollKey } from '../../../lambdas/tables/keys.ts';
import { request } from '../../support/api.ts';
import { automation, type Demo, ENV, sqsRecord } from '../../support/fixtures.ts';
import { body, each, headers, MINUTES, word } from '../../support/fuzz.ts';
import { type Stub, stubServer } from '../../support/http.ts';
import { SENDERS, signedBy } from '../../support/webhooks.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

/* As `fuzz.test.ts`, at the doors through which machines come: signed calls, events and polled records. */

const SECRET = 'whsec_c2VjcmV0LW9mLXRoZS1zZW5kZXI=';
/** Code of an automation takes what it is given for what it was told: where it is not, it throws. */
const bodyOf = (value: unknown) => ({ text: (value as { text: string }).text });

const open: Automation<Demo> = {
  ...automation,
  doors: {
    events: { tickets: { source: 'desk', detailType: 'Opened', body: ({ detail }) => bodyOf(detail) } },
    schedules: {
      lines: {
        ...{ source: 'legacy', every: 'rate(1 minute)', body: bodyOf },
        request: () => ({ path: '/lines' }),
        records: (answer) => ({ records: answer as { id: string; record: unknown }[] }),
      },
    },
    webhooks: Object.fromEntries(
      SENDERS.map((kind) => [kind, { scheme: { kind }, body: ({ payload }) => bodyOf(payload) }]),
    ),
  },
};

let legacy: Stub;
beforeAll(async () => {
  legacy = await stubServer({ status: 200, body: [] });
});
afterAll(() => legacy.close());
beforeEach(() => begin());

function begin(): void {
  world.reset();
  time.freezeLater();
  const held = Object.fromEntries(SENDERS.map((sender) => [sender, [SECRET]]));
  world.secrets[secretName('local', webhookSecret('demo'))] = JSON.stringify(held);
}

const source = () => ({
  kind: 'source',
  name: 'legacy',
  url: legacy.url,
  timeoutSeconds: 5,
  mostBytes: 1_000_000,
});
const env = () => ({ ...ENV, STAGE: 'local', SOURCES: JSON.stringify({ legacy: source() }) });
const signed = openHandler((event) => takeWebhook(event, open as never, env() as never));
const items = () => world.tables.all('items');
const sender = fc.constantFrom(...SENDERS);

describe('a call of a webhook', () => {
  const answered = new Map<number, number>();
  const call = async (name: string, sent: object) => {
    begin();
    const { statusCode = 0, body: said = '' } = await signed(
      request({ params: { name }, caller: null, ...sent }),
    );
    answered.set(statusCode, (answered.get(statusCode) ?? 0) + 1);
    expect(statusCode, said).toBeLessThan(500);
    return statusCode;
  };

  it(
    'that is signed is one item, whatever it holds, or none and no fault of ours',
    { timeout: MINUTES },
    () =>
      each(fc.tuple(sender, body, headers, word), 1500, async ([name, sent, more, id]) => {
        const own = signedBy(name, sent, { secret: SECRET, at: epochSeconds(), id });
        const status = await call(name, { body: sent, headers: { ...more, ...own } });
        // Slack wants to hear nothing but 200.
        const isTaken = status === 202 || (name === 'slack' && status === 200);
        expect(items()).toHaveLength(isTaken ? 1 : 0);
      }),
  );

  it('that nobody signed is no item', { timeout: MINUTES }, () =>
    each(fc.tuple(fc.oneof(sender, word), body, headers, fc.boolean()), 600, async ([name, ...given]) => {
      const [sent, more, base64] = given;
      const names = [
        ...['stripe-signature', 'x-hub-signature-256', 'x-slack-signature', 'x-slack-request-timestamp'],
        ...['webhook-signature', 'webhook-timestamp', 'webhook-id'],
      ];
      const forged = Object.fromEntries(
        names.map((it, at) => [it, Object.values(more)[at] ?? sent.slice(0, 80)]),
      );
      expect(await call(name, { body: sent, headers: { ...more, ...forged }, base64 })).toBeGreaterThan(399);
      expect(items()).toEqual([]);
    }),
  );

  it('comes to each end often enough', () => {
    for (const status of [200, 202, 401]) expect(answered.get(status), String(status)).toBeGreaterThan(50);
  });
});

it('any event is one item, and no other where it comes again', { timeout: MINUTES }, () =>
  each(fc.tuple(fc.oneof(fc.jsonValue(), fc.record({ text: word })), word), 900, async ([detail, id]) => {
    begin();
    const at = { source: 'desk', 'detail-type': 'Opened', time: '2026-11-27T10:00:00Z' };
    const event = sqsRecord({ id: id || 'e', ...at, detail });
    await arrive(event, open as never, env() as never);
    await arrive(event, open as never, env() as never);
    expect(items()).toHaveLength(1);
  }),
);

it('any answer of a source that is polled is an item for each of its records, or is asked for again later', {
  timeout: MINUTES,
}, async () => {
  const record = fc.record({ id: fc.oneof(word, fc.integer()), record: fc.jsonValue() });
  const answer = fc.oneof(
    fc.uniqueArray(record, { maxLength: 4, selector: ({ id }) => String(id) }),
    fc.jsonValue(),
  );
  const ends = { records: 0, none: 0, later: 0 };
  await each(answer, 600, async (said) => {
    begin();
    legacy.answers = [{ status: 200, body: JSON.stringify(said) }];
    await arrive(sqsRecord({ door: 'schedule', name: 'lines' }), open as never, env() as never);
    const later = world.tables.row('control', pollKey('demo', 'lines'))?.retryAt !== undefined;
    expect(later).toBe(!Array.isArray(said));
    const most = Array.isArray(said) ? said.length : 0;
    expect(items().length).toBeLessThanOrEqual(most);
    expect(items().length > 0).toBe(most > 0);
    ends[later ? 'later' : most > 0 ? 'records' : 'none'] += 1;
  });
  for (const [end, count] of Object.entries(ends)) expect(count, end).toBeGreaterThan(20);
});
