import { join } from 'node:path';
import type { KeptCall } from './destinations.ts';
import { JsonLines } from './jsonl.ts';
import type { ModelCall } from './model.ts';

export type KeptLine =
  | ({ kind: 'model' } & ModelCall)
  | ({ kind: 'destination'; destination: string } & KeptCall);

/** What the sandbox was called for. */
export function callsFile(folder: string | undefined): JsonLines<KeptLine> {
  return new JsonLines(folder === undefined ? undefined : join(folder, 'sandbox-calls.jsonl'));
}
