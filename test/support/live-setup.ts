import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startLocal } from '../../local/engine.ts';
import type { Outputs } from '../../local/outputs.ts';
import { freePort } from './ports.ts';

declare module 'vitest' {
  interface ProvidedContext {
    outputs: Outputs;
    stateDir: string;
  }
}

/** Deploys the real application once to an emulator of its own, for every live test. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stateDir = await mkdtemp(join(tmpdir(), 'signalbox-live-'));
  const run = await startLocal({
    port: await freePort(),
    stateDir,
    log: (line) => console.log(`  ${line}`),
    // A decision can be taken back for as long as a busy machine needs to do so.
    settings: {
      SIGNALBOX_RETRY_SCHEDULE: '1,1,1',
      SIGNALBOX_UNDO_SECONDS: '6',
      // One that can fail while the other takes over.
      SIGNALBOX_SECOND_ENDPOINT: '1',
    },
  });
  project.provide('outputs', run.outputs);
  project.provide('stateDir', stateDir);
  return async () => {
    await run.stop();
    await rm(stateDir, { recursive: true, force: true });
  };
}
