import { join } from 'node:path';
import type { Endpoint } from '../../lambdas/contract/endpoint.ts';
import { loadConfig, type ResolvedConfig } from '../../lib/config.ts';
import { endpointsOf } from '../../lib/parts/neighbours.ts';
import { askRealModel } from '../real-model.ts';
import { type Known, loadKnowledge } from '../sandbox/knowledge.ts';
import { startSandbox } from '../sandbox/server.ts';
import { type Log, ROOT } from '../state.ts';
import { type Memory, openMemory } from './account.ts';

/** Who answers, and what stands behind the house meanwhile. */
export interface Model {
  endpoints: readonly Endpoint[];
  /** Of this run: every outside system but a real model is the sandbox. */
  config: ResolvedConfig;
  /** For people. */
  name: string;
  /** It costs money. */
  real: boolean;
  memory: Memory;
  /** What the automations tell the sandbox. */
  knowledge: readonly Known[];
  close(): Promise<void>;
}

/** Done when whoever opened one before has closed it; and where its sandbox was, which the configuration was read with. */
let before: Promise<void> = Promise.resolve();
let port = 0;

/**
 * The model server that the environment names, or the sandbox on loopback. One after the other in a process, at the same addresses: its
 * configuration is read once.
 * @param sandbox also where the environment names a model
 * @throws Error with what is wrong with that server and what to do
 */
export async function openModel(log: Log, options: { sandbox?: boolean } = {}): Promise<Model> {
  const { promise: closed, resolve: free } = Promise.withResolvers<void>();
  const turn = before;
  before = closed;
  await turn;
  try {
    const model = await opened(log, options);
    return { ...model, close: () => model.close().finally(free) };
  } catch (error) {
    free();
    throw error;
  }
}

async function opened(log: Log, { sandbox: forced = false }): Promise<Model> {
  if (forced) delete process.env.OPENAI_API_KEY;
  const root = await loadConfig(join(ROOT, 'signalbox.config.ts'));
  const asked = await askRealModel(root, log, 'no case was run');
  const memory = await openMemory(process.env.OPENAI_API_KEY?.trim() || 'sandbox');
  const knowledge = await loadKnowledge();
  const sandbox = await startSandbox({ port, emulatorUrl: memory.url });
  port = Number(new URL(sandbox.url).port);
  Object.assign(process.env, {
    SIGNALBOX_SANDBOX_URL: sandbox.url,
    SIGNALBOX_API_URL: `${memory.url}/cases`,
  });
  const close = async () => {
    await sandbox.close();
    await memory.close();
  };
  try {
    const config = await loadConfig(join(ROOT, 'local/signalbox.config.ts'));
    return {
      ...{ endpoints: endpointsOf(config, 'local'), config, memory, knowledge, close },
      ...{ name: asked ?? 'the sandbox model', real: asked !== undefined },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
