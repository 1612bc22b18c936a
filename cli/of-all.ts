import type { Automation, Client } from './client.ts';

/** The same answer about every automation that this token may use, in the order of the registry. */
export async function ofAll<T>(
  client: Client,
  path: (automation: string) => string,
): Promise<{ data: T; json: unknown }[]> {
  const { data } = await client.get<{ automations: Automation[] }>('/v1/automations');
  return Promise.all(data.automations.map(({ name }) => client.get<T>(path(encodeURIComponent(name)))));
}
