import { beforeEach, expect, it, vi } from 'vitest';
import { OPERATOR, through } from '../support/api.ts';
import { question } from '../support/desk.ts';
import { ID, itemRow } from '../support/fixtures.ts';
import { answer } from '../support/gateway.ts';
import { allowances, synthesise, text } from '../support/synth.ts';
import { time, world } from '../support/world.ts';

/*
 * AWS compares every attribute that an update names, those of its key and its condition too, with the list in
 * the policy. No simulator is told of them by a call that was only logged, so the calls themselves are held
 * against the list.
 */

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

interface Update {
  TableName: string;
  Key: object;
  UpdateExpression?: string;
  ConditionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
}

const WORDS = /^(?:SET|REMOVE|ADD|DELETE|AND|OR|NOT|IN|BETWEEN|list_append|if_not_exists|attribute_\w+)$/;

/** As AWS tells them to the policy. */
function attributesOf({ Key, UpdateExpression = '', ConditionExpression = '', ...more }: Update): string[] {
  const bare = `${UpdateExpression} ${ConditionExpression}`.match(/(?<![:#\w])[a-z]\w*/gi) ?? [];
  return [
    ...Object.keys(Key),
    ...Object.values(more.ExpressionAttributeNames ?? {}),
    ...bare.filter((word) => !WORDS.test(word)),
  ];
}

it('lets a withdrawal change what it changes, and not one attribute more', async () => {
  const named = new Map<string, Set<string>>();
  world.fault = (call, input) => {
    if (!call.endsWith('UpdateCommand')) return;
    const update = input as unknown as Update;
    const seen = named.get(update.TableName) ?? new Set();
    named.set(update.TableName, seen);
    for (const attribute of attributesOf(update)) seen.add(attribute);
  };
  const withdraw = () =>
    through((event, caller) => answer(event, caller, []), {
      route: 'DELETE /v1/items/{id}',
      path: `/v1/items/${ID}`,
      params: { id: ID },
      body: { reason: 'sent twice' },
      caller: OPERATOR,
    });
  question();
  expect((await withdraw()).status).toBe(200);
  world.tables.put('items', itemRow({ status: 'parked', error: { class: 'SystemError', message: 'down' } }));
  expect((await withdraw()).status).toBe(200);

  const allowed = allowances(await synthesise('prod')).flatMap(({ path, statement }) => {
    const list = statement.Condition?.['ForAllValues:StringEquals']?.['dynamodb:Attributes'];
    const [table] = /items|approvals/.exec(text(statement.Resource)) ?? [];
    return /operate--commands/.test(path) && list && table ? [[table, [list].flat().sort()]] : [];
  });
  const changed = [...named].map(([table, attributes]) => [table, [...attributes].sort()]);
  expect(Object.fromEntries(changed)).toEqual(Object.fromEntries(allowed));
  expect(allowed).toHaveLength(2);
});
