import { beforeAll, describe, expect, it } from 'vitest';
import {
  approvalId,
  bodyKey,
  budgetKey,
  cacheId,
  cautionKey,
  evaluatedKey,
  itemKey,
  limitKey,
  proposalKey,
  requestId,
  reservationKey,
  stepId,
} from '../../lambdas/tables/keys.ts';
import { automations } from '../support/automations.ts';
import { ACCOUNT_ID, simulated } from '../support/iam.ts';
import { ofType, type Synthesised, synthesise, text } from '../support/synth.ts';

/*
 * What one automation's functions may do to another's rows and objects, put to an IAM simulator with the
 * policies of the templates. That their own is enough is proven by test/live/permissions.test.ts.
 */

const PARTS = ['intake--intake', 'process--process', 'act--act', 'item/Role'] as const;
/** Only where an automation has doors beside the API. */
const DOORS = 'intake--doors';
type Part = (typeof PARTS)[number] | typeof DOORS;

let roles: Map<string, object[]>;

beforeAll(async () => {
  roles = policiesOf(await synthesise('prod'));
});

/** By stack and part: the policies of the role, with tables and bucket under plain names. */
function policiesOf(app: Synthesised): Map<string, object[]> {
  const found = new Map<string, object[]>();
  for (const { stack, path, resource } of ofType(app, 'AWS::IAM::Policy')) {
    const part = [...PARTS, DOORS].find((one) => path.includes(one));
    const { Statement } = resource.Properties.PolicyDocument as { Statement: { Resource: unknown }[] };
    const plain = Statement.map((one) => ({ ...one, Resource: [one.Resource].flat().map(arnOf) }));
    const key = `${stack} ${part}`;
    if (part) found.set(key, [...(found.get(key) ?? []), { Version: '2012-10-17', Statement: plain }]);
  }
  return found;
}

const TABLE = /data(items|idempotency|approvals|control|audit|links)/;

function arnOf(resource: unknown): string {
  const arn = text(resource);
  const table = TABLE.exec(arn)?.[1];
  if (table && !arn.includes('/index/')) return tableArn(table);
  const inbound = /data(mails|drops)/.exec(arn)?.[1];
  if (inbound) return `arn:aws:s3:::${inbound}${arn.slice(arn.lastIndexOf('>') + 1)}`;
  if (/datacontent/.test(arn)) return `arn:aws:s3:::content${arn.slice(arn.lastIndexOf('>') + 1)}`;
  return arn === '*' ? arn : `arn:aws:sqs:us-east-1:${ACCOUNT_ID}:something-else`;
}

function tableArn(name: string): string {
  return `arn:aws:dynamodb:us-east-1:${ACCOUNT_ID}:table/${name}`;
}

async function may(stack: string, part: Part, action: string, resource: string, ...keys: string[]) {
  const policies = roles.get(`${stack} ${part}`);
  if (!policies) throw new Error(`there is no role '${stack} ${part}' in ${[...roles.keys()]}`);
  return simulated(policies, action, resource, keys.length > 0 ? { 'dynamodb:LeadingKeys': keys } : {});
}

const HEX = 'a1'.repeat(16);
const OWN = automations[0]?.name ?? '';
const OTHER = automations.find(({ name }) => name !== OWN)?.name ?? 'another-one';

/** Everything that an automation keeps: table and key, or an object. */
function belongings(automation: string): [table: string, key: string][] {
  const id = itemKey(automation, HEX);
  return [
    ['items', id],
    ['approvals', approvalId(id, 1)],
    ['idempotency', requestId(automation, 'f0'.repeat(32))],
    ['idempotency', stepId(automation, id, '1', 'route')],
    ['idempotency', cacheId(automation, 'route', 'f0')],
    ['control', budgetKey(automation, '2026-12-01')],
    ['control', reservationKey(automation, id, 1)],
    ['control', cautionKey(automation)],
  ];
}

function objects(automation: string): string[] {
  const id = itemKey(automation, HEX);
  return [
    bodyKey(id),
    ...['0', 'f'].map((digit) => proposalKey(id, 1, digit.repeat(64))),
    evaluatedKey(id, 1, '0'.repeat(64)),
  ];
}

const WRITES = ['PutItem', 'BatchWriteItem', 'UpdateItem', 'DeleteItem', 'GetItem'].map(
  (it) => `dynamodb:${it}`,
);

/** What of an automation's belongings a part may do something to. */
async function reached(stack: string, part: Part, owner: string): Promise<string[]> {
  const found: string[] = [];
  for (const [table, key] of belongings(owner))
    for (const action of WRITES)
      if (await may(stack, part, action, tableArn(table), key)) found.push(`${action.slice(9)} ${key}`);
  for (const key of objects(owner))
    for (const action of ['s3:PutObject', 's3:GetObject'])
      if (await may(stack, part, action, `arn:aws:s3:::content/${key}`))
        found.push(`${action.slice(3)} ${key}`);
  return found;
}

describe('a slice', () => {
  it.each(PARTS)(
    'learns with its %s neither a link nor the token of a run, also of its own questions',
    async (part) => {
      const approval = approvalId(itemKey(OWN, HEX), 1);
      for (const key of [`token#${approval}`, `link#${'0'.repeat(64)}`, approval])
        for (const action of [...WRITES, 'dynamodb:Query', 'dynamodb:Scan'])
          expect(await may(OWN, part, action, tableArn('links'), key)).toBe(false);
    },
  );

  it.each(PARTS)(
    'reaches nothing of another one with its %s: no item, ledger, proposal, limit, approval',
    async (part) => {
      for (const [at, { name }] of automations.entries())
        expect(await reached(name, part, automations[at - 1]?.name ?? OTHER), name).toEqual([]);
    },
  );

  it('reaches with its doors nothing of another one: no item, and nothing that came for it', async () => {
    const withDoors = automations.filter(({ doors }) => doors?.mail ?? doors?.drop);
    expect(withDoors.length).toBeGreaterThan(0);
    for (const { name, doors } of withDoors) {
      expect(await reached(name, DOORS, name === OTHER ? OWN : OTHER), name).toEqual([]);
      for (const action of ['s3:GetObject', 's3:DeleteObject'])
        for (const [bucket, has] of [
          ['mails', doors?.mail],
          ['drops', doors?.drop],
        ] as const) {
          const object = (owner: string) => `arn:aws:s3:::${bucket}/${owner}/a`;
          expect(await may(name, DOORS, action, object(name)), `${name} ${bucket}`).toBe(has !== undefined);
          for (const owner of [OTHER === name ? OWN : OTHER, `${name}-two`, name.slice(0, -1)])
            expect(await may(name, DOORS, action, object(owner)), `${name} ${owner}`).toBe(false);
        }
    }
  });

  it('reaches nothing of one whose name begins like its own, or ends so', async () => {
    for (const owner of [OWN.slice(0, -1), `${OWN}-two`, `my-${OWN}`])
      expect(await reached(OWN, 'process--process', owner)).toEqual([]);
  });

  it('reaches what is its own, each part what it needs', async () => {
    const own = async (part: Part) => (await reached(OWN, part, OWN)).map(short);
    expect(await own('intake--intake')).toEqual([
      ...['PutItem ITEM', 'GetItem ITEM', 'GetItem ITEM-g1', 'PutItem request#', 'GetItem request#'],
      // Low-priority work gives way to a budget that runs out, where that is promised.
      ...(automations[0]?.promise ? ['GetItem budget#'] : []),
      ...['PutObject body', 'GetObject body', 'PutObject proposal', 'GetObject proposal'],
      ...['PutObject proposal', 'GetObject proposal', 'PutObject evaluated', 'GetObject evaluated'],
    ]);
    expect(await own('process--process')).toEqual(
      expect.arrayContaining([
        'UpdateItem ITEM',
        'PutItem step#',
        'PutObject proposal',
        'UpdateItem budget#',
      ]),
    );
    expect(await own('act--act')).toEqual(
      expect.arrayContaining(['UpdateItem ITEM', 'GetItem ITEM-g1', 'GetObject proposal']),
    );
    expect(await own('item/Role')).toEqual(['UpdateItem ITEM', 'UpdateItem ITEM-g1', 'GetItem ITEM-g1']);
  });

  it('cannot say with its process what came of an action, and can with its act', async () => {
    const allowed = (part: Part, attribute: string) =>
      simulated(roles.get(`${OWN} ${part}`) ?? [], 'dynamodb:UpdateItem', tableArn('items'), {
        'dynamodb:LeadingKeys': [itemKey(OWN, HEX)],
        'dynamodb:Attributes': ['id', 'status', attribute],
      });
    expect(await allowed('process--process', 'verdict')).toBe(true);
    expect(await allowed('process--process', 'ledger')).toBe(false);
    expect(await allowed('act--act', 'ledger')).toBe(true);
  });

  it('may read and write in one call what it reads and writes together', async () => {
    const id = itemKey(OWN, HEX);
    const steps = ['route', 'evaluate'].map((step) => stepId(OWN, id, '1', step));
    const counts = [reservationKey(OWN, id, 1), limitKey(OWN, 'pay', 'day', '2026-12-01')];
    const calls: [Part, string, string, string[]][] = [
      ['process--process', 'BatchGetItem', 'control', [cautionKey(OWN), ...counts]],
      ['process--process', 'BatchWriteItem', 'idempotency', steps],
      ['act--act', 'BatchGetItem', 'control', counts],
      ['act--act', 'BatchGetItem', 'items', [id, itemKey(OWN, 'b2'.repeat(16))]],
      ['act--act', 'BatchGetItem', 'approvals', [approvalId(id, 1), approvalId(id, 2)]],
    ];
    for (const [part, action, table, keys] of calls)
      expect(await may(OWN, part, `dynamodb:${action}`, tableArn(table), ...keys), `${part} ${table}`).toBe(
        true,
      );
  });

  it('has no use for what is remembered of requests and steps in its act', async () => {
    const own = (await reached(OWN, 'act--act', OWN)).map(short);
    expect(own.filter((one) => /(?:request|step|cache)#/.test(one))).toEqual([]);
  });

  it('cannot write proposals or approvals with its act', async () => {
    const own = (await reached(OWN, 'act--act', OWN)).map(short);
    expect(own.filter((one) => /PutObject|(?:Put|Update|Delete)Item ITEM-g1/.test(one))).toEqual([]);
  });

  it.each(PARTS)(
    'gets nothing by a call of its %s that names no row, or names one of its own beside another',
    async (part) => {
      const [mine, other] = [itemKey(OWN, HEX), itemKey(OTHER, HEX)];
      for (const action of WRITES)
        for (const keys of [[], [mine, other]])
          expect(await may(OWN, part, action, tableArn('items'), ...keys)).toBe(false);
    },
  );

  it('writes with its intake claims of requests, and items, each where it belongs', async () => {
    const [item, request] = [itemKey(OWN, HEX), requestId(OWN, 'f0'.repeat(32))];
    const puts = (table: string, key: string) =>
      may(OWN, 'intake--intake', 'dynamodb:PutItem', tableArn(table), key);
    expect([await puts('items', item), await puts('idempotency', request)]).toEqual([true, true]);
    expect([await puts('items', request), await puts('idempotency', item)]).toEqual([false, false]);
  });
});

function short(reach: string): string {
  return reach
    .replace(`${OWN}_${HEX}`, 'ITEM')
    .replace(/items\/ITEM\/(\w+).*/, '$1')
    .replace(new RegExp(`${OWN}_(\\w+#).*`), '$1');
}
