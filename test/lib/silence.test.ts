import { beforeAll, expect, it } from 'vitest';
import { declaredDoors } from '../../lambdas/contract/intake/doors.ts';
import { DOOR_DELIVERED, DOOR_DIMENSION, doorDimension } from '../../lambdas/contract/metrics.ts';
import { automations } from '../support/automations.ts';
import { ofType, property, type Synthesised, synthesise } from '../support/synth.ts';

let app: Synthesised;

beforeAll(async () => {
  app = await synthesise('prod');
});

it('each door that is not to be silent has an alarm on its own metric, silent in every hour or absent', () => {
  const alarms = ofType(app, 'AWS::CloudWatch::Alarm').filter(
    (alarm) => property(alarm, 'MetricName') === DOOR_DELIVERED,
  );
  const watched = automations.flatMap(({ name, doors = {} }) =>
    declaredDoors(doors).flatMap(([door, { silentHours }]) =>
      silentHours === undefined ? [] : [{ door: doorDimension(name, door), silentHours }],
    ),
  );
  expect(watched.length).toBeGreaterThan(0);
  expect(
    alarms.map((alarm) => ({
      door: property<{ Name: string; Value: string }[]>(alarm, 'Dimensions')?.find(
        ({ Name }) => Name === DOOR_DIMENSION,
      )?.Value,
      silentHours: property(alarm, 'EvaluationPeriods'),
    })),
  ).toEqual(watched);
  for (const alarm of alarms) {
    expect(property(alarm, 'Period')).toBe(3600);
    expect(property(alarm, 'TreatMissingData')).toBe('breaching');
    expect(property(alarm, 'ComparisonOperator')).toBe('LessThanThreshold');
  }
});
