import type { Stack } from 'aws-cdk-lib';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { busName, configurationSetName, forwardName } from '../../lambdas/contract/names.ts';
import type { Destination } from '../../lambdas/contract/outside/destination.ts';
import { neighbourKey, suppressionKey } from '../../lambdas/tables/keys.ts';
import type { ResolvedConfig } from '../config.ts';
import { forwardsTo } from '../destination-config.ts';
import {
  busNamed,
  destinations,
  invokes,
  mailThrough,
  nothing,
  rows,
  secret,
  type Use,
} from '../parts/uses.ts';
import type { Foundation } from '../platform/foundation.ts';
import type { PlatformStack } from '../platform/platform-stack.ts';

/**
 * An answer of a destination that comes later is none. With the wait for a slot well under the function's own
 * timeout.
 */
const DESTINATION_SECONDS = 10;

/** What `act` needs for the destinations that an automation has declared: another's secret is out of its reach. */
export function destinationsOf(stack: Stack, { foundation, data }: PlatformStack, automation: Automation) {
  const { config } = foundation;
  const secrets: Secret[] = [];
  const declared = [...new Set(Object.values(automation.actions).map(({ destination }) => destination))];
  const known = declared.map((name) => {
    const destination = config.destinations[name];
    if (!destination)
      throw new Error(
        `automation '${automation.name}' acts on '${name}', which signalbox.config.ts does not have under 'destinations'`,
      );
    const used = data.destinationSecrets[name];
    if (used) secrets.push(used);
    return toldOf(name, destination, used?.secretArn, foundation);
  });
  const keys = declared.map((name) => neighbourKey('destination', name));
  const mails = known.some(({ connector }) => connector === 'email');
  const told = Object.fromEntries(known.map((destination) => [destination.name, destination]));
  return {
    uses: [
      destinations(stack.toJsonString(told), secrets),
      // Whom no mail goes to stands in a table as a keyed hash.
      secret('SUBJECT_SECRET', mails ? data.subjectSecret : undefined),
      ...known.flatMap(usedBy),
    ] as const,
    breakers: keys.length > 0 ? rows(keys, 'GetItem', 'UpdateItem') : nothing,
    suppressed: mails ? rows([suppressionKey('*')], 'GetItem') : nothing,
  };
}

/** A destination as `act` knows it. @param secretId undefined where it wants no credentials */
function toldOf(
  name: string,
  destination: ResolvedConfig['destinations'][string],
  secretId: string | undefined,
  { config, environment }: Foundation,
): Destination {
  // SES takes so many mails of the account, from everybody together.
  const pace = destination.connector === 'email' ? config.mail.perSecond * 60 : undefined;
  const { requestsPerMinute = pace } = destination;
  const common = {
    ...{ kind: 'destination' as const, name },
    ...(requestsPerMinute ? { requestsPerMinute } : {}),
  };
  const own = { ...common, timeoutSeconds: DESTINATION_SECONDS };
  switch (destination.connector) {
    case 'http': {
      const { connector, url, idempotent } = destination;
      if (!secretId) throw new Error(`destination '${name}' has no secret to sign with`);
      return { ...own, connector, url, idempotent, secretId };
    }
    case 'request': {
      const { secret: _, internal: __, ...told } = destination;
      return { ...common, ...told, secretId, ...(environment.local ? { local: true } : {}) };
    }
    case 'slack': {
      const { connector, channel, apiUrl } = destination;
      if (!secretId) throw new Error(`destination '${name}' has no secret with the bot's token`);
      return { ...own, connector, channel, apiUrl, secretId };
    }
    case 'email': {
      const { connector, from, replyTo } = destination;
      return { ...own, connector, from, replyTo, configurationSet: configurationSetName(environment.name) };
    }
    case 'forward': {
      const { connector } = destination;
      const named = forwardsTo(destination).map((it) => [it, forwardName(environment.name, it)] as const);
      return { ...own, connector, automations: Object.fromEntries(named) };
    }
    case 'event': {
      const { connector, source } = destination;
      const bus = destination.bus === 'signalbox' ? busName(environment.name) : destination.bus;
      return { ...own, connector, bus, source };
    }
    default:
      return destination satisfies never;
  }
}

/** What `act` calls of AWS for a destination. */
function usedBy(destination: Destination): Use<never>[] {
  switch (destination.connector) {
    case 'email':
      return [mailThrough(destination.from, destination.configurationSet)];
    case 'forward':
      return Object.values(destination.automations).map(invokes);
    case 'event':
      return [busNamed(destination.bus)];
    default:
      return [];
  }
}
