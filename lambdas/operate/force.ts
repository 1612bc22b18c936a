import type { Asked } from '../api/door/dispatch.ts';
import type { Endpoint } from '../contract/endpoint.ts';
import type { EnvFor } from '../contract/env.ts';
import { json, Problem, type Reply } from '../kit/http.ts';
import { cutText } from '../kit/text.ts';
import { recordCommand } from '../tables/audit/commands.ts';
import { forceBreaker } from '../tables/control/breakers.ts';

/** Holds a breaker open or closed, or gives it back to itself: the reason is there for whoever finds it so. */
export async function forceReply(
  { caller, body: { state, reason }, params }: Asked<'force'>,
  endpoints: readonly Pick<Endpoint, 'name'>[],
  env: EnvFor<'operate/commands'>,
): Promise<Reply> {
  const endpoint = endpoints.find(({ name }) => name === params.endpoint);
  if (!endpoint) {
    const names = endpoints.map(({ name }) => name).join(', ');
    throw new Problem(
      404,
      `there is no endpoint '${cutText(params.endpoint, 80)}'; there are: ${names || 'none'}`,
    );
  }
  const command = `breaker endpoint=${endpoint.name} state=${state}`;
  const audit = { table: env.AUDIT_TABLE, days: env.ITEM_DAYS };
  await recordCommand(audit, { by: caller.name, command, automation: '*', reason });
  return json(200, await forceBreaker(env.CONTROL_TABLE, endpoint.name, { state, reason, by: caller.name }));
}
