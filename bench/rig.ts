import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Account } from '../local/account.ts';
import { type LocalRun, startLocal } from '../local/engine.ts';
import { seconds } from '../local/load/posts.ts';
import type { Faults } from '../local/poller.ts';
import { copyWith } from './copy.ts';
import { type Cpu, cpuOf, minus, times, workersOf } from './cpu.ts';
import { type Naive, startNaive } from './naive/pipeline.ts';

/*
 * Signalbox with `bench/sort/`, and the naive pipeline beside it, on one emulator of their own. It is a copy that is deployed, so
 * nothing of it is seen by whoever uses the repository.
 */

export interface Rig {
  run: LocalRun;
  account: Account;
  naive: Naive;
  /** Where the emulator keeps its state, and says which process it is. */
  stateDir: string;
  /**
   * Spent while `work` ran, less what everything takes in that time when nothing is to be done; and by function what the workers
   * spent that are still there.
   */
  spent<T>(work: () => Promise<T>): Promise<{ result: T; cpu: Cpu; byFunction: Map<string, number> }>;
  /** Measures what idleness takes; to be called when everything is warm. */
  rest(forSeconds: number): Promise<Cpu>;
  /** Whether each function logs its AWS calls. Its workers start anew. */
  logCalls(on: boolean): Promise<void>;
  close(): Promise<void>;
}

export interface RigOptions {
  port: number;
  /** Automations of the repository that are deployed beside `bench/sort`. @default none */
  keep?: readonly string[];
  /** What stands for the sandbox's model and destinations. @default the sandbox itself */
  neighbours?: string;
  /** What the pollers do to deliveries. @default nothing */
  faults?: Faults;
}

export async function startRig({ port, keep = [], neighbours, faults }: RigOptions): Promise<Rig> {
  const log = (line: string) => console.error(line);
  const stateDir = mkdtempSync(join(tmpdir(), 'signalbox-bench-'));
  const root = copyWith({ add: ['sort'], keep });
  const remove = () => {
    for (const folder of [stateDir, root]) rmSync(folder, { recursive: true, force: true });
  };
  const settings = {
    SIGNALBOX_UNDO_SECONDS: '0',
    ...(neighbours ? { SIGNALBOX_SANDBOX_URL: neighbours } : {}),
  };
  const run = await startLocal({
    ...{ port, stateDir, root, log, settings },
    ...(faults ? { faults } : {}),
  }).catch((error: unknown) => {
    remove();
    throw error;
  });
  const close = async () => {
    await run.stop().finally(remove);
  };
  try {
    const account = new Account(run.outputs.endpointUrl);
    const modelUrl = neighbours ? `${neighbours}/model/v1` : `${run.outputs.sandboxModelUrl}/v1`;
    const naive = await startNaive({ account, stateDir, modelUrl, log });
    /** Milliseconds of CPU in a millisecond of rest. */
    let idle: Cpu = { functions: 0, emulator: 0, bench: 0 };
    return {
      ...{ run, account, naive, stateDir },
      async spent(work) {
        const workers = await workersOf(stateDir);
        const [before, at] = [await cpuOf(stateDir), performance.now()];
        const result = await work();
        const rest = times(idle, performance.now() - at);
        const cpu = minus(minus(await cpuOf(stateDir), before), rest);
        const byFunction = new Map<string, number>();
        for (const [pid, { name, ms }] of await workersOf(stateDir))
          byFunction.set(name, (byFunction.get(name) ?? 0) + ms - (workers.get(pid)?.ms ?? 0));
        return { result, cpu, byFunction };
      },
      async rest(forSeconds) {
        const [before, at] = [await cpuOf(stateDir), performance.now()];
        await seconds(forSeconds);
        idle = times(minus(await cpuOf(stateDir), before), 1 / (performance.now() - at));
        return idle;
      },
      logCalls: (on) => setLogLevel(account.endpoint, on ? 'DEBUG' : 'INFO'),
      async close() {
        await naive.sources.stop();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface FunctionConfiguration {
  FunctionName: string;
  Environment?: { Variables?: Record<string, string> };
}

async function setLogLevel(endpoint: string, level: 'DEBUG' | 'INFO'): Promise<void> {
  const functions = `${endpoint}/2015-03-31/functions`;
  let marker = '';
  do {
    const page = (await (await fetch(`${functions}?Marker=${encodeURIComponent(marker)}`)).json()) as {
      Functions: FunctionConfiguration[];
      NextMarker?: string;
    };
    for (const { FunctionName, Environment } of page.Functions) {
      const variables = Environment?.Variables;
      if (!variables?.POWERTOOLS_LOG_LEVEL) continue;
      const changed = { Environment: { Variables: { ...variables, POWERTOOLS_LOG_LEVEL: level } } };
      const url = `${functions}/${FunctionName}/configuration`;
      const response = await fetch(url, { method: 'PUT', body: JSON.stringify(changed) });
      if (!response.ok) throw new Error(`${FunctionName} cannot be told to log: HTTP ${response.status}`);
    }
    marker = page.NextMarker ?? '';
  } while (marker);
}
