import { allowances, synthesise, text } from './synth.ts';
import { world } from './world.ts';

/*
 * AWS compares every attribute that an update names, those of its key and its condition too, with the list in
 * the policy. No simulator is told of them by a call that was only logged, so the calls themselves are held
 * against the list.
 */

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

/** Notes the attributes that updates name from now on, by table. */
export function notedChanges(): Map<string, Set<string>> {
  const named = new Map<string, Set<string>>();
  world.fault = (call, input) => {
    if (!call.endsWith('UpdateCommand')) return;
    const update = input as unknown as Update;
    const seen = named.get(update.TableName) ?? new Set();
    named.set(update.TableName, seen);
    for (const attribute of attributesOf(update)) seen.add(attribute);
  };
  return named;
}

export const sorted = (named: Map<string, Set<string>>) =>
  Object.fromEntries([...named].map(([table, attributes]) => [table, [...attributes].sort()]));

/** What a function may change of items and approvals, by table. */
export async function changeable(fn: RegExp): Promise<Record<string, string[]>> {
  const allowed = allowances(await synthesise('prod')).flatMap(({ path, statement }) => {
    const list = statement.Condition?.['ForAllValues:StringEquals']?.['dynamodb:Attributes'];
    const [table] = /items|approvals/.exec(text(statement.Resource)) ?? [];
    return fn.test(path) && list && table ? [[table, [list].flat().sort()] as const] : [];
  });
  return Object.fromEntries(allowed);
}
