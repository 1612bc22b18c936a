import { join } from 'node:path';
import type { Outputs } from '../local/outputs.ts';
import { readJson, stateDirectory } from '../local/state.ts';
import { Client } from './client.ts';
import { REACH, Unreachable } from './errors.ts';
import type { Terminal } from './terminal.ts';

const outputsFile = () => join(stateDirectory(), 'outputs.json');

/** What `npm start` wrote. @throws Unreachable if it never ran with this state directory */
export async function localOutputs(): Promise<Outputs> {
  const outputs = await readJson<Outputs>(outputsFile());
  if (outputs) return outputs;
  throw new Unreachable(`${outputsFile()} is missing: ${REACH}`);
}

/** @throws Unreachable if neither the environment nor `npm start` says where the API is */
export async function connect({ env }: Terminal): Promise<Client> {
  const { SIGNALBOX_API_URL: url, SIGNALBOX_TOKEN: token } = env;
  if (url && token) return new Client(url, token, 'SIGNALBOX_TOKEN');
  if (url || token) {
    // A mix would send a token to an address it was not made for.
    const [set, unset] = url
      ? ['SIGNALBOX_API_URL', 'SIGNALBOX_TOKEN']
      : ['SIGNALBOX_TOKEN', 'SIGNALBOX_API_URL'];
    throw new Unreachable(
      `${set} is set but ${unset} is not: set both, or neither to use what npm start wrote`,
    );
  }
  const outputs = await localOutputs();
  return new Client(outputs.apiUrl, outputs.clientToken, outputsFile());
}
