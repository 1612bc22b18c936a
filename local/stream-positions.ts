import { join } from 'node:path';
import { readJson, writeJson } from './state.ts';

interface SavedLambda {
  payload?: { dynamodb_stream_positions?: { data?: Record<string, number> } };
}

/**
 * Sets the saved places of the table streams back to their beginning. The emulator saves how far each reader
 * was and not the records themselves: after a restart as many changes as it had read before would never be
 * delivered.
 */
export async function rewindStreams(emulatorStateDir: string): Promise<void> {
  const file = join(emulatorStateDir, 'lambda.json');
  const saved = await readJson<SavedLambda>(file);
  const positions = saved?.payload?.dynamodb_stream_positions?.data;
  if (!positions) return;
  for (const reader of Object.keys(positions)) positions[reader] = 0;
  await writeJson(file, saved);
}
