import { expect, it, vi } from 'vitest';
import { accountOf, pinOf } from '../../delivery/place.ts';
import { watch } from '../../delivery/steps/watch.ts';

vi.mock('../../delivery/place.ts', () => ({ pinOf: vi.fn(), accountOf: vi.fn() }));

/** One alarm as CloudWatch writes it: its fields are in no order of names, and its name is not the first. */
const member = (name: string, says: string, at: string) => `<member><MetricName>m</MetricName>
<AlarmConfigurationUpdatedTimestamp>2026-01-01T00:00:00.000Z</AlarmConfigurationUpdatedTimestamp><StateValue>ALARM</StateValue>
<Threshold>1.0</Threshold><InsufficientDataActions/><AlarmDescription>${says}</AlarmDescription><AlarmActions><member>arn:topic</member></AlarmActions>
<StateUpdatedTimestamp>${at}</StateUpdatedTimestamp><Period>60</Period><Statistic>Sum</Statistic>
<AlarmName>${name}</AlarmName><EvaluationPeriods>1</EvaluationPeriods><AlarmArn>arn</AlarmArn><Dimensions><member><Name>Q</Name><Value>q</Value></member></Dimensions></member>`;

const ringing = (xml: string) => {
  vi.mocked(pinOf).mockResolvedValue({ account: '111122223333', region: 'eu-central-1' });
  vi.mocked(accountOf).mockResolvedValue({ query: async () => xml } as never);
  return watch({ config: 'x', minutes: 0, assembly: 'none' } as never, 'prod');
};
const soon = () => new Date(Date.now() + 5000).toISOString();

it('hears an urgent alarm as CloudWatch writes it', async () => {
  const alarm = member('signalbox-prod: api/errors', 'urgent: x', soon());
  await expect(ringing(`<MetricAlarms>${alarm}</MetricAlarms>`)).rejects.toThrow(/api\/errors: urgent: x/);
});

it('takes no field of one alarm for that of another', async () => {
  const old = member('signalbox-prod: api/errors', 'urgent: x', '2026-01-01T00:00:00Z');
  const other = member('orders: theirs', 'urgent: y', soon());
  await expect(ringing(old + other)).resolves.toBeUndefined();
  await expect(ringing(other + old)).resolves.toBeUndefined();
});
