import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { AwsClient } from 'aws4fetch';
import { expect, it, vi } from 'vitest';
import { ask, outputs, post, REFUND, reaches, request, say, story, TICKET } from '../support/app.ts';
import { BATCHED } from '../support/batched.ts';
import { account } from '../support/desk-clock.ts';
import { sendMail } from '../support/doors.ts';
import { GUIDES_OWN } from '../support/followed.ts';
import { mailOf } from '../support/mails.ts';
import { line, pdfFile } from '../support/pdf.ts';
import { objects, uploaded } from '../support/uploads.ts';

/* A person's items through every room of the deployed house, erased; then everything that is kept is searched. */

const READERS = 16;

/** Every row of every table, and the content of every object of every bucket. */
async function everything(): Promise<[place: string, text: string][]> {
  const found: [string, string][] = [];
  const { TableNames = [] } = await account.tables.send(new ListTablesCommand({}));
  expect(TableNames.length).toBeGreaterThan(7);
  for (const TableName of TableNames) {
    for (let ExclusiveStartKey: Record<string, unknown> | undefined, more = true; more; ) {
      const scan = { TableName, ConsistentRead: true, ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}) };
      const page = await account.tables.send(new ScanCommand(scan));
      for (const row of page.Items ?? [])
        found.push([`${TableName} ${row.id ?? row.order}`, JSON.stringify(row)]);
      ExclusiveStartKey = page.LastEvaluatedKey;
      more = ExclusiveStartKey !== undefined;
    }
  }
  const client = new AwsClient({
    ...{ accessKeyId: 'test', secretAccessKey: 'test', region: 'us-east-1', service: 's3' },
  });
  const get = async (path: string) => (await client.fetch(`${outputs.endpointUrl}/${path}`)).text();
  const buckets = [...(await get('')).matchAll(/<Name>([^<]+)<\/Name>/g)].map(([, name = '']) => name);
  // What is deployed lies in the last one.
  for (const bucket of buckets.filter((name) => !name.startsWith('cdk-'))) {
    const keys = new Set<string>();
    // A list has a thousand at most.
    for (let after: string | undefined = ''; after !== undefined; ) {
      const versions = await get(`${bucket}?versions&key-marker=${encodeURIComponent(after)}`);
      for (const [, key = ''] of versions.matchAll(/<Key>([^<]+)<\/Key>/g)) keys.add(key);
      after = /<NextKeyMarker>([^<]+)</.exec(versions)?.[1];
    }
    const left = [...keys];
    const reader = async () => {
      for (let key = left.pop(); key !== undefined; key = left.pop())
        found.push([`${bucket} ${key}`, await get(`${bucket}/${key}`)]);
    };
    // A thousand connections at once are more than a busy engine takes.
    await Promise.all(Array.from({ length: READERS }, reader));
  }
  return found;
}

/** Where one of these words stands, and what is kept of these items without a word: a vector, an answer. */
async function places(words: readonly string[], ids: readonly string[]): Promise<string[]> {
  const marks = [...words, ...ids.map((id) => `"madeFor":"${id}"`)];
  return (await everything())
    .filter(([place, text]) => marks.some((mark) => (place + text).includes(mark)))
    .map(([place]) => place);
}

async function erase(subject: string, more: object = {}) {
  const { status, body } = await request('/v1/erasures', {
    method: 'POST',
    body: JSON.stringify({ subject, reason: 'asked us to', ...more }),
    headers: { 'content-type': 'application/json' },
  });
  expect(status, JSON.stringify(body)).toBe(200);
  return body as {
    items: { id: string; outcome: string }[];
    removed: Record<string, number>;
    subject: string;
  };
}

it("leaves nothing of a person's items but the fact, in whichever room they were", {
  timeout: 600_000,
}, async () => {
  const mark = crypto.randomUUID().slice(0, 8);
  const zoe = `zoe-${mark}@example.com`;
  const planted = [`zyxquokka${mark}`, zoe];
  const words = `My name is ${planted[0]}, please write to ${zoe}.`;
  // One that people approved, one that waits for them, one that a model answered, one that came with files, one whose vector is kept for
  // others, one that waits for a batch, one in which a model looked for names, and a mail.
  const approved = await ask('refund-request', {
    ...{ ...REFUND.large, text: `${REFUND.large.text} ${words}`, customer: zoe },
  });
  await say(approved.of('anna'), 'approve', { comment: 'as the policy says' });
  await reaches(approved.id, 'done');
  const waiting = await ask('refund-request', { ...REFUND.large, text: `It broke. ${words}`, customer: zoe });
  const mailed = (await post('support-triage', { text: `How do I change my password? ${words}`, from: zoe }))
    .body;
  await reaches(mailed.id, ['done', 'refused', 'waiting_approval']);
  const file = {
    ...{ name: `${planted[0]}.pdf`, contentType: 'application/pdf' },
    bytes: pdfFile({ pages: [line(`Invoice 1 for ${planted[0]}, ${zoe}`, 72, 720)] }),
  };
  const number = `CASE-${mark}-1`;
  const filed = (await post('invoice', { text: words, reference: number, documents: [await uploaded(file)] }))
    .body;
  await reaches(filed.id, ['done', 'refused', 'waiting_approval']);
  const similar = { website: `w${crypto.randomUUID().slice(0, 8)}.example`, email: zoe, employees: 20 };
  const compared = (await post(GUIDES_OWN, { ...similar, text: `Please show us a demo. ${words}` })).body;
  const low = { 'signalbox-priority': 'low' };
  const batched = (await post(BATCHED, { ...TICKET, text: `${TICKET.text} ${words}`, from: zoe }, low)).body;
  const named = (await post('it-help', { text: `The projector hums. ${words}`, from: zoe })).body;
  await reaches(batched.id, ['deferred', 'done', 'waiting_approval']);
  for (const { id } of [compared, named]) await reaches(id, ['done', 'refused', 'waiting_approval']);
  const ids = [approved.id, waiting.id, mailed.id, compared.id, batched.id, named.id];
  const headers = { To: 'support-triage@signalbox.test', 'Message-ID': `<${mark}@mail.example>` };
  await sendMail(mailOf({ text: words, headers: { ...headers, From: `Zoe <${zoe}>`, Subject: words } }));
  const came = await vi.waitFor(
    async () => {
      const { items } = await erase(zoe, { dryRun: true });
      return (
        items.find(({ id }) => !ids.includes(id)) ?? Promise.reject(new Error('the mail is no item yet'))
      );
    },
    { timeout: 120_000, interval: 1000 },
  );
  await reaches(came.id, ['done', 'refused', 'waiting_approval']);
  ids.push(came.id);

  const counted = await erase(zoe, { dryRun: true });
  expect(counted.items.map(({ id }) => id).sort()).toEqual(ids.sort());
  const before = await places(planted, ids);
  const erased = await erase(`ZOE-${mark}+tag@example.com`.toLowerCase());
  expect(erased.items.map(({ id }) => id).sort()).toEqual(ids.sort());
  expect(erased.items.every(({ outcome }) => ['erased', 'unsettled'].includes(outcome))).toBe(true);
  // What is written between both calls is removed as well.
  for (const [what, count] of Object.entries(counted.removed))
    expect(erased.removed[what], what).toBeGreaterThanOrEqual(count);
  const byNumber = await erase(number.toLowerCase());
  expect(byNumber.items).toMatchObject([{ id: filed.id }]);
  expect(byNumber.removed).toMatchObject({
    files: 1,
    readings: expect.any(Number),
    uploads: expect.any(Number),
  });

  expect(before.length).toBeGreaterThan(20);
  expect(before.join('\n')).toMatch(/demo-request_similar/);
  expect(await places(planted, [...ids, filed.id])).toEqual([]);
  for (const id of [...ids, filed.id]) {
    expect(
      await objects(`items/${id}/`).then((keys) => keys.filter((key) => !key.includes('/reading-'))),
    ).toEqual([]);
    const told = await story(id);
    expect(told.timeline.at(-1)?.event).toBe('erased');
    expect(told.proposal).toBeUndefined();
  }
  expect((await story(waiting.id)).status).toBe('withdrawn');
  expect((await story(approved.id)).status).toBe('done');
  // The fact is in the audit, under the hash.
  const { body } = await request(`/v1/audit?from=${new Date(Date.now() - 600_000).toISOString()}`);
  expect(JSON.stringify(body)).toContain(`erase ${erased.subject}`);
  expect(JSON.stringify(body)).toContain(`erased ${erased.subject}`);
});
