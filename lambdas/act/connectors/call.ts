import type { Action } from '../../contract/automation.ts';
import type { ActionResult } from '../../contract/item/row.ts';
import type { ConnectorName, Destination } from '../../contract/outside/destination.ts';
import type { Call, Connector } from './connector.ts';
import { email } from './email.ts';
import { event } from './event.ts';
import { forward } from './forward.ts';
import { http } from './http.ts';
import { request } from './request.ts';
import { slack } from './slack.ts';

const CONNECTORS: { [Name in ConnectorName]: Connector<Extract<Destination, { connector: Name }>> } = {
  ...{ http, request, email, slack, forward, event },
};

/** Does one action, in the way of its destination. @throws as `Connector.call` does */
export function call(destination: Destination, asked: Call): Promise<ActionResult> {
  return connectorOf(destination).call(destination, asked);
}

/** As `Connector.repeatable`. */
export function isRepeatable(destination: Destination, declared: Action | undefined): boolean {
  return connectorOf(destination).repeatable(destination, declared);
}

function connectorOf({ connector }: Destination): Connector<Destination> {
  return CONNECTORS[connector] as Connector<Destination>;
}
