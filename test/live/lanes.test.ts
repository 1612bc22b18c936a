import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { urgentQueueName } from '../../lambdas/contract/names.ts';
import { laneKey } from '../../lambdas/tables/keys.ts';
import { Account } from '../../local/account.ts';
import { outputs, post, questionOf, reaches, request, say, story, TICKET } from '../support/app.ts';
import { body, headers, query, token } from '../support/fuzz.ts';

const account = new Account(outputs.endpointUrl);
const QUESTION = {
  subject: 'Exchange rate',
  text: 'What exchange rate do you use when I pay with my card abroad, and are there fees at the weekend?',
  from: 'mara@example.com',
};
const ticket = () => ({ ...QUESTION, subject: `Exchange rate ${crypto.randomUUID().slice(0, 8)}` });

/** As `process` says it. @param seconds for which it holds from now on */
async function late(seconds: number): Promise<void> {
  const TableName = await account.resource('platform', 'datacontrol');
  const id = laneKey('support-triage', 'late');
  const until = Date.now() + seconds * 1000;
  const Item = { id, seconds: 600, until, expiresAt: Math.ceil(until / 1000) + 60 };
  await account.tables.send(new PutCommand({ TableName, Item }));
}

async function model(fault: object): Promise<void> {
  await fetch(`${outputs.sandboxModelUrl}/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fault),
  });
}

afterAll(async () => {
  await model({ mode: 'ok' });
  await late(-1);
});

describe('what is known early', () => {
  it('is told to a caller who asks for it, while the rest is thought about, and stays', async () => {
    await model({ mode: 'slow', seconds: 60, delaySeconds: 4 });
    const { status, body } = await post('support-triage', ticket(), { prefer: 'wait=25, early' });
    await model({ mode: 'ok' });

    expect([status, body.status]).toEqual([202, 'processing']);
    const early = { label: 'Billing', reply: expect.stringContaining('our Billing team') };
    expect(body).toMatchObject({ early: { ...early, label: expect.any(String), reply: expect.any(String) } });
    const item = await reaches(body.id, 'done');
    expect(item).toMatchObject({ early: (body as unknown as { early: object }).early });
    expect(item.timeline.map(({ event }) => event)).toContain('early');
  });
});

describe('while work is late', () => {
  it('low-priority work is kept for later, in order, and all other work goes on', async () => {
    await late(120);
    const low = [];
    for (let count = 0; count < 3; count += 1)
      low.push(await post('support-triage', ticket(), { 'signalbox-priority': 'low', prefer: 'wait=20' }));
    const normal = await post('support-triage', ticket());
    const urgent = await post('support-triage', ticket(), { 'signalbox-priority': 'urgent' });

    for (const { status, body } of low) expect([status, body.status]).toEqual([202, 'deferred']);
    const times = low.map(({ body }) =>
      Date.parse((body as unknown as { deferredUntil: string }).deferredUntil),
    );
    expect(times.map((at, index) => at > (times[index - 1] ?? Date.now() + 800_000))).toEqual([
      true,
      true,
      true,
    ]);
    await reaches(urgent.body.id, 'done');
    await reaches(normal.body.id, 'done');
    const { body } = await request(`/v1/items/${low[0]?.body.id}`);
    expect(body).toMatchObject({
      status: 'deferred',
      timeline: expect.arrayContaining([
        expect.objectContaining({ event: 'deferred', reason: 'work is late, and other work goes first' }),
      ]),
    });
  });

  it('the registry says what is promised, and that urgent work has a lane', async () => {
    const { body } = await request('/v1/automations/support-triage');
    expect(body).toMatchObject({
      lanes: 'separate',
      promise: { normalMinutes: 15 },
      early: ['label', 'reply'],
    });
    const QueueName = urgentQueueName('local', 'support-triage');
    const { QueueUrl } = await account.sqs.send(new GetQueueUrlCommand({ QueueName }));
    const { Attributes } = await account.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    expect(Attributes?.ApproximateNumberOfMessages).toBe('0');
  });
});

it('an urgent item that is sent back is thought about again, in its lane', async () => {
  const body = { ...TICKET, text: `${TICKET.text} ${crypto.randomUUID()}` };
  const urgent = { 'signalbox-priority': 'urgent', 'idempotency-key': crypto.randomUUID() };
  const { id } = (await post('support-triage', body, urgent)).body;
  await reaches(id, 'waiting_approval');
  const [link = ''] = Object.values((await questionOf(id)).links);

  await say(link, 'again', { comment: 'to the team for events' });

  await expect.poll(async () => (await story(id)).generation, { timeout: 180_000 }).toBe(2);
  await reaches(id, 'waiting_approval');
});

it('hundreds of odd requests make no fault of ours at any door', async () => {
  const methods = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH');
  const known = [
    '/v1/automations/invoice/items',
    '/v1/automations/invoice/uploads',
    '/v1/items',
    '/v1/items/x',
    '/v1/automations',
    '/mcp',
    '/approvals/x',
    '/console',
    '/slack/interactions',
    '/openapi.json',
    '/v1/audit',
    '/v1/automations/invoice/resume',
  ];
  const paths = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...known) },
    { weight: 1, arbitrary: token.map((it) => `/${it}`) },
  );
  const one = fc.record({ method: methods, path: paths, headers, body, query });
  const faults: string[] = [];
  for (const { method, path, headers, body, query } of fc.sample(one, { seed: 20261127, numRuns: 300 })) {
    const plain = Object.fromEntries(
      Object.entries(headers).filter(
        ([name, value]) => /^[a-z-]{1,40}$/.test(name) && name !== 'host' && /^[\x20-\x7e]*$/.test(value),
      ),
    );
    const asked = new URLSearchParams();
    for (const [name, value] of Object.entries(query))
      asked.append(name.toWellFormed(), value.toWellFormed());
    const url = `${encodeURI(path)}?${asked}`;
    const sends = method !== 'GET';
    const response = await fetch(`${outputs.apiUrl}${url}`, {
      ...{
        method,
        headers: { authorization: `Bearer ${outputs.clientToken}`, ...plain },
        redirect: 'manual',
      },
      ...(sends ? { body: body.toWellFormed() } : {}),
    });
    const text = await response.text();
    if (response.status >= 500)
      faults.push(`${response.status} ${method} ${url.slice(0, 100)}: ${text.slice(0, 200)}`);
  }
  expect(faults).toEqual([]);
});
