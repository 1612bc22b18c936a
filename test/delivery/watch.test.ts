import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { accountOf, pinOf } from '../../delivery/place.ts';
import { watch } from '../../delivery/steps/watch.ts';
import { JUDGED, SEVERITY } from '../../lambdas/contract/alarms/alarms.ts';

vi.mock('../../delivery/place.ts', () => ({ pinOf: vi.fn(), accountOf: vi.fn() }));

const OUTPUTS = `<Outputs><member><OutputKey>ControlTable</OutputKey><OutputValue>control</OutputValue></member></Outputs>`;
const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

/** One alarm as CloudWatch writes it: its fields are in no order of names, and its name is not the first. */
const member = (name: string, says: string, since: string) => `<member><MetricName>m</MetricName>
<AlarmConfigurationUpdatedTimestamp>2026-01-01T00:00:00.000Z</AlarmConfigurationUpdatedTimestamp><StateValue>ALARM</StateValue>
<Threshold>1.0</Threshold><InsufficientDataActions/><AlarmDescription>${says}</AlarmDescription><AlarmActions><member>arn:topic</member></AlarmActions>
<StateUpdatedTimestamp>${since}</StateUpdatedTimestamp><Period>60</Period><Statistic>Sum</Statistic>
<AlarmName>${name}</AlarmName><EvaluationPeriods>1</EvaluationPeriods><AlarmArn>arn</AlarmArn><Dimensions><member><Name>Q</Name><Value>q</Value></member></Dimensions></member>`;

/** What the clock keeps, as DynamoDB writes it. */
const row = (lookedAt: string, standing: Record<string, { since: string; told?: boolean }>) => ({
  id: { S: 'redrives#watch' },
  lookedAt: { S: lookedAt },
  standing: {
    M: Object.fromEntries(
      Object.entries(standing).map(([name, { since, told }]) => [
        name,
        { M: { since: { S: since }, at: { S: since }, ...(told ? { told: { BOOL: true } } : {}) } },
      ]),
    ),
  },
});

let asked: unknown[];
beforeEach(() => {
  asked = [];
});

/** A look at an environment whose deployment began so many minutes ago. */
function look(xml: string, Item?: object, minutesAgo = 1): Promise<void> {
  const assembly = join(mkdtempSync(join(tmpdir(), 'signalbox-watch-')), 'prod');
  writeFileSync(`${assembly}.started`, at(-minutesAgo));
  vi.mocked(pinOf).mockResolvedValue({ account: '111122223333', region: 'eu-central-1' });
  vi.mocked(accountOf).mockResolvedValue({
    query: async () => xml,
    cloudformation: async () => OUTPUTS,
    json: async (...call: unknown[]) => {
      asked.push(call);
      return Item ? { Item } : {};
    },
  } as never);
  return watch({ config: 'x', minutes: 0, assembly } as never, 'prod');
}

describe('an alarm of CloudWatch', () => {
  it('that is urgent is heard as CloudWatch writes it', async () => {
    const alarm = member('signalbox-prod: api/errors', 'urgent: x', at(0));
    await expect(look(`<MetricAlarms>${alarm}</MetricAlarms>`)).rejects.toThrow(/api\/errors: urgent: x/);
  });

  it('lends no field to another', async () => {
    const old = member('signalbox-prod: api/errors', 'urgent: x', '2026-01-01T00:00:00Z');
    const other = member('orders: theirs', 'urgent: y', at(0));
    await expect(look(old + other)).resolves.toBeUndefined();
    await expect(look(other + old)).resolves.toBeUndefined();
  });
});

describe('what the clock judges', () => {
  const refund = 'signalbox-prod-refund-request';
  const queue = 'signalbox-prod-refund-request-work';

  it.each([
    ['a run that failed', `${refund}: workflow/failed`],
    ['a budget that is spent', `${refund}: budget/spent`],
    ['a queue that is late', `${queue}: queue/oldest-message`],
    ['a promise that is broken', `${refund}: promises/broken`],
    ['items that are parked', `${refund}: items/parked`],
    ['what a newer version tells', `${refund}: something/new`],
  ])('%s since the deployment began is bad', async (_, alarm) => {
    await expect(look('', row(at(0), { [alarm]: { since: at(0), told: true } }))).rejects.toThrow(alarm);
    expect(asked).toEqual([
      [
        'dynamodb',
        'GetItem',
        expect.objectContaining({ TableName: 'control', Key: { id: { S: 'redrives#watch' } } }),
      ],
    ]);
  });

  it('each urgent alarm of the clock is bad, and a routine one is unless it tells of the deployment', async () => {
    const told: string[] = [];
    for (const name of Object.keys(JUDGED)) {
      const seen = look('', row(at(0), { [`${refund}: ${name}`]: { since: at(0), told: true } }));
      if (
        await seen.then(
          () => false,
          () => true,
        )
      )
        told.push(name);
    }
    const urgent = Object.entries(SEVERITY).filter(([name, how]) => how === 'urgent' && name in JUDGED);
    expect(told.sort()).toEqual([...urgent.map(([name]) => name), 'items/parked', 'workflow/failed'].sort());
  });

  it.each<[string, { since: string; told?: boolean }]>([
    ['began before the deployment', { since: at(-60), told: true }],
    ['has not lasted for long enough to be an alarm', { since: at(0) }],
  ])('is not bad where it %s', async (_, standing) =>
    expect(look('', row(at(0), { [`${refund}: budget/spent`]: standing }))).resolves.toBeUndefined(),
  );

  it('is not known where the clock has not looked since the deployment began', async () => {
    await expect(look('', row(at(-30), {}), 20)).rejects.toThrow(
      'operate/redrives: has judged nothing since',
    );
    await expect(look('', undefined, 20)).rejects.toThrow('has judged nothing since ever');
    await expect(look('', row(at(-10), {}), 20)).resolves.toBeUndefined();
    await expect(look('', undefined, 2)).resolves.toBeUndefined();
  });
});
