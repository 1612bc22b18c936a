import type { Endpoint } from '../../lambdas/contract/endpoint.ts';
import type { Priority } from '../../lambdas/contract/item/status.ts';
import type { NoPermit, Permit } from '../../lambdas/outbound/permit.ts';
import type { BreakerRow } from '../../lambdas/tables/control/breakers.ts';
import { ENDPOINT } from '../support/fixtures.ts';
import { world } from '../support/world.ts';

/** An endpoint as the tests of its line and its breaker need it. */
export function endpointWith(limits: Pick<Endpoint, 'requestsPerMinute' | 'tokensPerMinute'> = {}): Endpoint {
  return { ...ENDPOINT, models: [], ...limits };
}

export function ask(tokens = 0, priority: Priority = 'normal') {
  return { tokens, priority, automation: 'demo' };
}

let tables = 0;

/** A table that no instance remembers anything of. */
export function newTable(): string {
  tables += 1;
  return `control-${tables}`;
}

/**
 * Function instances remember by the name of the table: here each has its own name for the one table
 * `control`, so that a test of one process has as many instances as it wants.
 */
export function instances(howMany: number): string[] {
  world.fault = (_, input) => {
    if (String(input.TableName).startsWith('control-')) input.TableName = 'control';
  };
  return Array.from({ length: howMany }, newTable);
}

export function rowOf(table: string, name = 'house'): BreakerRow {
  return world.tables.row<BreakerRow>(table, `endpoint#${name}`) ?? { id: `endpoint#${name}` };
}

export function given(permit: Permit | NoPermit): Permit {
  if ('refused' in permit) throw new Error(`no permit: ${JSON.stringify(permit)}`);
  return permit;
}

export const writes = () => world.calls.filter((call) => call === 'dynamodb UpdateCommand').length;
export const reads = () => world.calls.filter((call) => call === 'dynamodb GetCommand').length;
