import { beforeAll, expect, it } from 'vitest';
import { automations } from '../support/automations.ts';
import { sources } from '../support/sources.ts';
import {
  allowances,
  ofType,
  paths,
  property,
  type Statement,
  type Synthesised,
  synthesise,
  text,
} from '../support/synth.ts';
import { WILDCARDS } from './permission-patterns.ts';

/*
 * What the roles of the deployed functions and state machines may do. That it is enough is proven by
 * test/live/permissions.test.ts.
 */

let prod: Synthesised;

beforeAll(async () => {
  prod = await synthesise('prod');
});

it('never allows every action, nor a family of actions', () => {
  const wide = allowances(prod).filter(({ statement }) =>
    [statement.Action].flat().some((action) => action.includes('*')),
  );
  expect(wide.map(({ path, statement }) => `${path}: ${statement.Action}`)).toEqual([]);
});

it('names its resources, but for the listed patterns', () => {
  const unexplained = allowances(prod).flatMap(({ path, statement }) =>
    [statement.Resource].flat().flatMap((resource) => {
      const arn = text(resource);
      if (!arn.includes('*')) return [];
      const unlisted = [statement.Action]
        .flat()
        .filter(
          (action) =>
            !WILDCARDS.some(
              (it) => it.who.test(path) && it.resource.test(arn) && it.actions.includes(action),
            ),
        );
      return unlisted.length > 0 ? [`${path}: ${unlisted} on ${arn}`] : [];
    }),
  );
  expect(unexplained).toEqual([]);
});

it('lists no pattern that nobody has', () => {
  const all = allowances(prod).flatMap(({ path, statement }) =>
    [statement.Resource]
      .flat()
      .map((resource) => ({ path, arn: text(resource), actions: [statement.Action].flat() })),
  );
  const idle = WILDCARDS.filter(
    (it) =>
      !it.actions.every((action) =>
        all.some((has) => it.who.test(has.path) && it.resource.test(has.arn) && has.actions.includes(action)),
      ),
  );
  expect(idle.map(({ reason }) => reason)).toEqual([]);
});

it('writes the ARN of a run and of a state machine with colons, as IAM matches it', () => {
  const arns = allowances(prod).flatMap(({ statement }) => [statement.Resource].flat().map(text));
  expect(arns.filter((arn) => /:states:/.test(arn) && /(?:stateMachine|execution)\//.test(arn))).toEqual([]);
});

it('comes from no managed policy, whose next version somebody else writes', () => {
  const roles = ofType(prod, 'AWS::IAM::Role').filter((role) => property(role, 'ManagedPolicyArns'));
  expect(paths(roles)).toEqual([]);
});

it('lets nobody change, replace or delete what the audit holds, and decide and tell of it in one place', () => {
  const audit = ofType(prod, 'AWS::DynamoDB::Table').find((it) => /^dataaudit/.test(it.id))?.id ?? '-';
  const uses = allowances(prod).flatMap(({ path, statement }) =>
    text(statement.Resource).includes(audit)
      ? [statement.Action].flat().map((action) => `${path.replace(/ ServiceRole.*/, '')} ${action}`)
      : [],
  );
  // The stream's reader needs no more; what is written is copied where nobody can change it.
  const reading = /dynamodb:(?:Query|GetRecords|GetShardIterator|DescribeStream|ListStreams)$/;
  const writing = uses.filter((use) => !reading.test(use)).map((use) => use.split('/').at(-1));
  expect(writing.sort()).toEqual([
    'approve--on-change dynamodb:PartiQLInsert',
    'operate--commands dynamodb:PartiQLInsert',
    'operate--erase dynamodb:PartiQLInsert',
    'operate--probe dynamodb:PartiQLInsert',
    'operate--redrives dynamodb:PartiQLInsert',
    'operate--verify dynamodb:PartiQLInsert',
    // Audits that find too much wrong let a label ask a person, which is on record before.
    'record--outcomes dynamodb:PartiQLInsert',
    'record--publish dynamodb:PartiQLInsert',
  ]);
  expect(uses.length).toBeGreaterThan(3);
  // A statement that inserts adds a row or fails; the other rights of PartiQL, and a put, change what is there.
  const statements = allowances(prod).flatMap(({ statement }) =>
    [statement.Action].flat().filter((action) => /PartiQL|ExecuteStatement/.test(action)),
  );
  expect(new Set(statements)).toEqual(new Set(['dynamodb:PartiQLInsert']));
});

it('lets the function that answers every GET write nothing but who waits', () => {
  const writing =
    /^(?:dynamodb:(?:Put|Update|Delete|BatchWrite|Transact|PartiQL)|s3:(?:Put|Delete)|sqs:(?:Send|Delete|Purge)|states:|events:|ses:|secretsmanager:(?:Put|Update))/;
  const writes = allowances(prod).flatMap(({ path, statement }) =>
    /api--api/.test(path)
      ? [statement.Action]
          .flat()
          .filter((action) => writing.test(action))
          .map((action) => `${action} ${leadingKeys(statement)}`)
      : [],
  );
  expect(writes).toEqual(['dynamodb:UpdateItem wait#*']);
});

it('lets commands withdraw, and write neither a verdict nor a decision', () => {
  const changes = allowances(prod).filter(
    ({ path, statement }) =>
      /operate--commands/.test(path) &&
      [statement.Action].flat().includes('dynamodb:UpdateItem') &&
      /data(?:items|approvals)/.test(text(statement.Resource)),
  );
  const attributes = changes.map(
    ({ statement }) => statement.Condition?.['ForAllValues:StringEquals']?.['dynamodb:Attributes'] ?? ['all'],
  );
  expect(attributes).toHaveLength(2);
  for (const decisive of [
    'all',
    'verdict',
    'proposalKey',
    'proposalDigest',
    'decision',
    'digest',
    'carriedAt',
  ])
    expect(attributes.flat()).not.toContain(decisive);
});

it('lets the page alone look links up, and nobody but ask and on-change see what wakes a run', () => {
  const uses = allowances(prod).flatMap(({ path, statement }) =>
    /datalinks/.test(text(statement.Resource))
      ? [statement.Action]
          .flat()
          .map((action) => `${/approve--[\w-]+/.exec(path)?.[0] ?? path} ${action} ${leadingKeys(statement)}`)
      : [],
  );
  expect(uses.sort()).toEqual([
    'approve--ask dynamodb:GetItem token#*',
    'approve--ask dynamodb:PutItem link#*',
    'approve--ask dynamodb:UpdateItem token#*',
    'approve--ask dynamodb:UpdateItem told#*',
    'approve--on-change dynamodb:GetItem token#*',
    'approve--page dynamodb:GetItem link#*',
  ]);
});

it('lets nobody delete a question', () => {
  const approvals =
    ofType(prod, 'AWS::DynamoDB::Table').find((it) => /^dataapprovals/.test(it.id))?.id ?? '-';
  const deleting = allowances(prod).filter(
    ({ statement }) =>
      text(statement.Resource).includes(approvals) &&
      [statement.Action].flat().includes('dynamodb:DeleteItem'),
  );
  expect(deleting.map(({ path }) => path)).toEqual([]);
});

it('opens to everybody only what people come to, and the description of the API', () => {
  const open = ofType(prod, 'AWS::ApiGatewayV2::Route').filter(
    (route) => property(route, 'AuthorizationType') !== 'CUSTOM',
  );
  expect(open.map((route) => property(route, 'RouteKey')).sort()).toEqual([
    'ANY /approvals/{id}',
    'ANY /console',
    'ANY /console/{proxy+}',
    'GET /approvals/{id}/pages/{ref}/{n}',
    'GET /openapi.json',
    'POST /slack/interactions',
    ...automations
      .filter(({ doors }) => doors?.webhooks)
      .map(({ name }) => `POST /v1/automations/${name}/webhooks/{name}`),
  ]);
});

/*
 * Read out of the code, so that a row nobody may touch is found before a function is denied it in production.
 */
it('allows the rows that functions keep in the shared tables, by how their keys begin, and no others', () => {
  const kept = sources('lambdas').flatMap(({ code }) =>
    [...code.matchAll(/`([a-z-]+#)\$\{|ownRow\(\s*automation,\s*'([a-z]+)'/g)].map(
      ([, own, kind]) => own ?? `_${kind}#`,
    ),
  );
  const allowed = allowances(prod)
    .flatMap(({ statement }) => leadingKeys(statement))
    .map((key) => /(?:^|_)[a-z-]+#/.exec(key)?.[0])
    .filter((key) => key !== undefined);
  // An index's partition.
  expect([...new Set(allowed)].sort()).toEqual([...new Set(kept)].filter((key) => key !== 'closed#').sort());
});

it('names the rows wherever functions of several kinds share a table, and wherever an automation has its own', () => {
  const free = allowances(prod).filter(
    ({ stack, statement }) =>
      [statement.Resource].flat().some((resource) => {
        const shared =
          stack === 'platform'
            ? /data(?:control|idempotency)/
            : /:table\/|data(?:items|approvals|audit|control|idempotency)/;
        // A stream has no rows that a policy could name.
        return shared.test(text(resource)) && !isStream(resource);
      }) && leadingKeys(statement).length === 0,
  );
  expect(free.map(({ path }) => path)).toEqual([]);
});

it('lets one function read the stream of the control table', () => {
  const readers = allowances(prod).filter(({ statement }) =>
    [statement.Resource].flat().some((it) => isStream(it) && text(it).includes('datacontrol')),
  );
  expect(readers.map(({ path }) => /operate--redrives/.test(path))).toEqual([true]);
});

const isStream = (resource: unknown) => text(resource).includes('StreamArn');

it('names them so that a call without a row is not allowed either', () => {
  const open = allowances(prod).filter(
    ({ statement }) =>
      leadingKeys(statement).length > 0 && statement.Condition?.Null?.['dynamodb:LeadingKeys'] !== 'false',
  );
  expect(open.map(({ path }) => path)).toEqual([]);
});

function leadingKeys({ Condition }: Statement): string[] {
  const keys = Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? [];
  return [keys].flat();
}
