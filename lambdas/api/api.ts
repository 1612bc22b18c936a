import type { ApprovalSettings } from '../contract/approval-settings.ts';
import type { EnvFor } from '../contract/env.ts';
import { RESTING } from '../contract/item/status.ts';
import type { NeighbourName } from '../contract/neighbour.ts';
import type { RegistryEntry } from '../contract/registry.ts';
import { type ApiEvent, type Caller, json, type Reply, waitSeconds } from '../kit/http.ts';
import { readBreakers } from '../tables/control/breakers.ts';
import { inWaitSlot } from '../tables/control/waits.ts';
import { fullView, waitForRest } from '../tables/items/view.ts';
import { auditReply } from './audit.ts';
import { auditsReply } from './audits.ts';
import { automationView } from './automations.ts';
import { type CursorKind, Cursors } from './door/cursor.ts';
import { type Answers, type Asked, dispatch } from './door/dispatch.ts';
import { ownItem } from './door/own-item.ts';
import { driftReply } from './drift.ts';
import { casesReply } from './kept/cases.ts';
import { judgedReply } from './kept/judged.ts';
import { listItems } from './list.ts';
import { outcomesReply } from './outcomes.ts';
import { reportReply } from './report.ts';
import { statisticsReply } from './statistics.ts';

/** What is read with a token: items, the registry, budgets, breakers, the audit; and a 404 for the rest. */
export function answer(
  event: ApiEvent,
  caller: Caller,
  registry: readonly RegistryEntry[],
  env: EnvFor<'api/api'>,
  settings: Pick<ApprovalSettings, 'fastSeconds' | 'attentionUsdPerHour' | 'owners' | 'groups'>,
  neighbours: readonly NeighbourName[],
): Promise<Reply> {
  const names = registry.map(({ name }) => name);
  const cursors = (kind: CursorKind) => new Cursors(env.CURSOR_KEYS, caller.name, kind);
  const view = (entry: RegistryEntry) => automationView(entry, caller, env.CONTROL_TABLE, settings);
  const tables = { items: env.ITEM_TABLE, idempotency: env.IDEMPOTENCY_TABLE };
  const answers: Answers<'api/api'> = {
    items: ({ query }) => listItems(query, caller, names, tables, cursors('items')),
    item: (asked) => oneItem(asked, env),
    automations: async () => {
      const mine = registry.filter(({ name }) => caller.may(name));
      return json(200, { automations: await Promise.all(mine.map(view)) });
    },
    automation: async ({ automation }) => json(200, await view(automation)),
    breakers: async () => json(200, { breakers: await readBreakers(env.CONTROL_TABLE, neighbours) }),
    audits: ({ automation, query }) => auditsReply(automation, query.days, env),
    drift: ({ automation }) => driftReply(automation.name, env.CONTROL_TABLE),
    judged: (asked) => {
      const from = {
        itemTable: env.ITEM_TABLE,
        approvalTable: env.APPROVAL_TABLE,
        bucket: env.CONTENT_BUCKET,
      };
      return judgedReply(asked, from, cursors('judged'));
    },
    audit: (asked) => auditReply(asked, names, env.AUDIT_TABLE, cursors('audit')),
    statistics: ({ query }) => {
      const tables = { approvals: env.APPROVAL_TABLE, audit: env.AUDIT_TABLE };
      return statisticsReply(query.days, caller, tables, settings);
    },
    outcomes: ({ automation, query }) =>
      outcomesReply(automation, query, caller, env.CONTROL_TABLE, settings),
    report: ({ params: { week } }) => {
      const tables = { control: env.CONTROL_TABLE, audit: env.AUDIT_TABLE };
      return reportReply(week, caller, registry, tables, settings);
    },
    cases: ({ query }) => {
      const tables = { auditTable: env.AUDIT_TABLE, controlTable: env.CONTROL_TABLE };
      const from = { ...tables, bucket: env.CONTENT_BUCKET, itemTable: env.ITEM_TABLE };
      return casesReply(query, caller, registry, from, cursors('cases'));
    },
  };
  return dispatch('api/api', answers, event, caller, registry);
}

async function oneItem(
  { caller, params: { id }, query }: Asked<'item'>,
  env: EnvFor<'api/api'>,
): Promise<Reply> {
  const wait = waitSeconds('wait', query.wait);
  const now = await ownItem(id, caller, env.ITEM_TABLE);
  const slot = { client: caller.name, slots: Number(env.WAITS_AT_MOST) };
  const waits = wait > 0 && !RESTING.includes(now.status);
  const settled = waits
    ? await inWaitSlot(env.CONTROL_TABLE, slot, () => waitForRest(env.ITEM_TABLE, id, wait, now))
    : now;
  const row = settled ?? now;
  return json(
    200,
    await fullView(row, {
      ...{ approvalTable: env.APPROVAL_TABLE, bucket: env.CONTENT_BUCKET },
      ...{ client: caller.name, operator: caller.operator },
    }),
  );
}
