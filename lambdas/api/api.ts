import type { ApprovalSettings } from '../contract/approval-settings.ts';
import type { Endpoint } from '../contract/endpoint.ts';
import type { EnvFor } from '../contract/env.ts';
import { RESTING } from '../contract/item/status.ts';
import type { RegistryEntry } from '../contract/registry.ts';
import {
  type ApiEvent,
  type Caller,
  json,
  onlyParameters,
  Problem,
  type Reply,
  waitSeconds,
} from '../kit/http.ts';
import { cutText } from '../kit/text.ts';
import { inWaitPlace } from '../tables/control/waits.ts';
import { fullView, waitForRest } from '../tables/items/view.ts';
import { auditReply } from './audit.ts';
import { automationView } from './automations.ts';
import { breakersReply, forceReply } from './breakers.ts';
import { resumeReply } from './budgets.ts';
import { calibrateReply } from './calibrate.ts';
import { casesReply } from './cases.ts';
import { cautionReply } from './caution.ts';
import { type CursorKind, Cursors } from './cursor.ts';
import { listItems } from './list.ts';
import { ownItem } from './own-item.ts';
import { statisticsReply } from './statistics.ts';
import { withdrawReply } from './withdraw.ts';

/** What the platform answers by itself: items, the registry, budgets, breakers, the record of the desk, and a 404 for the rest. */
export async function answer(
  event: ApiEvent,
  caller: Caller,
  registry: readonly RegistryEntry[],
  env: EnvFor<'api/api'>,
  { fastSeconds }: Pick<ApprovalSettings, 'fastSeconds'>,
  endpoints: readonly Pick<Endpoint, 'name'>[],
): Promise<Reply> {
  const query = event.queryStringParameters ?? {};
  const names = registry.map(({ name }) => name);
  const cursors = (kind: CursorKind) => new Cursors(env.CURSOR_SECRET, caller.name, kind);
  switch (event.routeKey) {
    case 'GET /v1/items':
      return listItems(query, caller, names, env.ITEM_TABLE, cursors('items'));
    case 'GET /v1/items/{id}':
      onlyParameters(event, 'wait');
      return oneItem(event.pathParameters?.id ?? '', query, caller, env);
    case 'DELETE /v1/items/{id}':
      return withdrawReply(event, caller, env);
    case 'GET /v1/automations': {
      onlyParameters(event);
      const mine = registry.filter(({ name }) => caller.may(name));
      return json(200, {
        automations: await Promise.all(mine.map((entry) => automationView(entry, caller, env.CONTROL_TABLE))),
      });
    }
    case 'GET /v1/automations/{name}':
      onlyParameters(event);
      return json(
        200,
        await automationView(known(event.pathParameters?.name, caller, registry), caller, env.CONTROL_TABLE),
      );
    case 'POST /v1/automations/{name}/calibrate':
      return calibrateReply(event, caller, known(event.pathParameters?.name, caller, registry), env);
    case 'POST /v1/automations/{name}/resume':
      return resumeReply(event, caller, known(event.pathParameters?.name, caller, registry), env);
    case 'POST /v1/automations/{name}/caution':
      return cautionReply(event, caller, known(event.pathParameters?.name, caller, registry), env);
    case 'GET /v1/breakers':
      onlyParameters(event);
      return breakersReply(caller, endpoints, env.CONTROL_TABLE);
    case 'POST /v1/breakers/{endpoint}':
      return forceReply(event, caller, endpoints, env);
    case 'GET /v1/audit':
      return auditReply(query, caller, names, env.AUDIT_TABLE, cursors('audit'));
    case 'GET /v1/statistics': {
      const tables = { approvals: env.APPROVAL_TABLE, audit: env.AUDIT_TABLE };
      return statisticsReply(query, caller, tables, fastSeconds);
    }
    case 'GET /v1/cases': {
      const from = { auditTable: env.AUDIT_TABLE, bucket: env.CONTENT_BUCKET };
      return casesReply(query, caller, names, from, cursors('cases'));
    }
    default:
      throw notFound(event, caller, registry);
  }
}

async function oneItem(
  id: string,
  query: Record<string, string | undefined>,
  caller: Caller,
  env: EnvFor<'api/api'>,
): Promise<Reply> {
  const wait = waitSeconds('wait', query.wait);
  const now = await ownItem(id, caller, env.ITEM_TABLE);
  const place = { client: caller.name, places: Number(env.WAITS_AT_MOST) };
  const waits = wait > 0 && !RESTING.includes(now.status);
  const settled = waits
    ? await inWaitPlace(env.CONTROL_TABLE, place, () => waitForRest(env.ITEM_TABLE, id, wait))
    : now;
  const row = settled ?? now;
  return json(200, await fullView(row, { approvalTable: env.APPROVAL_TABLE, bucket: env.CONTENT_BUCKET }));
}

function known(name: string | undefined, caller: Caller, registry: readonly RegistryEntry[]): RegistryEntry {
  const entry = registry.find((candidate) => candidate.name === name);
  if (!entry) throw unknownAutomation(name ?? '', caller, registry);
  if (!caller.may(entry.name))
    throw new Problem(403, `this token may not use the automation '${entry.name}'`);
  return entry;
}

function notFound(event: ApiEvent, caller: Caller, registry: readonly RegistryEntry[]): Problem {
  const name = /^\/v1\/automations\/([^/]+)/.exec(event.rawPath)?.[1];
  if (name !== undefined && !registry.some((entry) => entry.name === name)) {
    return unknownAutomation(name, caller, registry);
  }
  return new Problem(
    404,
    `there is no ${event.requestContext.http.method} ${event.rawPath}: see /openapi.json`,
  );
}

function unknownAutomation(name: string, caller: Caller, registry: readonly RegistryEntry[]): Problem {
  const mine = registry.filter((entry) => caller.may(entry.name)).map((entry) => entry.name);
  return new Problem(
    404,
    `there is no automation '${cutText(name, 80)}'; there are: ${mine.join(', ') || 'none'}`,
  );
}
