import { type Answers, dispatch } from '../api/door/dispatch.ts';
import type { Endpoint, ProbeRow } from '../contract/endpoint.ts';
import type { EnvFor } from '../contract/env.ts';
import { clock, DAY_SECONDS, isoNow } from '../kit/clock.ts';
import { type ApiEvent, type Caller, json, Problem, type Reply } from '../kit/http.ts';
import { cutText } from '../kit/text.ts';
import { recordCommand } from '../tables/audit/commands.ts';
import { readFinding, writeFinding } from '../tables/control/capabilities.ts';
import { probeKey } from '../tables/keys.ts';
import { type Findings, probeEndpoint } from './probe/endpoint.ts';

/** `GET /v1/endpoints` shows what is known, `POST /v1/endpoints/probe` asks the endpoints. For operators. */
export function answer(
  event: ApiEvent,
  caller: Caller,
  endpoints: readonly Endpoint[],
  env: EnvFor<'operate/probe'>,
): Promise<Reply> {
  const answers: Answers<'operate/probe'> = {
    probe: async ({ body }) => {
      const asked = chosen(body.endpoint, endpoints);
      const command = `probe ${asked.map(({ name }) => name).join(' ')}`;
      const audit = { table: env.AUDIT_TABLE, days: env.ITEM_DAYS };
      await recordCommand(audit, { by: caller.name, command, automation: '*' });
      const probed = asked.map((endpoint) => probe(endpoint, env.CONTROL_TABLE));
      return json(200, { endpoints: await Promise.all(probed) });
    },
    endpoints: async () => {
      const told = endpoints.map(async (it) => view(it, await readFinding(env.CONTROL_TABLE, it.name)));
      return json(200, { endpoints: await Promise.all(told) });
    },
  };
  return dispatch('operate/probe', answers, event, caller);
}

/** All, or the one that is named. @throws Problem 404 */
function chosen(name: string | undefined, endpoints: readonly Endpoint[]): readonly Endpoint[] {
  if (name === undefined) return endpoints;
  const one = endpoints.filter((endpoint) => endpoint.name === name);
  if (one.length > 0) return one;
  const names = endpoints.map((endpoint) => endpoint.name).join(', ');
  throw new Problem(404, `there is no endpoint '${cutText(name, 80)}'; there are: ${names}`);
}

async function probe(endpoint: Endpoint, controlTable: string) {
  // Read first: if the table is down, no probe is paid for.
  const before = await readFinding(controlTable, endpoint.name);
  const { models, costUsd, problems } = await probeEndpoint(endpoint);
  const row = Object.keys(models).length > 0 ? merged(endpoint, before, models) : before;
  if (row && row !== before) await writeFinding(controlTable, row);
  return { ...view(endpoint, row), probe: { costUsd, problems } };
}

/* What this probe could not find out stays as before; models that are no longer offered are dropped. */
function merged(endpoint: Endpoint, before: ProbeRow | undefined, models: Findings['models']): ProbeRow {
  const known = endpoint.models.flatMap(({ name }) => {
    // A server that now accepts the newer name sets no such flag.
    const { maxCompletionTokens: _, ...known } = before?.models[name] ?? {};
    const found = { ...(models[name]?.chat ? known : before?.models[name]), ...models[name] };
    return Object.keys(found).length > 0 ? [[name, found]] : [];
  });
  return { id: probeKey(endpoint.name), probedAt: isoNow(), models: Object.fromEntries(known) };
}

function view(endpoint: Endpoint, row: ProbeRow | undefined) {
  const { capabilities, models, kind: _kind, ...settings } = endpoint;
  return {
    ...settings,
    ...(row ? { probedAt: row.probedAt } : {}),
    models: models.map((offer) => ({
      ...offer,
      pricedDaysAgo: Math.floor((clock.now() - Date.parse(offer.pricedAt)) / (DAY_SECONDS * 1000)),
      capabilities: { ...capabilities, ...row?.models[offer.name] },
    })),
  };
}
