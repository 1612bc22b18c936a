import type { Endpoint, ProbeRow } from '../../lambdas/contract/endpoint.ts';
import { answer } from '../../lambdas/operate/probe.ts';
import { endpoint, offer } from '../models/offers.ts';
import { OPERATOR, type Request, through } from '../support/api.ts';
import { ENV } from '../support/fixtures.ts';
import { type Stub, stubServer } from '../support/http.ts';
import { world } from '../support/world.ts';
import { type Server, served } from './servers.ts';

/* Endpoints that are asked in a test, each a server of its own, and the calls of the API that ask them. */

export const luna = offer();

export const servers: Stub[] = [];

export async function at(name: string, server: Server, fields: Partial<Endpoint> = {}): Promise<Endpoint> {
  const stub = await stubServer(served(server));
  servers.push(stub);
  world.secrets[`signalbox/endpoints/${name}`] = '{"apiKey":"right"}';
  return endpoint(name, [luna], { baseUrl: `${stub.url}/v1/`, ...fields });
}

export const call = (endpoints: Endpoint[], given: Request) =>
  through((event, caller) => answer(event, caller, endpoints, ENV), { caller: OPERATOR, ...given });
export const tell = (...endpoints: Endpoint[]) => call(endpoints, { route: 'GET /v1/endpoints' });
export const probe = (endpoints: Endpoint[], body: unknown = '') =>
  call(endpoints, { route: 'POST /v1/endpoints/probe', body });
export const kept = (name: string) => world.tables.row<ProbeRow>('control', `probe#${name}`);
export const problems = async (one: Endpoint): Promise<string[]> =>
  (await probe([one])).body.endpoints[0].probe.problems;

export function closeServers(): Promise<unknown> {
  return Promise.all(servers.splice(0).map((server) => server.close()));
}
