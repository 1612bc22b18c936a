import { randomUUID } from 'node:crypto';
import type { Asked } from '../../api/door/dispatch.ts';
import { ownItem } from '../../api/door/own-item.ts';
import type { Automation, DeclarationOf } from '../../contract/automation.ts';
import type { EnvFor } from '../../contract/env.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import type { RegistryEntry } from '../../contract/registry.ts';
import { json, Problem, type Reply } from '../../kit/http.ts';
import { putContent } from '../../kit/objects.ts';
import { fitting, wrongBody } from '../../kit/request-body.ts';
import { logger } from '../../kit/telemetry.ts';
import { recordCommand } from '../../tables/audit/commands.ts';
import { referenceOf } from '../../tables/items/reference.ts';
import { editedBodyKey } from '../../tables/keys.ts';
import { hashesOf } from '../../tables/subjects/of-arrival.ts';
import { putSubjects } from '../../tables/subjects/subjects.ts';
import { lanesOf } from '../resume.ts';
import { movedOn, redriveItem } from './item.ts';
import { refusalOf } from './refusal.ts';
import type { Wish } from './wish.ts';

type Env = EnvFor<'operate/commands'>;

/** What the function knows of the automations. */
export interface Known {
  registry: readonly RegistryEntry[];
  declarationOf: DeclarationOf;
}

/**
 * `POST /v1/items/{id}/redrive`: lets an item go on as its next generation, with what its steps remember. A command that died in the
 * middle is completed by the same command.
 * @throws Problem 400 for an input that does not fit the schema, 404 for an item that is not there, 409 where it may not go on
 */
export async function redriveReply(
  { caller, body: asked, params }: Asked<'redrive'>,
  known: Known,
  env: Env,
): Promise<Reply> {
  const { reason, fresh, version, body, ifStatus } = asked;
  const row = await ownItem(params.id, caller, env.ITEM_TABLE);
  const { id, automation: name } = row;
  const entry = known.registry.find((it) => it.name === name);
  if (!entry) throw new Problem(409, `the automation '${name}' is not deployed any more`, { id });
  const edited = body === undefined ? undefined : await fittingBody(body, name, known);
  const lanes = await lanesOf(entry, env.STAGE);
  const wish: Wish = { by: caller.name, reason, fresh, version, ifStatus };
  // What is refused now is neither recorded nor stored; whatever changes meanwhile is found by the write.
  const refusal =
    movedOn(row, row, wish) ?? refusalOf(row, undefined, edited ? { ...wish, edit: { bodyKey: '' } } : wish);
  if (refusal !== undefined) throw new Problem(409, refusal, { id, itemStatus: row.status });
  const command = [
    'redrive',
    ...(fresh ? ['fresh'] : []),
    ...(version ? [`version=${version}`] : []),
    ...(edited ? ['body=replaced'] : []),
  ].join(' ');
  const audit = { table: env.AUDIT_TABLE, days: env.ITEM_DAYS };
  await recordCommand(audit, { by: caller.name, command, automation: name, itemId: id, reason });
  const edit = edited && (await kept(edited, row, env));
  const now = await redriveItem(row, { ...wish, edit }, lanes, env);
  logger.info('redriven', { itemId: id, automation: name, by: caller.name, generation: now.generation });
  return json(202, { id, generation: now.generation });
}

interface Edited {
  body: unknown;
  declaration: Automation;
}

/** @throws Problem 400 with a pointer into the input for each fault */
async function fittingBody(body: unknown, name: string, { declarationOf }: Known): Promise<Edited> {
  const declaration = await declarationOf(name);
  if (!declaration) throw new Problem(409, `the automation '${name}' is not deployed any more`);
  try {
    return { declaration, body: fitting(declaration.schema, body) };
  } catch (error) {
    const { errors } = error instanceof Problem ? error.extra : {};
    if (!Array.isArray(errors)) throw error;
    throw wrongBody(errors.map((it) => ({ ...it, pointer: `/body${it.pointer}` })));
  }
}

/** Beside the original, and found by whom it is about, before the item knows of it. */
async function kept({ body, declaration }: Edited, row: ItemRow, env: Env): Promise<Wish['edit']> {
  const bodyKey = editedBodyKey(row.id, randomUUID());
  const hashes = await hashesOf(declaration, { content: { body } }, env);
  await Promise.all([
    putContent(env.CONTENT_BUCKET, bodyKey, body),
    putSubjects(env.SUBJECT_TABLE, hashes, row),
  ]);
  return { bodyKey, reference: referenceOf(declaration, body) };
}
