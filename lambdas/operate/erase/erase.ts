import { NO_ERASE_CURSOR } from '../../api/door/bodies.ts';
import { Cursors } from '../../api/door/cursor.ts';
import { type Answers, type Asked, dispatch } from '../../api/door/dispatch.ts';
import type { RegistryEntry } from '../../contract/registry.ts';
import { clock } from '../../kit/clock.ts';
import { type ApiEvent, type Caller, json, type Reply } from '../../kit/http.ts';
import { wrongBody } from '../../kit/request-body.ts';
import { logger } from '../../kit/telemetry.ts';
import { recordCommand } from '../../tables/audit/commands.ts';
import { type About, itemsAbout, plainSubject, subjectHashes } from '../../tables/subjects/subjects.ts';
import { type Erased, eraseItem, short } from './erase-item.ts';
import type { EraseEnv, Kind } from './traces.ts';

/** An answer must be there in thirty seconds; the caller asks again for the rest. */
const MOST_MS = 12_000;
/** Items of one answer. */
const MOST_ITEMS = 200;

/** Erases what is kept of a person. */
export function answer(
  event: ApiEvent,
  caller: Caller,
  registry: readonly RegistryEntry[],
  env: EraseEnv,
): Promise<Reply> {
  const names = registry.map(({ name }) => name);
  const answers: Answers<'operate/erase'> = { erase: (asked) => eraseReply(asked, names, env) };
  return dispatch('operate/erase', answers, event, caller, registry);
}

/**
 * `POST /v1/erasures`: removes what is kept of the items about somebody, batch by batch. It may be repeated, and is to be while an item
 * acts or is not settled. The subject itself is kept nowhere.
 */
async function eraseReply(
  { caller, body }: Asked<'erase'>,
  deployed: readonly string[],
  env: EraseEnv,
): Promise<Reply> {
  const { subject, reason, dryRun = false, automations: more = [], cursor } = body;
  const [hash] = await subjectHashes(env.SUBJECT_SECRET, [subject]);
  if (hash === undefined) throw wrongBody([{ pointer: '/subject', message: NO_SUBJECT }]);
  if (names(reason, subject)) throw wrongBody([{ pointer: '/reason', message: NAMED }]);
  const cursors = new Cursors(env.CURSOR_KEYS, caller.name, 'erase');
  const from = cursor === undefined ? '' : await cursors.open(cursor);
  if (from === undefined) throw wrongBody([{ pointer: '/cursor', message: NO_ERASE_CURSOR }]);
  if (cursor === undefined) {
    const audit = { table: env.AUDIT_TABLE, days: env.ITEM_DAYS };
    const command = `erase ${short(hash)}${dryRun ? ' (dry run)' : ''}`;
    await recordCommand(audit, { by: caller.name, command, automation: '*', reason });
  }
  const all = [...new Set([...deployed, ...more])].sort();
  const erasing = { env, hash, by: caller.name, dryRun };
  const { items, place } = await inTime(all, from, env, hash, (automation, about) =>
    eraseItem(automation, about, erasing),
  );
  const removed = summed(items);
  logger.info('erased', { by: caller.name, subject: short(hash), dryRun, items: items.length, removed });
  return json(200, {
    ...{ subject: short(hash), dryRun, items, removed },
    ...(place === undefined ? {} : { cursor: await cursors.seal(place) }),
  });
}

/** Item by item, in the order of automations and ids, while there is time. `place`: where it ended, if it did not end. */
async function inTime(
  automations: readonly string[],
  from: string,
  env: EraseEnv,
  hash: string,
  erase: (automation: string, about: About) => Promise<Erased>,
): Promise<{ items: Erased[]; place?: string }> {
  const until = clock.now() + MOST_MS;
  const items: Erased[] = [];
  const [begun = '', last = ''] = from.split(BETWEEN);
  for (const automation of automations.filter((name) => name >= begun)) {
    let after = automation === begun && last !== '' ? last : undefined;
    for (let more = true; more; ) {
      const found = await itemsAbout(env.SUBJECT_TABLE, automation, hash, { after, most: 25 });
      for (const about of found.items) {
        items.push(await erase(automation, about));
        after = about.item;
        if (clock.now() >= until || items.length >= MOST_ITEMS)
          return { items, place: `${automation}${BETWEEN}${after}` };
      }
      more = found.more;
    }
  }
  return { items };
}

/** In no name and no id. */
const BETWEEN = ' ';

const NO_SUBJECT = 'must name somebody: an e-mail address, a phone number or the id of a customer';
const NAMED = 'must not name the subject: it stays in the audit';

function names(reason: string, subject: string): boolean {
  const words = reason.toLowerCase();
  return [subject.trim().toLowerCase(), plainSubject(subject) ?? ''].some((it) => it && words.includes(it));
}

function summed(items: readonly Erased[]): Partial<Record<Kind, number>> {
  const sum: Partial<Record<Kind, number>> = {};
  for (const { removed } of items)
    for (const [kind, count] of Object.entries(removed) as [Kind, number][])
      sum[kind] = (sum[kind] ?? 0) + count;
  return sum;
}
