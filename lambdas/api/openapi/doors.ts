import type { RegistryEntry } from '../../contract/registry.ts';
import { partsOf, ROUTES } from '../routes.ts';
import { mayCall } from './tags.ts';

/* Calls that a signature opens: one path for each webhook of an automation. */

const KIND = 'webhook:';

/** @param problem describes a refusal */
export function webhookPaths(
  { name: automation, doors }: RegistryEntry,
  problem: (says: string) => object,
): [string, object][] {
  const names = doors.filter((door) => door.startsWith(KIND)).map((door) => door.slice(KIND.length));
  const { path } = partsOf(ROUTES.webhook);
  return names.map((name) => {
    const operation = {
      ...{ operationId: `webhook-${automation}-${name}`, tags: ['Items'], security: [], parameters: [] },
      summary: `A signed call that is an item of ${automation}`,
      description: mayCall(ROUTES.webhook),
      requestBody: {
        description: 'Whatever the sender has to say, as it signs it',
        content: { 'application/json': { schema: {} } },
      },
      responses: {
        200: { description: 'Known, or nothing to be kept; to Slack every good answer is this' },
        202: { description: 'Taken in: an item, also where it does not fit' },
        401: problem('The signature is missing, wrong or too old'),
        413: problem('The body is too large'),
        503: problem('Nobody has filled the secret yet: again later'),
      },
    };
    return [path.replace('{automation}', automation).replace('{name}', name), { post: operation }];
  });
}
