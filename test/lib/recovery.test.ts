import { beforeAll, expect, it } from 'vitest';
import { ofType, property, type Synthesised, synthesise } from '../support/synth.ts';

let prod: Synthesised;

beforeAll(async () => {
  prod = await synthesise('prod');
});

it('tells one function of one change of the control table, that a breaker closes, and keeps nothing that it fails with', () => {
  const closes = ofType(prod, 'AWS::Lambda::EventSourceMapping').filter(({ path }) =>
    path.includes('operate--redrives'),
  );
  expect(closes).toHaveLength(1);
  const [{ Pattern } = { Pattern: '{}' }] =
    property<{ Filters: { Pattern: string }[] }>(closes[0] as never, 'FilterCriteria')?.Filters ?? [];
  expect(JSON.parse(Pattern)).toEqual({
    eventName: ['MODIFY'],
    dynamodb: {
      OldImage: { openUntil: { N: [{ exists: true }] } },
      NewImage: { openUntil: { N: [{ exists: false }] } },
    },
  });
  expect(property(closes[0] as never, 'MaximumRecordAgeInSeconds')).toBe(120);
  expect(property(closes[0] as never, 'DestinationConfig')).toBeUndefined();
});
