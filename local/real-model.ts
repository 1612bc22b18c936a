import { type Fault, greetEndpoint } from '../lambdas/operate/probe/endpoint.ts';
import type { ResolvedConfig } from '../lib/config.ts';
import { endpointsOf } from '../lib/parts/neighbours.ts';
import type { Log } from './state.ts';

/** The endpoint of `signalbox.config.ts` that is asked with the key of the environment. */
export const REAL = 'openai';

/** What to change on this machine; the words of the probe are for a deployed application. */
const HERE: Partial<Record<Fault['kind'], string>> = {
  silent: 'start that server, or correct OPENAI_BASE_URL (with its /v1)',
  redirect: 'put the address that it points to into OPENAI_BASE_URL',
  key: 'correct OPENAI_API_KEY; for a server that wants none any word will do',
  other: `check OPENAI_BASE_URL (with its /v1), and the names of the models of '${REAL}' in signalbox.config.ts`,
  model: `name the models that it has under '${REAL}' in signalbox.config.ts`,
};

/**
 * Asks the model server that the environment names, before anything is done for it.
 * @param otherwise what does not happen then
 * @returns who answers, for people; undefined where the sandbox is to answer
 * @throws Error with what is wrong and what to do
 */
export async function askRealModel(
  config: ResolvedConfig,
  log: Log,
  otherwise = 'nothing is deployed',
): Promise<string | undefined> {
  const { OPENAI_API_KEY: key, OPENAI_BASE_URL: address } = process.env;
  if (!key && address)
    log(
      'OPENAI_BASE_URL is set without OPENAI_API_KEY: the sandbox model answers; set both to use that server',
    );
  if (!key) return undefined;
  if (address && !isServer(address))
    throw new Error(
      'OPENAI_BASE_URL must be an http or https URL that ends with its path, such as http://127.0.0.1:11434/v1: no user, password or query in it; the key goes into OPENAI_API_KEY',
    );
  const known = endpointsOf(config, 'local').find(({ name }) => name === REAL);
  if (!known)
    throw new Error(`OPENAI_API_KEY is set, but signalbox.config.ts has no '${REAL}' under 'endpoints'`);
  const endpoint = { ...known, baseUrl: address || known.baseUrl };
  const models = endpoint.models.map(({ name }) => name).join(', ');
  log(`asking ${endpoint.baseUrl} for ${models} ...`);
  const faults = await greetEndpoint(endpoint, key.trim());
  const fatal = faults.filter(({ kind }) => kind !== 'passing');
  if (fatal.length > 0) {
    const told = fatal.map(({ kind, why, todo }) => `  ${why}: ${HERE[kind] ?? todo}`);
    throw new Error(
      `OPENAI_API_KEY is set, so ${endpoint.baseUrl} was asked, and ${otherwise}:\n${told.join('\n')}\nwithout OPENAI_API_KEY the sandbox model answers`,
    );
  }
  for (const { why } of faults) log(`${why}: the work waits until it answers`);
  return `${models} at ${endpoint.baseUrl}`;
}

/** It is printed, and put before the paths of the calls. */
function isServer(text: string): boolean {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) return false;
  return !url.username && !url.password && !/[?#]/.test(text);
}
