import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  ask,
  callsFor,
  inbox,
  openPage,
  outputs,
  post,
  reaches,
  request,
  type Story,
  say,
  story,
  words,
} from '../support/app.ts';
import { deployment } from '../support/deployment.ts';
import { account, resource } from '../support/desk-clock.ts';
import { LOG, MADE } from '../support/followed.ts';

/* Three actions that a person approves together; the destination refuses the second, until it does not. */

const file = join(deployment.root, 'automations', MADE, 'evaluate.ts');
const before = readFileSync(file, 'utf8');
const ONE =
  "      action: 'open-ticket',\n      parameters: { reference: item.body.reference, label: item.label },\n";
const THREE =
  "      actions: [1, 2, 3].map(() => ({\n        action: 'open-ticket',\n        parameters: { reference: item.body.reference, label: item.label },\n      })),\n";

async function put(text: string): Promise<void> {
  const log = join(deployment.stateDir, LOG);
  const said = readFileSync(log, 'utf8').length;
  writeFileSync(file, text);
  await vi.waitFor(() => expect(readFileSync(log, 'utf8').slice(said)).toContain('process updated'), {
    timeout: 180_000,
    interval: 100,
  });
}

const fault = (body: object) =>
  fetch(`${outputs.destinations['help-desk']}/faults`, { method: 'POST', body: JSON.stringify(body) });
const caution = (on: boolean) =>
  request(`/v1/automations/${MADE}/caution`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ on, reason: 'a list is looked at' }),
  });

/** As the runbook lets a parked item go on. */
async function release({ id, generation }: Story): Promise<void> {
  await account.tables.send(
    new UpdateCommand({
      TableName: await resource('dataitems'),
      Key: { id },
      UpdateExpression: 'SET generation = :next, #s = :processing REMOVE #e',
      ConditionExpression: '#s = :parked AND generation = :held',
      ExpressionAttributeNames: { '#s': 'status', '#e': 'error' },
      ExpressionAttributeValues: {
        ...{ ':next': generation + 1, ':held': generation, ':processing': 'processing', ':parked': 'parked' },
      },
    }),
  );
  await account.sqs.send(
    new SendMessageCommand({
      QueueUrl: await account.resource(MADE, 'actionsqueue'),
      MessageBody: JSON.stringify({ itemId: id, generation: generation + 1 }),
    }),
  );
}

const states = (item: Story) =>
  (item as Story & { actions?: { status: string }[] }).actions?.map(({ status }) => status);

beforeAll(async () => {
  expect(before).toContain(ONE);
  await put(before.replace(ONE, THREE));
  expect((await caution(true)).status).toBe(200);
});
afterAll(async () => {
  await fault({ mode: 'ok' });
  await caution(false);
  await put(before);
});

describe('a list whose second action fails', () => {
  it('keeps the first, begins no third, tells everybody, and goes on without repeating anything', async () => {
    await fault({ mode: 'refuse', seconds: 300, skip: 1 });
    const text = `I have a question about this: returns. ${crypto.randomUUID()}`;
    const { id, approvalId, links } = await ask(MADE, { reference: 'L-1', text });
    const [link = ''] = Object.values(links);
    const asked = words((await openPage(link)).page);
    expect(asked).toContain('3 actions, one after the other');
    expect(asked).toContain('Approve: all 3 actions');

    await say(link, 'approve', { comment: 'seen' });
    const parked = await reaches(id, 'parked');

    expect(states(parked)).toEqual(['done', 'failed', 'not_begun']);
    expect(parked.error?.message).toMatch(/^action 2 of 3 .* action 1 is done, action 3 has not begun$/);
    expect(await callsFor('help-desk', id)).toHaveLength(1);
    expect(words((await openPage(link)).page)).toContain('Done in part');
    expect((await request(`/v1/items/${id}`, { method: 'DELETE' })).status).toBe(409);
    await vi.waitFor(
      async () => {
        const mails = (await inbox()).filter((mail) => mail.text.includes(approvalId));
        expect(mails.map(({ subject }) => subject)).toEqual(
          expect.arrayContaining([expect.stringContaining('Approved, done in part')]),
        );
      },
      { timeout: 180_000, interval: 300 },
    );

    await fault({ mode: 'ok' });
    await release(await story(id));
    const done = await reaches(id, 'done');

    expect(states(done)).toEqual(['done', 'done', 'done']);
    const calls = await callsFor('help-desk', id);
    expect(calls.map(({ duplicate }) => duplicate)).toEqual([false, false, false]);
    expect(new Set(calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(3);
  });

  it('is carried out once each where answers are lost in the middle', async () => {
    await caution(false);
    await fault({ mode: 'lost-answer', seconds: 180, skip: 1 });
    const text = `I have a question about this: returns. ${crypto.randomUUID()}`;
    const { body } = await post(MADE, { reference: 'L-2', text }, { 'idempotency-key': crypto.randomUUID() });
    const { id } = body;
    // The second has come, and its answer is lost: until the next try there is a second.
    const calledTwice = async () => expect((await callsFor('help-desk', id)).length).toBeGreaterThan(1);
    await vi.waitFor(calledTwice, { timeout: 150_000, interval: 50 });
    await fault({ mode: 'ok' });

    const done = await reaches(id, 'done');

    expect(states(done)).toEqual(['done', 'done', 'done']);
    const calls = await callsFor('help-desk', id);
    expect(calls.filter(({ duplicate }) => !duplicate)).toHaveLength(3);
    expect(calls.some(({ duplicate }) => duplicate)).toBe(true);
    expect(new Set(calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(3);
  });
});
