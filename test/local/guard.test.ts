import { expect, it } from 'vitest';
import type { Resource, Stack } from '../../local/assembly.ts';
import { progressLine } from '../../local/deploy.ts';
import { guardDeployment } from '../../local/guard.ts';

const stack = (resources: Record<string, Resource>): Stack => ({ name: 'platform', outputs: {}, resources });
const queue = (visibility: number) =>
  stack({ work: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: visibility } } });
const knows = (inPlace: boolean) => new Map([['AWS::SQS::Queue', { inPlace }]]);

it('refuses a type that the emulator does not know, and names it', () => {
  const next = [stack({ firewall: { Type: 'AWS::WAFv2::IPSet' } })];
  expect(() => guardDeployment({ next, current: [], types: knows(true) })).toThrow(
    'platform/firewall: AWS::WAFv2::IPSet',
  );
});

it('refuses to recreate a queue, and names the property and the way out', () => {
  const guard = () => guardDeployment({ next: [queue(60)], current: [queue(30)], types: knows(false) });
  expect(guard).toThrow('platform/work (AWS::SQS::Queue): VisibilityTimeout');
  expect(guard).toThrow('--fresh');
});

it('refuses to delete a queue that holds messages', () => {
  expect(() => guardDeployment({ next: [stack({})], current: [queue(30)], types: knows(true) })).toThrow(
    'platform/work (AWS::SQS::Queue) would be deleted',
  );
});

it('lets the key of a model server go, which each start fills anew, and no other secret', () => {
  const secret = (Name: string) =>
    stack({ key: { Type: 'AWS::SecretsManager::Secret', Properties: { Name } } });
  const leaves = (current: Stack) => () =>
    guardDeployment({ next: [stack({})], current: [current], types: undefined });
  expect(leaves(secret('signalbox/local/endpoints/sandbox'))).not.toThrow();
  expect(leaves(secret('signalbox/local/clients'))).toThrow('would be deleted');
});

it('lets a change through that the emulator makes in place', () => {
  expect(() =>
    guardDeployment({ next: [queue(60)], current: [queue(30)], types: knows(true) }),
  ).not.toThrow();
});

it('lets a new stack and an unchanged one through', () => {
  const next = [queue(30), { ...queue(30), name: 'other' }];
  expect(() => guardDeployment({ next, current: [queue(30)], types: knows(false) })).not.toThrow();
});

it('looks for losses in the strictest way where the emulator cannot be asked', () => {
  expect(() => guardDeployment({ next: [queue(60)], current: [queue(30)], types: undefined })).toThrow(
    'VisibilityTimeout',
  );
});

it('shows the end of a change, a failure with its reason, and no beginnings', () => {
  const line = (status: string, type: string) =>
    `platform | 3/40 | 7:40:11 AM | ${status} | ${type} | data/items (dataitemsC6)`;
  expect(progressLine(line('CREATE_COMPLETE', 'AWS::DynamoDB::Table'))).toBe(
    '  platform  DynamoDB::Table data/items',
  );
  expect(progressLine(line('CREATE_IN_PROGRESS', 'AWS::DynamoDB::Table'))).toBeUndefined();
  expect(progressLine(line('CREATE_COMPLETE', 'AWS::IAM::Role'))).toBeUndefined();
  expect(progressLine(`${line('CREATE_FAILED', 'AWS::IAM::Role')} no such | principal`)).toBe(
    '  platform  FAILED IAM::Role data/items (dataitemsC6) no such | principal',
  );
});
