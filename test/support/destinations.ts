import type { HttpDestination } from '../../lambdas/contract/outside/destination.ts';

/** The variable of a function that may act at these destinations, all of them at one address. */
export function destinationsAt(
  url: string,
  fields: Partial<HttpDestination> = {},
  names = ['ledger'],
): string {
  const common = { kind: 'destination', connector: 'http', url, secretId: 's', timeoutSeconds: 10 } as const;
  const all = names.map((name): [string, HttpDestination] => [
    name,
    { ...common, name, idempotent: true, ...fields },
  ]);
  return JSON.stringify(Object.fromEntries(all));
}
