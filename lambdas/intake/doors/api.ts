import type { Automation } from '../../contract/automation.ts';
import type { EnvFor } from '../../contract/env.ts';
import { RESTING } from '../../contract/item/status.ts';
import { type ApiEvent, type Caller, json, Problem, type Reply } from '../../kit/http.ts';
import { inWaitSlot } from '../../tables/control/waits.ts';
import { fullView, itemView, readEarly, waitForRest } from '../../tables/items/view.ts';
import { type Accepted, accept } from '../accept.ts';
import { admitPost } from '../client-rate.ts';
import { type Options, readOptions } from '../request.ts';
import { takenIn } from './body.ts';

type Env = EnvFor<'intake/intake'>;

/** The door of the API: one item from a client with a token. @throws Problem */
export async function postItem(
  event: ApiEvent,
  caller: Caller,
  automation: Automation,
  env: Env,
): Promise<Reply> {
  if (!caller.may(automation.name)) {
    throw new Problem(403, `this token may not use the automation '${automation.name}'`);
  }
  const options = readOptions(event.headers, env.STAGE);
  if (options.callbackUrl !== undefined && !caller.callbacks) {
    const fault = `'Signalbox-Callback-Url' needs a 'callbackKey' in the entry of the client '${caller.name}', which signs its callbacks`;
    throw new Problem(400, fault);
  }
  const { content, refs } = takenIn(event, automation);
  const { idempotencyKey: key, priority, callbackUrl } = options;
  const accepted = await accept(
    {
      ...{ client: caller.name, key, priority, callbackUrl, content, documents: refs },
      answered: { admit: () => admitPost(env.CONTROL_TABLE, caller) },
    },
    automation,
    env,
  );
  return answer(accepted, options, caller, env);
}

async function answer(
  { row, duplicate }: Accepted,
  options: Options,
  caller: Caller,
  env: Env,
): Promise<Reply> {
  const extra = duplicate ? { duplicate: true } : {};
  // Deferred work has no result while a caller waits.
  const waits = options.waitSeconds > 0 && (duplicate || row.status !== 'deferred');
  const slot = { client: caller.name, slots: Number(env.WAITS_AT_MOST) };
  const settled = waits
    ? await inWaitSlot(env.CONTROL_TABLE, slot, () =>
        waitForRest(env.ITEM_TABLE, row.id, options.waitSeconds, row, options.early),
      )
    : undefined;
  if (settled && RESTING.includes(settled.status)) {
    const story = await fullView(settled, {
      ...{ approvalTable: env.APPROVAL_TABLE, bucket: env.CONTENT_BUCKET },
      ...{ client: caller.name, operator: caller.operator },
    });
    return json(200, { ...story, ...extra });
  }
  const told = settled ?? row;
  const facts = await readEarly(env.CONTENT_BUCKET, told);
  const { id, automation, status, deferredUntil, early, links } = itemView(told, { early: facts });
  return json(duplicate ? 200 : 202, { id, automation, status, deferredUntil, early, links, ...extra });
}
