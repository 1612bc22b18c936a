import { expect, it } from 'vitest';
import { ACCOUNT_ID } from './iam.ts';
import { allowed, nameOf, permissionsOf } from './iam-calls.ts';

const TABLE = `arn:aws:dynamodb:us-east-1:${ACCOUNT_ID}:table/control`;

const rows = (...keys: string[]) => ({
  ...{ Effect: 'Allow', Action: ['dynamodb:BatchGetItem'], Resource: [TABLE] },
  Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } },
});

it('asks for all rows of one call at once, as IAM does', async () => {
  const keys = ['demo_caution#asked', 'demo_limit#a', 'demo_limit#b'];
  const call = {
    ...{ service: 'dynamodb', operation: 'BatchGetItem' },
    ...{ resource: ['control', 'control', 'control'], keys },
  };
  const [asked] = permissionsOf(call, '');
  expect(asked).toEqual(['dynamodb:BatchGetItem', TABLE, keys]);
  expect(nameOf(asked ?? ['', ''])).toBe(`dynamodb:BatchGetItem ${TABLE} demo_caution demo_limit`);

  const may = (...Statement: object[]) =>
    allowed([{ Version: '2012-10-17', Statement }], 'dynamodb:BatchGetItem', TABLE, keys);
  expect(await may(rows('demo_caution#*'), rows('demo_limit#*'))).toBe(false);
  expect(await may(rows('demo_caution#*', 'demo_limit#*'))).toBe(true);
});

it('asks of statements for the right to what they do, once for a table', async () => {
  const call = {
    ...{ service: 'dynamodb', operation: 'BatchExecuteStatement', resource: ['audit', 'audit'] },
    ...{ keys: ['', ''], within: ['PartiQLInsert', 'PartiQLInsert'] },
  };
  const table = TABLE.replace('control', 'audit');
  const asked = permissionsOf(call, '');
  expect(asked).toEqual([['dynamodb:PartiQLInsert', table, ['', '']]]);

  const may = (action: string) => {
    const Statement = [{ Effect: 'Allow', Action: [action], Resource: [table] }];
    const [[asks, on, key]] = asked as [(typeof asked)[0]];
    return allowed([{ Version: '2012-10-17', Statement }], asks, on, key);
  };
  expect(await may('dynamodb:PartiQLInsert')).toBe(true);
  for (const action of ['PutItem', 'BatchWriteItem', 'PartiQLUpdate', 'PartiQLDelete'])
    expect(await may(`dynamodb:${action}`), action).toBe(false);
});
