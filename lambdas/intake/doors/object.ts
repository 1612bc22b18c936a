import type { EnvFor } from '../../contract/env.ts';
import type { BusEvent } from '../../contract/intake/doors.ts';
import { type Head, headOf, removeObject } from '../../kit/bucket/bytes.ts';
import { sha256 } from '../../kit/digest.ts';
import { SystemError } from '../../kit/errors.ts';
import { markTaken, wasTaken } from '../../tables/idempotency/arrivals.ts';

type Env = EnvFor<'intake/doors'>;

/** An object that came, as S3 told EventBridge of it. */
export interface Came {
  bucket: string;
  key: string;
  etag: string;
}

/** An object that lies there. */
export interface Lying extends Came {
  head: Head;
}

/** Undefined where the message tells of nothing that was put below this automation's prefix in this bucket. */
export function cameInto(bucket: string, automation: string, message: unknown): Came | undefined {
  const { source, 'detail-type': type, detail } = message as BusEvent;
  if (source !== 'aws.s3' || type !== 'Object Created') return undefined;
  const { bucket: of, object } = detail as {
    bucket?: { name?: string };
    object?: { key?: string; etag?: string };
  };
  const { key = '', etag = '' } = object ?? {};
  return of?.name === bucket && key.startsWith(`${automation}/`) ? { bucket, key, etag } : undefined;
}

/**
 * Undefined where it was taken in before and removed.
 * @throws SystemError where it is not there and never was taken in
 */
export async function lookAt(came: Came, automation: string, env: Env): Promise<Lying | undefined> {
  for (const key of keysOf(came, automation)) {
    const head = await headOf(came.bucket, key);
    if (head) return { ...came, key, head };
  }
  if (await wasTaken(env.IDEMPOTENCY_TABLE, automation, hashOf(came.key, came.etag))) return undefined;
  throw new SystemError(
    'an object that came is not there and was not taken in: was it removed, or may it not be read?',
  );
}

/** No URL can hold an empty part, `.` or `..`: S3 would be asked for another object. */
export function isUsable(key: string): boolean {
  return !key.split('/').some((part) => ['', '.', '..'].includes(part));
}

/** EventBridge tells keys as they are; other ways from S3 write them as in a URL. */
function keysOf({ key }: Came, automation: string): string[] {
  try {
    const decoded = decodeURIComponent(key.replaceAll('+', ' '));
    const another = decoded !== key && decoded.startsWith(`${automation}/`) && isUsable(decoded);
    return another ? [key, decoded] : [key];
  } catch {
    return [key];
  }
}

/** What an object is known by: its name and its content. */
export function hashOf(key: string, etag: string): string {
  return sha256(`${key}|${etag.replaceAll('"', '')}`);
}

/** It is an item by now: its events that come again find it taken in. */
export async function takeAway(
  { bucket, key, etag, head }: Lying,
  automation: string,
  env: Env,
): Promise<void> {
  const told = new Set([hashOf(key, etag), hashOf(key, head.etag)]);
  for (const hash of told) await markTaken(env.IDEMPOTENCY_TABLE, automation, hash);
  // Another content under the same name has an event of its own.
  await removeObject(bucket, key, head.etag);
}
