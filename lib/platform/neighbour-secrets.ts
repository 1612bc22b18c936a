import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { NeighbourKind } from '../../lambdas/contract/neighbour.ts';
import { AUTHS } from '../../lambdas/contract/outside/auth.ts';
import { houseSecret } from '../parts/secret.ts';
import type { Foundation } from './foundation.ts';

interface Holder {
  kind: NeighbourKind;
  name: string;
  secret: string;
  /** What it holds. */
  fields: readonly string[];
}

/**
 * By which neighbours know us, by kind and name. Two of one account share its key, also where one of them is read and the other acts:
 * the same name is the same secret. One without a key has none.
 */
export function neighbourSecrets(scope: Construct, foundation: Foundation) {
  const { endpoints, sources, destinations } = foundation.config;
  const secrets: Record<NeighbourKind, Record<string, Secret>> = {
    endpoint: {},
    source: {},
    destination: {},
  };
  const holders: Holder[] = [];
  const add = (kind: NeighbourKind, name: string, secret: string | undefined, fields: readonly string[]) => {
    if (secret !== undefined) holders.push({ kind, name, secret, fields });
  };
  for (const [name, destination] of Object.entries(destinations)) {
    if (!('secret' in destination)) continue;
    const { connector, secret } = destination;
    // What we sign with is ours, and made at once.
    if (connector === 'http') {
      const about = `signs calls to ${name}`;
      secrets.destination[name] = houseSecret(scope, foundation, secret, about, 'signingKey');
    } else if (connector === 'slack') add('destination', name, secret, ['botToken']);
    else add('destination', name, secret, destination.auth ? AUTHS[destination.auth] : []);
  }
  for (const [name, { secret }] of Object.entries(endpoints)) add('endpoint', name, secret, ['apiKey']);
  for (const [name, { auth, secret }] of Object.entries(sources))
    add('source', name, secret, auth ? AUTHS[auth] : []);

  for (const [configured, sharing] of Map.groupBy(holders, ({ secret }) => secret)) {
    const held = [...new Set(sharing.flatMap(({ fields }) => fields))];
    const users = [...Map.groupBy(sharing, ({ kind }) => kind)].map(
      ([kind, of]) => `the ${kind} ${of.map(({ name }) => name).join(', ')}`,
    );
    const shape = held.map((field) => `"${field}"`).join(',');
    const empty = Object.fromEntries(held.map((field) => [field, '']));
    const description = `{${shape}} of ${users.join(' and ')}: fill it`;
    const secret = houseSecret(scope, foundation, configured, description, empty);
    for (const { kind, name } of sharing) secrets[kind][name] = secret;
  }
  return secrets;
}
