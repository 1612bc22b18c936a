import type { Asked } from '../api/door/dispatch.ts';
import type { EnvFor } from '../contract/env.ts';
import type { NeighbourName } from '../contract/neighbour.ts';
import { json, Problem, type Reply } from '../kit/http.ts';
import { cutText } from '../kit/text.ts';
import { recordCommand } from '../tables/audit/commands.ts';
import { forceBreaker } from '../tables/control/breakers.ts';

/** Holds a breaker open or closed, or releases it: the reason is for the next operator. */
export async function forceReply(
  { caller, body: { state, reason, kind }, params }: Asked<'force'>,
  neighbours: readonly NeighbourName[],
  env: EnvFor<'operate/commands'>,
): Promise<Reply> {
  const asked = neighbours.filter((one) => kind === undefined || one.kind === kind);
  const [neighbour, ...others] = asked.filter(({ name }) => name === params.endpoint);
  if (others.length > 0) {
    const kinds = [neighbour, ...others].map((one) => one?.kind).join(', ');
    throw new Problem(
      400,
      `several are called '${cutText(params.endpoint, 80)}', of these kinds: ${kinds}; say which with kind`,
    );
  }
  if (!neighbour) {
    const names = asked.map(({ name }) => name).join(', ');
    const what = kind ?? 'endpoint, destination or source';
    throw new Problem(
      404,
      `there is no ${what} '${cutText(params.endpoint, 80)}'; there are: ${names || 'none'}`,
    );
  }
  const command = `breaker ${neighbour.kind}=${neighbour.name} state=${state}`;
  const audit = { table: env.AUDIT_TABLE, days: env.ITEM_DAYS };
  await recordCommand(audit, { by: caller.name, command, automation: '*', reason });
  return json(200, await forceBreaker(env.CONTROL_TABLE, neighbour, { state, reason, by: caller.name }));
}
