/*
 * What Lambda puts into a queue of changes of a table that a function failed at again and again. The changes themselves are in the
 * table's stream, for a day.
 */

/** @returns the name of the function that failed, where the message is one of these */
export function failedFunction(message: unknown): string | undefined {
  const { DDBStreamBatchInfo: batch, requestContext: context } = (message ?? {}) as Record<string, unknown>;
  const { functionArn } = (context ?? {}) as { functionArn?: unknown };
  if (!batch || typeof functionArn !== 'string') return undefined;
  // `arn:…:function:<name>`, and a version behind it.
  return functionArn.split(':')[6];
}
