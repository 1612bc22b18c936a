import { join } from 'node:path';
import type { KeptCall } from './destinations.ts';
import { JsonLines } from './jsonl.ts';
import type { ModelCall } from './model.ts';

/** Two model servers, so that one can fail and the other take over. */
export const MODEL_ROOMS = ['model', 'model-b'] as const;
export type ModelRoom = (typeof MODEL_ROOMS)[number];

export type KeptLine =
  | ({ kind: ModelRoom } & ModelCall)
  | ({ kind: 'destination'; destination: string } & KeptCall);

/** What the sandbox was called for. */
export function callsFile(folder: string | undefined): JsonLines<KeptLine> {
  return new JsonLines(folder === undefined ? undefined : join(folder, 'sandbox-calls.jsonl'));
}
