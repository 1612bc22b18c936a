import { beforeAll, describe, expect, it, vi } from 'vitest';
import { shortNumber } from '../../lambdas/contract/approval.ts';
import {
  ask,
  fresh,
  outputs,
  post,
  questionOf,
  REFUND,
  reaches,
  request,
  say,
  signIn,
} from '../support/app.ts';
import { everyMeans } from '../support/batched.ts';
import { launchBrowser } from '../support/browser.ts';
import { type Fn, functions } from '../support/called.ts';
import { approval, tick, timekeeper } from '../support/desk-clock.ts';
import {
  everyBounce,
  everyDocument,
  everyDoor,
  everyErasure,
  everyOther,
  registry,
} from '../support/every-way.ts';
import { GUIDES_OWN } from '../support/followed.ts';
import { ACCOUNT_ID } from '../support/iam.ts';
import { allowed, nameOf, permissionsOf, secretArn } from '../support/iam-calls.ts';
import { everyAlarm, everyRelease } from '../support/release-ways.ts';
import { click, slackMessage } from '../support/slack.ts';

/*
 * The emulator lets every call pass. So every call that a function really made (its own debug lines say
 * which) is put to an IAM simulator with the policies of that function's own role.
 */

/** It asks the API with its caller's own token, and AWS for nothing. */
const MCP = 'platform api/mcp';

/** Those that called nothing, but for what had nothing to do: nothing was approved for one whose examples do not act alone. */
async function idleOf(all: readonly Fn[]): Promise<string[]> {
  const asking = (await registry()).filter(
    (it) => !it.examples.some(({ expect: verdict }) => verdict === 'act'),
  );
  const spared = new Set([MCP, ...asking.map(({ name }) => `${name} act/act`)]);
  return all.filter(({ name, calls }) => !spared.has(name) && calls.length === 0).map(({ name }) => name);
}

const REASON = { comment: 'seen the photo' };

/** One question that is passed on, one that is answered in Slack, one in the console; and the clock. */
async function everyChannel(): Promise<void> {
  const passed = await ask('refund-request', fresh(REFUND.large));
  await say(passed.of('anna'), 'escalate');
  await say(passed.of('anna'), 'hand-over', { to: 'carla@example.com' });
  const inSlack = await ask('refund-request', fresh(REFUND.large));
  const message = await slackMessage(await approval(inSlack.approvalId), 'anna@example.com');
  await click(message, { action: 'reject', ...REASON });
  await timekeeper();
  const { id, approvalId } = await ask('refund-request', fresh(REFUND.large));
  const browser = await launchBrowser();
  try {
    const page = await signIn(browser, 'ben@example.com');
    for (const room of [
      '',
      '/decided',
      '/statistics',
      '/audits',
      '/me',
      '/automations/refund-request',
      `/automations/${GUIDES_OWN}`,
      '/automations/refund-request/releases',
      '/automations/refund-request/what-if?amount=150&since=7d',
      '/automations/refund-request/rehearsals/00000000',
    ])
      await page.goto(`${outputs.consoleUrl}${room}`);
    await page.goto(`${outputs.consoleUrl}/approvals/${approvalId}`);
    await page.getByLabel('Your reason').fill(REASON.comment);
    await page.getByText('Change it before you approve').click();
    await page.getByLabel('Amount').fill('150.00');
    await page.getByRole('button', { name: /^Approve/ }).click();
    await page.getByRole('heading', { name: /^Approved/ }).waitFor();
    await reaches(id, 'done');
    // What became of it is read from the item.
    await page.goto(`${outputs.consoleUrl}/decided`);
    const row = page.getByRole('row').filter({ hasText: shortNumber(approvalId) });
    await row.getByText('✓ done').waitFor();
    for (const room of [`/many?what=reject&id=${approvalId}`, '/next'])
      await page.goto(`${outputs.consoleUrl}${room}`);
  } finally {
    await browser.close();
  }
}

/** What operators do to the model plane. */
async function everyOperation(): Promise<void> {
  const asked: [string, object][] = [
    ['/v1/endpoints/probe', {}],
    ['/v1/breakers/sandbox', { state: 'auto', reason: 'nothing is wrong' }],
    ['/v1/automations/refund-request/suspend', { actions: ['refund'], reason: 'a test' }],
    ['/v1/automations/refund-request/drain', { reason: 'a test' }],
    ['/v1/automations/refund-request/resume', { addUsd: 0.01 }],
    ['/v1/automations/refund-request/calibrate', { step: 'route' }],
    [`/v1/automations/${GUIDES_OWN}/similar`, { step: 'route', on: true, reason: 'a test' }],
    ['/v1/automations/refund-request/caution', { on: true, labels: ['other'], reason: 'a test' }],
    ['/v1/automations/refund-request/caution', { on: false, reason: 'the test is over' }],
  ];
  for (const [path, body] of asked) {
    const { status } = await request(path, { method: 'POST', body: JSON.stringify(body) });
    if (status !== 200) throw new Error(`${path} answered ${status}`);
  }
  for (const path of ['/v1/endpoints', '/v1/breakers']) await request(path);
  const { id } = await ask('refund-request', fresh(REFUND.large));
  const { status } = await request(`/v1/items/${id}`, { method: 'DELETE', body: '{}' });
  if (status !== 200) throw new Error(`DELETE answered ${status}`);
}

/** What auditors and operators read of an outcome, once it is in its chain. */
async function everyProof(id: string): Promise<void> {
  const chained = async () => expect((await request(`/v1/items/${id}/receipt`)).status).toBe(200);
  await vi.waitFor(chained, { timeout: 180_000, interval: 500 });
  const day = new Date().toISOString().slice(0, 10);
  for (const path of [`/v1/items/${id}/verification`, `/v1/items/${id}/export`, `/v1/receipts/${day}`])
    await request(path);
}

describe('permissions', () => {
  let all: Fn[] = [];

  beforeAll(async () => {
    const small = await post('refund-request', fresh(REFUND.small), {
      'signalbox-callback-url': 'https://127.0.0.1:9/hook',
    });
    await post('refund-request', fresh(REFUND.small), { 'idempotency-key': 'twice', prefer: 'wait=20' });
    const large = await post('refund-request', fresh(REFUND.large), { prefer: 'wait=20' });
    const text =
      'What exchange rate do you use when I pay with my card abroad, and are there fees at the weekend?';
    const key = { 'idempotency-key': crypto.randomUUID() };
    const rates = { subject: 'Exchange rate', text, from: 'mara@example.com' };
    const ticket = await post('support-triage', rates, key);
    await reaches(large.body.id, 'waiting_approval');
    const refund = await questionOf(large.body.id);
    await say(refund.of('anna'), 'approve', { amount: '200.00', ...REASON });
    for (const { body } of [small, large, ticket]) await reaches(body.id, 'done');
    await everyOther();
    await everyMeans();
    await everyDocument();
    await everyDoor();
    await everyChannel();
    await everyOperation();
    await everyRelease();
    await everyErasure();
    await everyBounce();
    await everyProof(small.body.id);
    await request('/v1/items');
    await request('/v1/automations');
    await request('/v1/automations/refund-request/statistics');
    await request('/v1/automations/refund-request/audits');
    await request('/v1/reports/2026-W48');
    await tick('reportingoperatereport');
    await everyAlarm();
    // A source is polled once a minute.
    for (let tries = 0; tries < 36; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 2000));
      all = await functions();
      if ((await idleOf(all)).length === 0) break;
    }
  });

  it('were put to use by every function', async () => {
    expect(all.length).toBeGreaterThanOrEqual(12);
    expect(all.find(({ name }) => name === MCP)?.calls).toEqual([]);
    expect(await idleOf(all)).toEqual([]);
  });

  it('allow every call each function really made, by its own role', async () => {
    const denied = new Set<string>();
    let checked = 0;
    for (const { name, calls, policies, stateMachine } of all) {
      const asked = new Map(
        calls.flatMap((call) => permissionsOf(call, stateMachine)).map((asks) => [nameOf(asks), asks]),
      );
      for (const [action, resource, key] of asked.values()) {
        checked += 1;
        if (!(await allowed(policies, action, resource, key))) {
          denied.add(`${name}: ${action} on ${resource} ${key ?? ''}`);
        }
      }
    }
    expect([...denied]).toEqual([]);
    expect(checked).toBeGreaterThan(40);
  });

  it('do not let support-triage read the secret of the ledger, nor any intake', async () => {
    const ledger = secretArn('signalbox/local/destinations/refund-ledger');
    const may = async (name: string) => {
      const fn = all.find((candidate) => candidate.name === name);
      if (!fn) throw new Error(`there is no function '${name}' in ${all.map((candidate) => candidate.name)}`);
      return allowed(fn.policies, 'secretsmanager:GetSecretValue', ledger);
    };
    expect(await may('refund-request act/act')).toBe(true);
    for (const part of ['act/act', 'process/process', 'intake/intake'])
      expect(await may(`support-triage ${part}`)).toBe(false);
    for (const part of ['intake/intake', 'process/process'])
      expect(await may(`refund-request ${part}`)).toBe(false);
  });

  async function writers(table: string, key: string): Promise<string[]> {
    const tables = all.flatMap(({ calls }) => calls).flatMap(({ resource }) => resource);
    const arn = `arn:aws:dynamodb:us-east-1:${ACCOUNT_ID}:table/${tables.find((name) => name.includes(`data${table}`))}`;
    const names = [];
    for (const { name, policies } of all) {
      for (const action of ['dynamodb:PutItem', 'dynamodb:UpdateItem'])
        if (await allowed(policies, action, arn, key)) names.push(name);
    }
    return [...new Set(names)];
  }

  it('refuse a write that one automation forges into the rows of another', async () => {
    const id = `refund-request_${'a1'.repeat(16)}`;
    const rows: [table: string, key: string, own: string[]][] = [
      ['items', id, ['intake/intake', 'intake/forward', 'process/process', 'act/act']],
      ['idempotency', `refund-request_step#${id}#1#route`, ['process/process']],
      ['approvals', `${id}-g1`, []],
      ['control', `refund-request_limit#perDay#1`, ['process/process', 'act/act']],
    ];
    for (const [table, key, own] of rows) {
      const slices = (await writers(table, key)).filter((name) => !name.startsWith('platform'));
      expect(slices.sort(), key).toEqual(own.map((part) => `refund-request ${part}`).sort());
    }
  });

  it('let nobody change, replace or delete what the audit holds: it is inserted, by calls that were made', async () => {
    const every = all.flatMap(({ calls }) => calls);
    const table = every.flatMap(({ resource }) => resource).find((name) => name.includes('dataaudit')) ?? '';
    const arn = `arn:aws:dynamodb:us-east-1:${ACCOUNT_ID}:table/${table}`;
    const writes = every.filter(
      ({ resource, operation }) => resource.includes(table) && operation !== 'Query',
    );
    expect([...new Set(writes.map(({ operation }) => operation))]).toEqual(['BatchExecuteStatement']);
    const able = async (operation: string) => {
      const names = all.map(async ({ name, policies }) =>
        (await allowed(policies, `dynamodb:${operation}`, arn)) ? [name] : [],
      );
      return (await Promise.all(names)).flat();
    };
    for (const operation of ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'])
      expect(await able(operation), operation).toEqual([]);
    for (const operation of ['PartiQLUpdate', 'PartiQLDelete', 'PartiQLSelect'])
      expect(await able(operation), operation).toEqual([]);
    expect(await able('PartiQLInsert')).toContain('platform record/publish');
  });

  it('let nobody but the console write its sessions, nor an automation the budget of another', async () => {
    expect(await writers('control', 'session#0')).toEqual(['platform console/console']);
    expect(await writers('control', 'refund-request_budget#2026-11-20')).toEqual([
      'platform operate/commands',
      'refund-request process/process',
    ]);
  });
});
