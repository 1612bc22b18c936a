import { beforeAll, expect, it } from 'vitest';
import { METRICS } from '../../lambdas/contract/metrics.ts';
import { ofType, type Synthesised, synthesise, text } from '../support/synth.ts';

let prod: Synthesised;

beforeAll(async () => {
  prod = await synthesise('prod');
});

const bodies = () =>
  ofType(prod, 'AWS::CloudWatch::Dashboard').map(({ resource }) => text(resource.Properties.DashboardBody));

it('an environment has one page in CloudWatch, and no automation has its own', () => {
  expect(bodies()).toHaveLength(1);
});

it('shows every metric of ours and every alarm of the platform, and stays within what is free', () => {
  const [body = ''] = bodies();
  for (const metric of Object.values(METRICS)) expect(body).toContain(`"${metric}"`);
  const alarms = ofType(prod, 'AWS::CloudWatch::Alarm').filter(({ stack }) => stack === 'platform');
  expect(alarms.length).toBeGreaterThan(10);
  for (const { id } of alarms) expect(body).toContain(id);
  const named = body.match(/"metrics":\[\[.*?\]\]/g)?.join('') ?? '';
  expect(named.match(/\["/g)?.length ?? 0).toBeLessThanOrEqual(50);
});

it('finds the queues of its environment by their names, also those that are still to come', () => {
  const [body = ''] = bodies();
  expect(body).toContain('signalbox prod');
});
