import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readInput } from '../../cli/command.ts';
import { health } from '../../cli/commands/health.ts';
import { fakeAccount } from './aws-world.ts';
import { api, run } from './harness.ts';
import { done, page, parked, refunds } from './recorded.ts';
import { NOON } from './world.ts';

const aws = fakeAccount();
const breaker = (name: string, state: string, reason?: string) => ({
  ...{ kind: 'destination', name, state, calls: 10, failures: 6, lineMs: 0 },
  ...(reason ? { reason } : {}),
});
const REDRIVE = { id: 'refund-request_redrive-1', automation: 'refund-request', state: 'running' };
const LIST = 'GET /v1/items?status=parked&limit=50';

beforeEach(() => {
  aws.answers = {};
  api.answers = {
    'GET /v1/automations': { body: { automations: [refunds] } },
    'GET /v1/breakers': {
      body: { breakers: [breaker('desk', 'closed'), breaker('ledger', 'open', 'failures')] },
    },
    'GET /v1/redrives': {
      body: { redrives: [{ ...REDRIVE, matched: 30, done: 12, failed: 0, skipped: 0 }] },
    },
    [LIST]: { body: { items: [] } },
    ...Object.fromEntries(
      ['received', 'processing', 'acting', 'quarantined', 'waiting_approval'].map((it) => [
        `GET /v1/items?status=${it}&limit=50`,
        { body: { items: [] } },
      ]),
    ),
  };
});

describe('health', () => {
  it('says in one screen how automations, breakers and redrives are', async () => {
    const { code, out } = await run(['health']);
    expect(code).toBe(0);
    expect(out).toMatch(/refund-request +running/);
    expect(out).toContain("destination 'ledger' is open: failures");
    expect(out).not.toContain("'desk'");
    expect(out).toContain('refund-request_redrive-1: 12 of 30');
    expect(out).toMatch(/parked +none/);
    expect(out).not.toContain('quarantined');
    expect(aws.calls).toEqual([]);
  });

  it('tells of items that have been at work for long, such as before a neighbour that is held', async () => {
    const at = (minutes: number) => new Date(NOON - minutes * 60_000).toISOString();
    const items = [12, 7, 1].map((minutes) => ({ ...page.items[0], receivedAt: at(minutes) }));
    api.answers['GET /v1/items?status=processing&limit=50'] = { body: { ...page, items } };
    expect((await run(['health'])).out).toContain(
      'waiting  2 under way for more than five minutes, the oldest for 12 min',
    );
  });

  it('tells what a person holds, who and why: a breaker that is held closed as well, and an automation', async () => {
    const forced = {
      state: 'closed',
      reason: 'it answers',
      by: 'ops',
      at: new Date(NOON - 300_000).toISOString(),
    };
    api.answers['GET /v1/breakers'] = { body: { breakers: [{ ...breaker('ledger', 'closed'), forced }] } };
    const note = { of: 'everything', mode: 'suspended', by: 'ops', reason: 'a wrong price list' };
    const notes = [{ ...note, at: new Date(NOON - 120_000).toISOString() }];
    const held = { ...refunds, state: 'suspended', hold: { mode: 'suspended', actions: [], notes } };
    api.answers['GET /v1/automations'] = { body: { automations: [held] } };
    const { out } = await run(['health']);
    expect(out).toContain("destination 'ledger' is held closed by ops, 5 min ago: it answers");
    expect(out).toContain('refund-request: everything suspended by ops, 2 min ago: a wrong price list');
  });

  it('tells of approvals that are late, and that nobody looked at the queues', async () => {
    const dueAt = new Date(NOON - 37 * 60_000).toISOString();
    const item = { ...done, status: 'waiting_approval', approval: { ...done.approval, dueAt } };
    api.answers['GET /v1/items?status=waiting_approval&limit=50'] = {
      body: { items: [{ ...page.items[0], id: item.id }] },
    };
    api.answers[`GET /v1/items/${item.id}`] = { body: item };
    const { out } = await run(['health']);
    expect(out).toContain('approvals  1 late, the oldest by 37 min: signalbox approvals');
    expect(out).toContain('not looked at: add --stage <stage>, or --local');
  });

  it('tells how many wait in which batch, and how far that is', async () => {
    const file = { batch: 'b-1', endpoint: 'cloud', model: 'small', status: 'in_progress', requests: 1200 };
    const files = [{ ...file, done: 700, failed: 3, dueAt: '2026-11-20T18:00:00.000Z' }];
    const batches = { at: '2026-11-20T12:00:00.000Z', open: 40, files };
    api.answers['GET /v1/automations'] = { body: { automations: [{ ...refunds, batches }] } };
    const { out } = await run(['health']);
    expect(out).toContain('refund-request: 40 wait for a file');
    expect(out).toMatch(/700 of 1[,.]?200 done, 3 failed, in_progress at cloud, due .*: b-1/);
  });

  it.each([
    ['TransientError', "source 'crm' answered 503", 'it is asked again by itself; see to the source'],
    [
      'SystemError',
      "source 'crm' answered 401: check its secret",
      'fill its secret, or correct the schedule and deploy',
    ],
  ])('tells of a poll that fails since when and what to do, after a %s', async (name, message, todo) => {
    const since = new Date(NOON - 25 * 60_000).toISOString();
    const poll = {
      ...{ door: 'schedule:crm', source: 'crm', since, failures: 4 },
      error: { class: name, message },
    };
    api.answers['GET /v1/automations'] = { body: { automations: [{ ...refunds, polls: [poll] }, refunds] } };
    const { out } = await run(['health']);
    expect(out.split('\n').filter((line) => line.startsWith('polls'))).toEqual([
      `polls    refund-request: source 'crm' gives nothing of use for 25 min, 4 polls: ${message}; ${todo} (runbook: schedules/failing)`,
    ]);
  });

  it('tells caution and a budget that is spent', async () => {
    const caution = { on: true, everything: true, actions: [], labels: [] };
    const budget = { ...refunds.budget, suspended: true };
    api.answers['GET /v1/automations'] = { body: { automations: [{ ...refunds, caution, budget }] } };
    const { out } = await run(['health']);
    expect(out).toContain('spent: items wait');
    expect(out).toContain('asks a person about everything');
  });

  it('counts parked items by their reason, the most frequent first, with one to look at', async () => {
    const error = { class: 'TransientError', message: 'the ledger is down' };
    const items = [parked, done, { ...done, id: `${done.id.slice(0, -1)}0` }];
    api.answers[LIST] = { body: { ...page, items: items.map(({ id }) => ({ ...page.items[0], id })) } };
    for (const [at, item] of items.entries())
      api.answers[`GET /v1/items/${item.id}`] = {
        body: at === 0 ? item : { ...item, status: 'parked', error },
      };

    const { parked: told } = JSON.parse((await run(['health', '--json'])).out);
    const { out } = await run(['health']);

    expect(told).toMatchObject({ items: 3, more: true });
    expect(told.reasons[0]).toMatchObject({
      items: 2,
      reason: `${done.automation}: TransientError: the ledger is down`,
    });
    expect(told.reasons).toHaveLength(2);
    expect(out).toMatch(/parked +3 and more/);
    expect(out).toContain('2  ');
  });

  it('counts what is quarantined, and names the command that lists it', async () => {
    api.answers['GET /v1/items?status=quarantined&limit=50'] = { body: { items: page.items.slice(0, 1) } };
    expect((await run(['health'])).out).toMatch(/quarantined +1: signalbox items --status quarantined/);
    const { quarantined } = JSON.parse((await run(['health', '--json'])).out);
    expect(quarantined).toEqual({ items: 1, more: false });
  });

  it('takes --stage local for --local, as alarms of a local run name it', () => {
    const input = readInput(health, ['--stage', 'local']);
    expect([input.flag('local'), input.option('stage')]).toEqual([true, undefined]);
    expect(readInput(health, ['--stage', 'prod']).flag('local')).toBe(false);
  });

  it('tells the queues of a stage that hold messages, where they are asked for', async () => {
    // The harness takes its own away after each test.
    const credentials = {
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'eu-central-1',
    };
    for (const [name, value] of Object.entries(credentials)) vi.stubEnv(name, value);
    const url = 'https://sqs.example/1/';
    const queue = (name: string) =>
      `<member><LogicalResourceId>${name}</LogicalResourceId><PhysicalResourceId>${url}${name}</PhysicalResourceId><ResourceType>AWS::SQS::Queue</ResourceType></member>`;
    aws.answers = {
      'cloudformation DescribeStacks':
        '<member><StackName>Signalbox-prod-refund</StackName><StackStatus>CREATE_COMPLETE</StackStatus></member>',
      'cloudformation ListStackResources': ['work', 'actions', 'dead'].map(queue).join(''),
      'sqs GetQueueAttributes': ({ QueueUrl = '' }: Record<string, string>) => {
        const name = QueueUrl.slice(url.length);
        const policy = name === 'dead' ? {} : { RedrivePolicy: '{"deadLetterTargetArn":"arn:dead"}' };
        const messages = { work: '7', actions: '0', dead: '2' }[name];
        return { Attributes: { QueueArn: `arn:${name}`, ApproximateNumberOfMessages: messages, ...policy } };
      },
    };
    const there = (stage: string) =>
      run(['health', '--stage', stage], { env: { AWS_ENDPOINT_URL: aws.url } });
    const nowhere = await there('nosuch');
    expect([nowhere.code, nowhere.out, nowhere.err]).toEqual([
      ...[1, '', expect.stringContaining("there is no stage 'nosuch' in eu-central-1")],
    ]);
    const { out } = await there('prod');
    expect(out).toMatch(/queue +7 wait.*: work/);
    expect(out).toMatch(/dead +2 wait.*: dead/);
    expect(out).not.toContain('actions');
  });
});
