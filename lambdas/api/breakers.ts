import type { Endpoint } from '../contract/endpoint.ts';
import type { EnvFor } from '../contract/env.ts';
import {
  type ApiEvent,
  admit,
  admitEverywhere,
  type Caller,
  json,
  Problem,
  type Reply,
} from '../kit/http.ts';
import { readOptionalBody } from '../kit/request-body.ts';
import { cutText } from '../kit/text.ts';
import { recordCommand } from '../tables/audit/commands.ts';
import { forceBreaker, readBreakers } from '../tables/control/breakers.ts';
import { forceBody } from './openapi/operator-schemas.ts';

type Named = readonly Pick<Endpoint, 'name'>[];

export async function breakersReply(caller: Caller, endpoints: Named, table: string): Promise<Reply> {
  admit(caller, 'operator');
  const names = endpoints.map(({ name }) => name);
  return json(200, { breakers: await readBreakers(table, names) });
}

/** Holds a breaker open or closed, or gives it back to itself: the reason is there for whoever finds it so. */
export async function forceReply(
  event: ApiEvent,
  caller: Caller,
  endpoints: Named,
  env: EnvFor<'api/api'>,
): Promise<Reply> {
  admit(caller, 'operator');
  admitEverywhere(caller);
  const asked = event.pathParameters?.endpoint ?? '';
  const endpoint = endpoints.find(({ name }) => name === asked);
  if (!endpoint) {
    const names = endpoints.map(({ name }) => name).join(', ');
    throw new Problem(404, `there is no endpoint '${cutText(asked, 80)}'; there are: ${names || 'none'}`);
  }
  const { state, reason } = readOptionalBody(event, forceBody);
  const command = `breaker endpoint=${endpoint.name} state=${state}`;
  const audit = { table: env.AUDIT_TABLE, days: env.ITEM_DAYS };
  await recordCommand(audit, { by: caller.name, command, automation: '*', reason });
  return json(200, await forceBreaker(env.CONTROL_TABLE, endpoint.name, { state, reason, by: caller.name }));
}
