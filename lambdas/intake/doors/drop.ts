import { isUtf8 } from 'node:buffer';
import type { Automation } from '../../contract/automation.ts';
import { ANY_CONTENT_TYPE, CONTENT_TYPES } from '../../contract/document.ts';
import type { EnvFor } from '../../contract/env.ts';
import type { DropDoor } from '../../contract/intake/doors.ts';
import { getBytes } from '../../kit/bucket/bytes.ts';
import { sha256 } from '../../kit/digest.ts';
import { TransientError } from '../../kit/errors.ts';
import { MAX_BODY_BYTES } from '../../kit/request-body.ts';
import type { Arrival } from '../accept.ts';
import { arrivalOf, unread } from './arrival.ts';
import { kindOfName, refOf, upload } from './files.ts';
import { type Came, cameInto, hashOf, isUsable, type Lying, lookAt, takeAway } from './object.ts';

type Env = EnvFor<'intake/doors'>;

/** Of one file: so many are taken in within the time of one function. */
const MOST_RECORDS = 500;
const MOST_DATA_BYTES = 10_000_000;

interface Open {
  door: DropDoor;
  automation: Automation;
  env: Env;
}

/** Objects of the drop bucket: files are documents, or data. */
export function fromDrop(
  message: unknown,
  automation: Automation,
  env: Env,
): Promise<readonly Arrival[]> | undefined {
  const door = automation.doors?.drop;
  const came = door && cameInto(env.DROP_BUCKET, automation.name, message);
  return came && open(came, { door, automation, env });
}

async function open(came: Came, how: Open): Promise<readonly Arrival[]> {
  const { automation, env } = how;
  // What consoles show as a folder.
  if (came.key.endsWith('/')) return [];
  if (!isUsable(came.key)) return [refused('unusable-name', came, how)];
  const lying = await lookAt(came, automation.name, env);
  if (!lying) return [];
  const data = /\.(json|ndjson|jsonl)$/i.exec(lying.key)?.[1]?.toLowerCase();
  const refusal = refusalOf(lying, data, how);
  if (refusal) return [refused(refusal, asItLies(lying), how)];
  const bytes = await getBytes(lying.bucket, lying.key);
  if (!bytes) throw new TransientError('an object went away while it was read');
  const identity = sha256(`${lying.key}|${sha256(bytes)}`);
  if (data) return recordsOf(data, bytes, identity, lying, how);
  return [await documentOf(bytes, identity, lying, how)];
}

/** Why it is not even read. It stays where it is. */
function refusalOf(
  { key, head }: Lying,
  data: string | undefined,
  { door, automation }: Open,
): string | undefined {
  const { documents } = automation;
  if (head.bytes === 0) return 'empty';
  if (data)
    return head.bytes > (data === 'json' ? MAX_BODY_BYTES : MOST_DATA_BYTES) ? 'too-large' : undefined;
  if (!door.body || !documents) return 'no-documents-taken';
  if (head.bytes > documents.mostBytes) return 'too-large';
  const kind = kindOfName(key) ?? CONTENT_TYPES[head.contentType];
  return kind !== undefined && !documents.types.includes(kind) ? 'wrong-type' : undefined;
}

const asItLies = ({ key, head: { etag } }: Lying) => ({ key, etag });

function refused(
  refusal: string,
  { key, etag }: Pick<Came, 'key' | 'etag'>,
  { door, automation }: Open,
): Arrival {
  const arrival = arrivalOf('drop', door, automation.schema, {
    ...{ key: hashOf(key, etag), came: '', body: unread },
  });
  return { ...arrival, refused: refusal };
}

async function documentOf(bytes: Buffer, identity: string, lying: Lying, how: Open): Promise<Arrival> {
  const { door, automation, env } = how;
  const { key, head } = lying;
  const name = key.slice(automation.name.length + 1);
  const contentType = CONTENT_TYPES[head.contentType] ? head.contentType : ANY_CONTENT_TYPE;
  const file = { ref: refOf(automation.name, identity, 0), name: name.slice(-255), contentType, bytes };
  const arrival = arrivalOf('drop', door, automation.schema, {
    ...{ key: identity, came: { name }, documents: [file.ref] },
    body: () => door.body?.({ name, bytes: bytes.length, contentType: head.contentType }),
  });
  await upload([file], arrival, automation.name, env);
  return { ...arrival, settled: () => takeAway(lying, automation.name, env) };
}

function recordsOf(
  data: string,
  bytes: Buffer,
  identity: string,
  lying: Lying,
  how: Open,
): readonly Arrival[] {
  const { door, automation, env } = how;
  const { record = (value: unknown) => value } = door;
  const lines = data === 'json' ? [bytes] : linesOf(bytes);
  if (lines.length === 0) return [refused('empty', asItLies(lying), how)];
  if (lines.length > MOST_RECORDS) return [refused('too-many-records', asItLies(lying), how)];
  return lines.map((line, at): Arrival => {
    const arrival = arrivalOf('drop', door, automation.schema, {
      key: lines.length === 1 ? identity : `${identity}#${at + 1}`,
      came: isUtf8(line) ? line.toString() : new Uint8Array(line),
      body: () => record(JSON.parse(textOf(line))),
    });
    const last = at === lines.length - 1;
    return last ? { ...arrival, settled: () => takeAway(lying, automation.name, env) } : arrival;
  });
}

/** @throws Error for what is no UTF-8: two bodies that differ must not become one by being mended */
function textOf(line: Buffer): string {
  if (!isUtf8(line)) throw new Error('it is not UTF-8');
  return line.toString();
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(10, from);
    const to = end === -1 ? bytes.length : end;
    const line = bytes.subarray(from, to);
    if (!line.every((sign) => sign <= 32)) lines.push(line);
    from = to + 1;
  }
  return lines;
}
