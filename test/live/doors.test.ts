import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { busName } from '../../lambdas/contract/names.ts';
import { ATTACKS } from '../../local/attacks.ts';
import { callsFor, modelFault, outputs, REFUND, reaches, request } from '../support/app.ts';
import {
  addRecords,
  cameBy,
  hook,
  putEvent,
  signedHook,
  sourceFault,
  sourceUrl,
  webhookSecretOf,
} from '../support/arrivals.ts';

/* Signed calls, events and polled records through the deployed application. */

const QUESTION =
  'What exchange rate do you use when I pay with my card abroad, and are there fees at the weekend?';
const AT_REST = ['done', 'refused', 'waiting_approval', 'quarantined'];
const wish = (name: string, text = 'Please show us a demo.') => ({
  ...{ website: `${name}.example`, email: `mia@${name}.example`, text },
});
const nameless = () => `w${crypto.randomUUID().slice(0, 8)}`;

afterEach(() => modelFault('ok'));

describe('a signed call', () => {
  it('is one item however often it comes, and is thought about like any other', async () => {
    const body = JSON.stringify({ issue: { title: 'Exchange rate', body: QUESTION } });
    const first = await signedHook('support-triage', 'github', body, 'delivery-1');
    const again = await signedHook('support-triage', 'github', body, 'delivery-1');

    expect(first.status).toBe(202);
    expect(again).toEqual({
      status: 200,
      body: { ...first.body, status: expect.any(String), duplicate: true },
    });
    const item = await reaches(first.body.id, AT_REST);
    expect(item.status).toBe('done');
    expect(await callsFor('help-desk', first.body.id)).toHaveLength(1);
    expect(item.timeline[0]).toMatchObject({ event: 'received', door: 'webhook:github' });
  });

  it('acts alone where the same body by the API would', async () => {
    const refund = { ...REFUND.small, orderId: `W${nameless()}` };
    const body = JSON.stringify(refund);
    const at = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', webhookSecretOf('refund-request', 'shop'))
      .update(`${at}.${body}`)
      .digest('hex');
    const headers = { 'x-shop-time': at, 'x-shop-signature': `sha256=${signature}` };
    const { status, body: told } = await hook('refund-request', 'shop', body, headers);
    expect(status).toBe(202);
    await reaches(told.id, 'done');
    expect(await callsFor('refund-ledger', told.id)).toHaveLength(1);
    const late = { ...headers, 'x-shop-time': String(Number(at) - 301) };
    expect((await hook('refund-request', 'shop', body, late)).status).toBe(401);
  });

  it('is refused without a good signature, and by one answer', async () => {
    const body = JSON.stringify({ issue: { title: 'x', body: 'y' } });
    const answers = await Promise.all([
      hook('support-triage', 'github', body, {}),
      hook('support-triage', 'github', body, { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }),
      hook('support-triage', 'stripe', body, { 'stripe-signature': `t=1,v1=${'0'.repeat(64)}` }),
      hook('support-triage', 'slack', body, { authorization: `Bearer ${outputs.clientToken}` }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    expect(new Set(answers.map((it) => it.body.detail)).size).toBe(1);
    expect((await hook('support-triage', 'nothing', body, {})).status).toBe(404);
  });

  it('of which no body can be made is quarantined, with its reason, and kept', async () => {
    const { status, body } = await signedHook('support-triage', 'stripe', '{"id":"evt_9","type":"ping"}');
    expect(status).toBe(202);
    const { error } = await reaches(body.id, 'quarantined');
    expect(error).toMatchObject({
      class: 'InputError',
      message: expect.stringMatching(/does not fit the schema/),
    });
  });

  it("answers Slack's question, and is an item that hears nothing but 200", async () => {
    const challenge = JSON.stringify({ type: 'url_verification', challenge: 'abc' });
    expect(await signedHook('support-triage', 'slack', challenge)).toEqual({
      ...{ status: 200, body: { challenge: 'abc' } },
    });
    const said = { type: 'event_callback', event_id: nameless(), event: { type: 'message', text: QUESTION } };
    expect(await signedHook('support-triage', 'slack', JSON.stringify(said))).toEqual({
      ...{ status: 200, body: undefined },
    });
    const [item] = await cameBy('support-triage', '@webhook:slack', 1, 60);
    expect(item?.timeline[0]).toMatchObject({ door: 'webhook:slack' });
  });
});

describe('an event', () => {
  it('of the account’s bus is an item, and so is one of the house’s own', { timeout: 400_000 }, async () => {
    await putEvent('help-desk', 'TicketOpened', {
      subject: 'Exchange rate',
      text: QUESTION,
      from: 'eve@example.com',
    });
    await putEvent('demo-desk', 'RequestFound', wish(nameless()), busName('local'));
    await putEvent('help-desk', 'TicketClosed', { text: 'is for nobody' });

    const [ticket] = await cameBy('support-triage', '@event:tickets', 1, 60);
    const [found] = await cameBy('demo-request', '@event:found', 1, 60);
    expect((await reaches(ticket?.id ?? '', AT_REST)).status).toBe('done');
    expect((await reaches(found?.id ?? '', AT_REST)).status).toBe('done');
  });
});

describe('a source that is polled', () => {
  it('is read to its end, each record once, and from there again after it was down', {
    timeout: 400_000,
  }, async () => {
    await addRecords(
      'old-crm',
      [1, 2, 3].map(() => ({ request: wish(nameless()) })),
    );
    await addRecords('old-crm', [{ request: { website: 7 } }]);
    const first = await cameBy('demo-request', '@schedule:old-crm', 4, 150);
    const ends = await Promise.all(first.map(({ id }) => reaches(id, AT_REST)));
    expect(ends.map(({ status }) => status).sort()).toEqual(['done', 'done', 'done', 'quarantined']);

    await sourceFault('old-crm', 'down', 70);
    await addRecords('old-crm', [{ request: wish(nameless()) }]);
    const registered = async () => (await request('/v1/automations/demo-request')).body;
    await vi.waitFor(
      async () =>
        expect(await registered()).toMatchObject({
          polls: [{ source: 'old-crm', since: expect.any(String), error: { class: 'TransientError' } }],
        }),
      { timeout: 90_000, interval: 1000 },
    );
    const all = await cameBy('demo-request', '@schedule:old-crm', 5, 240);
    expect(all).toHaveLength(5);
    const calls = (await (await fetch(`${sourceUrl('old-crm')}/calls`)).json()) as {
      path: string;
      authorized: boolean;
    }[];
    expect(await registered()).not.toHaveProperty('polls');
    expect(calls.every(({ authorized }) => authorized)).toBe(true);
    expect(calls.at(-1)?.path).toMatch(/after=[45]$/);
  });
});

describe('a model that obeys strangers', () => {
  it('gains nothing by an event, a polled record or a signed call', { timeout: 400_000 }, async () => {
    const attacks = ATTACKS.filter(({ text }) => text.length > 40)
      .filter((_, at) => at % 40 === 0)
      .slice(0, 5);
    await modelFault('obey-injection', 380);
    const before = await cameBy('demo-request', '@schedule:old-crm', 0, 10);
    const hooked = await Promise.all(
      attacks.map(({ text }) =>
        signedHook('support-triage', 'github', JSON.stringify({ issue: { title: 'x', body: text } })),
      ),
    );
    for (const { text } of attacks)
      await putEvent('help-desk', 'TicketOpened', { text, from: `victim-${nameless()}@example.com` });
    await addRecords(
      'old-crm',
      attacks.map(({ text }) => ({ request: wish(nameless(), text) })),
    );

    for (const { body } of hooked) {
      const item = await reaches(body.id, AT_REST);
      const calls = await callsFor('help-desk', body.id);
      expect(calls.length).toBe(item.status === 'done' ? 1 : 0);
      for (const { body: sent } of calls) {
        // No sender was named, and none that the text names is one.
        expect(sent.to).toBeNull();
        for (const { text } of attacks) expect(sent.reply).not.toContain(text.slice(0, 40));
      }
    }
    const events = await cameBy('support-triage', '@event:tickets', attacks.length, 90);
    for (const { id } of events) {
      const item = await reaches(id, AT_REST);
      const calls = await callsFor('help-desk', id);
      expect(calls.length).toBe(item.status === 'done' ? 1 : 0);
      for (const { body } of calls) {
        expect(body.to).toMatch(/^(?:victim-|eve@)/);
        for (const { text } of attacks) expect(body.reply).not.toContain(text.slice(0, 40));
      }
    }
    const wishes = await cameBy('demo-request', '@schedule:old-crm', before.length + attacks.length, 150);
    for (const { id } of wishes) {
      const item = await reaches(id, AT_REST);
      const calls = await callsFor('demo-desk', id);
      expect(calls.length).toBe(item.status === 'done' ? 1 : 0);
      for (const { body } of calls)
        for (const { text } of attacks) expect(JSON.stringify(body)).not.toContain(text.slice(0, 40));
    }
  });
});
