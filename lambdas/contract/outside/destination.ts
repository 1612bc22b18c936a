import type { Neighbour } from '../neighbour.ts';
import type { Credentials } from './auth.ts';

/* Outside systems that actions are sent to, as `lib/` hands them over in the `DESTINATIONS` variable. */

interface Common extends Neighbour {
  kind: 'destination';
}

/** It takes the signed call of Signalbox. */
export interface HttpDestination extends Common {
  connector: 'http';
  url: string;
  secretId: string;
  /** It ignores or refuses a second call with the same key: one without an answer may be repeated. */
  idempotent: boolean;
}

/** It has an API of its own, which the code of each action speaks: `Action.request`. */
export interface RequestDestination extends Common, Credentials {
  connector: 'request';
  /** Requests go below it. */
  url: string;
  /** The whole product runs on this machine: it may be here as well. */
  local?: true;
}

/** A mail by SES. */
export interface EmailDestination extends Common {
  connector: 'email';
  /** The one address that it may send from. */
  from: string;
  replyTo?: string | undefined;
  /** Its events tell of bounces and complaints. */
  configurationSet: string;
}

/** A message in a channel of Slack. */
export interface SlackDestination extends Common {
  connector: 'slack';
  apiUrl: string;
  secretId: string;
  /** Its id. */
  channel: string;
}

/** An item of an automation of this environment: of one of these. */
export interface ForwardDestination extends Common {
  connector: 'forward';
  /** By automation: the name of its function that takes such items in. */
  automations: Readonly<Record<string, string>>;
}

/** An event on a bus of EventBridge. */
export interface EventDestination extends Common {
  connector: 'event';
  bus: string;
  source: string;
}

/** `connector` says how an action gets there: a file of `act/connectors/`. */
export type Destination =
  | HttpDestination
  | RequestDestination
  | EmailDestination
  | SlackDestination
  | ForwardDestination
  | EventDestination;
export type ConnectorName = Destination['connector'];
