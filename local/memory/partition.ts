import type { Attributes, Expressions } from './expressions.ts';

/**
 * Which rows stand in the partition that a query names. Reading the whole condition for each row of a table takes long, and most rows are of
 * another one; what this lets pass is read.
 */
export function partitionOf(
  input: Expressions & { KeyConditionExpression?: string },
  key: string,
): (row: Attributes) => boolean {
  const [, name = '', value = ''] = /^(#?\w+) = (:\w+)/.exec(input.KeyConditionExpression ?? '') ?? [];
  const wanted = input.ExpressionAttributeValues?.[value];
  const isKey = (input.ExpressionAttributeNames?.[name] ?? name) === key;
  return isKey && typeof wanted === 'string' ? (row) => row[key] === wanted : () => true;
}
