import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRunning } from '../background.ts';
import { startLocal } from '../engine.ts';
import { type Outputs, readOutputs } from '../outputs.ts';
import { freePort } from '../ports.ts';
import { readSamples } from '../samples.ts';
import { type Log, stateDirectory } from '../state.ts';
import { UsageError } from '../usage.ts';
import type { LoadOptions } from './options.ts';
import type { Caller } from './posts.ts';
import { actionKey, type Destinations } from './story.ts';
import type { Template } from './traffic.ts';

/* Where the load goes, and what the API there says of itself. */

/** About as long as AWS keeps functions: in AWS each that starts anew has a core of its own, and here an outage would leave a hundred that share two. */
const WARM_SECONDS = 600;

export interface Target {
  url: string;
  token: string;
  /** Only of a run on this machine: its sandbox can be stopped. */
  sandbox?: Pick<Outputs, 'sandboxModelUrl' | 'destinations'>;
  /** In words. */
  what: string;
  close(): Promise<void>;
}

export async function findTarget({ to, pace }: LoadOptions, log: Log, signal: AbortSignal): Promise<Target> {
  const stays = async () => {};
  if (to) return { ...to, what: to.url, close: stays };
  const stateDir = stateDirectory();
  if (await findRunning(stateDir)) {
    if (pace !== undefined)
      throw new UsageError('--pace needs an application of its own: end the one of npm start first');
    const outputs = await readOutputs(stateDir);
    return { ...placesOf(outputs), what: 'the application of npm start', close: stays };
  }
  log('no application runs here: starting one of its own ...');
  const own = await mkdtemp(join(tmpdir(), 'signalbox-load-'));
  const remove = () => rm(own, { recursive: true, force: true });
  try {
    const run = await startLocal({
      ...{ port: await freePort(), stateDir: own, log, signal, warmSeconds: WARM_SECONDS },
      settings: pace === undefined ? {} : { SIGNALBOX_SANDBOX_PACE: String(pace) },
    });
    const close = () => run.stop().finally(remove);
    return { ...placesOf(run.outputs), what: 'an application of its own on this machine', close };
  } catch (error) {
    await remove();
    throw error;
  }
}

function placesOf(outputs: Outputs) {
  const { apiUrl, clientToken, sandboxModelUrl, destinations } = outputs;
  return { url: apiUrl, token: clientToken, sandbox: { sandboxModelUrl, destinations } };
}

interface Registered {
  name: string;
  examples: { body: Record<string, unknown> }[];
  actions: { name: string; destination: string }[];
  lanes?: 'separate';
}

/** What the registry tells of a run before it begins. */
export interface Known {
  templates: Template[];
  destinations: Destinations;
  /** Requests a minute that each endpoint takes, where it is known. */
  limits: Map<string, number>;
  /** Automations whose urgent items have a queue of their own. */
  lanes: Set<string>;
  /** By the server's clock. */
  now: string;
}

/** @throws UsageError where the token may not be used there, or there is nothing to send */
export async function askAround(caller: Caller, token: string): Promise<Known> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await caller.call('GET', '/v1/automations', headers).catch((error: Error) => error);
  if (answer instanceof Error) throw new UsageError(`no answer from there: ${answer.message}`);
  if (answer.status !== 200) throw new UsageError(`GET /v1/automations was answered with ${answer.status}`);
  const { automations } = JSON.parse(answer.body) as { automations: Registered[] };
  const templates = (await Promise.all(automations.map(templatesOf))).flat();
  if (templates.length === 0) throw new UsageError('the token may use no automation that has an example');
  const destinations = automations.flatMap(({ name, actions }) =>
    actions.map((action) => [actionKey(name, action.name), action.destination] as const),
  );
  const told = Date.parse(answer.headers.date ?? '');
  // Seconds are all that the header tells, and what comes now must be in the list.
  const now = new Date((Number.isNaN(told) ? Date.now() : told) - 2000).toISOString();
  const lanes = new Set(automations.filter((one) => one.lanes === 'separate').map(({ name }) => name));
  const limits = await limitsAt(caller, headers);
  return { templates, destinations: new Map(destinations), limits, lanes, now };
}

/** Its examples, and the samples of this repository where it is one of this repository. */
async function templatesOf({ name, examples }: Registered): Promise<Template[]> {
  const samples = await readSamples(name);
  return [
    ...examples.map(({ body }) => ({ automation: name, body })),
    ...samples.map(({ body, documents }) => ({
      automation: name,
      body,
      ...(documents ? { documents } : {}),
    })),
  ];
}

/** Operators are told; for others an endpoint's limit is unknown. */
async function limitsAt(caller: Caller, headers: Record<string, string>): Promise<Map<string, number>> {
  const answer = await caller.call('GET', '/v1/endpoints', headers).catch(() => undefined);
  if (answer?.status !== 200) return new Map();
  const { endpoints } = JSON.parse(answer.body) as {
    endpoints: { name: string; requestsPerMinute?: number }[];
  };
  return new Map(
    endpoints.flatMap(({ name, requestsPerMinute }) =>
      requestsPerMinute ? [[name, requestsPerMinute] as const] : [],
    ),
  );
}
