import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT, readJson, writeJson } from './state.ts';

/** `.local/outputs.json`, letter by letter as in docs/api.md: what runs where. */
export interface Outputs {
  apiUrl: string;
  consoleUrl: string;
  inboxUrl: string;
  clientToken: string;
  approvers: { email: string; group: string }[];
  automations: string[];
  sandboxModelUrl: string;
  destinations: Record<string, string>;
  /** `POST` a raw mail (RFC 5322) there: it comes in as one by SES would. */
  inboundMailUrl: string;
  /** An object at `<automation>/<name>` in it comes in by the drop door. */
  dropBucket: string;
  sources: Record<string, string>;
  endpointUrl: string;
  region: string;
}

const file = (stateDir: string) => join(stateDir, 'outputs.json');

export async function writeOutputs(stateDir: string, outputs: Outputs): Promise<void> {
  await writeJson(file(stateDir), outputs);
}

/** @throws Error when Signalbox was never started with this state directory. */
export async function readOutputs(stateDir: string): Promise<Outputs> {
  const outputs = await readJson<Outputs>(file(stateDir));
  if (!outputs) throw new Error(`${file(stateDir)} is missing: run npm start first`);
  return outputs;
}

/** The automations of this working copy. */
export async function automationNames(root = ROOT): Promise<string[]> {
  const names = await readdir(join(root, 'automations'));
  return names.filter((name) => existsSync(join(root, 'automations', name, 'automation.ts'))).sort();
}
