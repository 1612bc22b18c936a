import { DescribeTableCommand, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { automation as triage } from '../../automations/support-triage/automation.ts';
import {
  ask,
  callsFor,
  inbox,
  MODEL_SERVERS,
  modelFault,
  openPage,
  outputs,
  post,
  reaches,
  say,
  story,
  words,
} from '../support/app.ts';
import { account, resource } from '../support/desk-clock.ts';
import { COPIED } from '../support/followed.ts';

/*
 * A card, an IBAN, an address and a phone number, planted in items of a deployed automation that replaces personal data: they are looked
 * for in everything that the account keeps, and found where they belong.
 */

const CARD = '4111 1111 1111 1111';
const IBAN = 'DE89 3704 0044 0532 0130 00';
const PHONE = '+49 30 7654321';
const EMAIL = `planted-${crypto.randomUUID().slice(0, 8)}@example.com`;
const VALUES = [CARD, IBAN, PHONE, EMAIL];
const PLANTED = `My card is ${CARD}, my IBAN ${IBAN}. Call me: ${PHONE}, or write to ${EMAIL}.`;

const s3 = new AwsClient({
  accessKeyId: 'test',
  secretAccessKey: 'test',
  region: 'us-east-1',
  service: 's3',
});
const holds = (text: string) => VALUES.filter((value) => text.includes(value));

/** Everything in every table. */
async function rows(): Promise<[string, string][]> {
  const { TableNames = [] } = await account.tables.send(new ListTablesCommand({}));
  const found = await Promise.all(
    TableNames.map(async (TableName): Promise<[string, string]> => {
      await account.tables.send(new DescribeTableCommand({ TableName }));
      const pages: string[] = [];
      for (let ExclusiveStartKey: Record<string, never> | undefined; ; ) {
        const page = await account.tables.send(
          new ScanCommand({ TableName, ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}) }),
        );
        pages.push(JSON.stringify(page.Items));
        ExclusiveStartKey = page.LastEvaluatedKey as typeof ExclusiveStartKey;
        if (!ExclusiveStartKey) return [TableName, pages.join('')];
      }
    }),
  );
  return found;
}

/** Every object of these items in the content bucket. */
async function objects(ids: readonly string[]): Promise<[string, string][]> {
  const bucket = `${outputs.endpointUrl}/${await resource('datacontent')}`;
  const all = await Promise.all(
    ids.map(async (id) => {
      const list = await (await s3.fetch(`${bucket}?list-type=2&prefix=items/${id}/`)).text();
      const keys = [...list.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = '']) => key);
      return Promise.all(
        keys.map(
          async (key): Promise<[string, string]> => [key, await (await s3.fetch(`${bucket}/${key}`)).text()],
        ),
      );
    }),
  );
  return all.flat();
}

describe('personal data planted in items', () => {
  const began = Date.now();
  const example = triage.examples.find(({ expect: verdict }) => verdict === 'act')?.body;
  const asked = triage.examples.find(({ expect: verdict }) => verdict === 'ask')?.body;
  const ids: string[] = [];

  beforeAll(() => modelFault('ok', 600, { watch: VALUES }));
  afterAll(() => modelFault('ok'));

  it('reaches the destination of an item that acts alone, and its client', async () => {
    const body = { ...example, text: `${example?.text}\n\n${PLANTED}`, from: EMAIL };
    const { id } = (await post(COPIED, body)).body;
    ids.push(id);
    const item = await reaches(id, ['done', 'waiting_approval', 'parked', 'quarantined']);
    expect(item).toMatchObject({ status: 'done', verdict: 'act' });
    expect((await callsFor('help-desk', id)).map((call) => call.body.to)).toEqual([EMAIL]);
    expect(item.proposal?.parameters.to).toBe(EMAIL);
  });

  it('is shown to the approver, in no subject, and goes out as it was approved', async () => {
    const body = { ...asked, text: `${asked?.text}\n\n${PLANTED}`, from: EMAIL };
    const question = await ask(COPIED, body);
    ids.push(question.id);
    const link = Object.values(question.links)[0] ?? '';
    const { page } = await openPage(link);
    const shown = words(page);
    for (const value of VALUES) expect(shown).toContain(value);
    expect((await inbox()).flatMap(({ subject }) => holds(subject))).toEqual([]);
    await say(link, 'approve');
    await reaches(question.id, 'done');
    expect(await callsFor('help-desk', question.id)).toHaveLength(1);
  });

  it('stands nowhere else: no row, run, log line or document, and in no request to a model', async () => {
    expect(ids).toHaveLength(2);
    for (const [name, text] of await rows()) expect(holds(text), name).toEqual([]);
    const kept = await objects(ids);
    // What came, and the book: both end with the content.
    const where = kept.filter(([, text]) => holds(text).length > 0).map(([key]) => key.replace(/^.*\//, ''));
    expect([...new Set(where.map((name) => name.replace(/-[0-9a-f]{16}\.json$/, '')))].sort()).toEqual([
      'body.json',
      'tokens',
    ]);
    expect(kept.some(([key]) => key.includes('/proposal-'))).toBe(true);
    for (const [group, lines] of Object.entries(await account.logs(began)))
      expect(holds(lines.join('\n')), group).toEqual([]);
    for (const id of ids) {
      const { executionArn } = (await account.item(id)) ?? {};
      if (!executionArn) continue;
      const history = await account.sfn.send(new GetExecutionHistoryCommand({ executionArn }));
      expect(holds(JSON.stringify(history.events))).toEqual([]);
    }
    expect(holds(JSON.stringify((await story(ids[0] ?? '')).timeline))).toEqual([]);
    const calls = await Promise.all(
      Object.values(MODEL_SERVERS).map(async (server) => {
        const { calls } = (await (await fetch(`${server}/calls`)).json()) as { calls: { held?: number[] }[] };
        return calls.filter(({ held }) => held !== undefined);
      }),
    );
    // Both items were looked at by a model, and none of its requests held a value.
    expect(calls.flat().length).toBeGreaterThanOrEqual(2);
    expect(calls.flat().flatMap(({ held = [] }) => held)).toEqual([]);
  });
});
