import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { application } from '../support/synth.ts';

/*
 * AWS Solutions checks over the stacks that are deployed. A finding that stays is acknowledged in lib/, next
 * to the thing, with a reason that somebody wrote.
 */

interface Acknowledged {
  path: string;
  id: string;
  reason: string;
}

const acknowledged: Acknowledged[] = [];
let findings: string[];
let withoutAcknowledgement: Set<string>;

async function findingsOf(): Promise<string[]> {
  const app = await application('prod');
  app.synth();
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  return violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(
      (resource) => `${(resource as { constructPath?: string }).constructPath}: ${ruleName}`,
    ),
  );
}

beforeAll(async () => {
  findings = await findingsOf();
  const of = Validations.of.bind(Validations);
  vi.spyOn(Validations, 'of').mockImplementation((scope: IConstruct) => {
    const validations = of(scope);
    validations.acknowledge = (...rules) => {
      for (const { id, reason } of rules) acknowledged.push({ path: scope.node.path, id, reason });
    };
    return validations;
  });
  withoutAcknowledgement = new Set(await findingsOf());
});

afterAll(() => vi.restoreAllMocks());

it('finds nothing that nobody has acknowledged', () => {
  expect(findings).toEqual([]);
  expect(withoutAcknowledgement.size).toBeGreaterThan(10);
});

it('is given a reason for every acknowledgement', () => {
  const bare = acknowledged.filter(({ reason }) => reason.trim().length < 20 || !reason.includes(' '));
  expect(bare).toEqual([]);
});

it('is told only of findings that there are', () => {
  const idle = acknowledged.filter(
    ({ path, id }) =>
      ![...withoutAcknowledgement].some((it) => it.startsWith(path) && it.endsWith(`: ${id}`)),
  );
  expect(idle).toEqual([]);
});

it('allows as few kinds of findings as there are reasons for', () => {
  const rules = new Set(acknowledged.map(({ id }) => id.replace(/\[.*/, '')));
  expect([...rules].sort()).toEqual([
    'AwsSolutions-APIG4',
    'AwsSolutions-IAM5',
    'AwsSolutions-S1',
    'AwsSolutions-SF1',
    'AwsSolutions-SMG4',
  ]);
});
