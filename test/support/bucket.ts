import { createHash } from 'node:crypto';
import type { Head } from '../../lambdas/kit/bucket/bytes.ts';
import { clock } from '../../lambdas/kit/clock.ts';
import { world } from './world.ts';

/* Stands where `lambdas/kit/bucket/bytes.ts` does: files in memory, beside the values of `content.ts`. */

function found(at: string): { bytes: Uint8Array; contentType: string; at: number } | undefined {
  const json = world.content.get(at);
  if (json === undefined) return world.files.get(at);
  return {
    bytes: Buffer.from(json),
    contentType: 'application/json',
    at: world.contentAt.get(at) ?? clock.now(),
  };
}

const etagOf = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');

export function headOf(bucket: string, key: string): Promise<Head | undefined> {
  return world.call('s3 HeadObject', { key }, () => {
    const file = found(`${bucket}/${key}`);
    if (!file) return undefined;
    const { bytes, contentType, at: writtenAt } = file;
    return { bytes: bytes.length, contentType, etag: etagOf(bytes), writtenAt };
  });
}

export function getBytes(bucket: string, key: string): Promise<Buffer | undefined> {
  return world.call('s3 GetObject', { key }, () => {
    const file = found(`${bucket}/${key}`);
    return file && Buffer.from(file.bytes);
  });
}

export function putBytes(bucket: string, key: string, bytes: Uint8Array, contentType: string): Promise<void> {
  return world.call('s3 PutObject', { key }, () => {
    const at = `${bucket}/${key}`;
    if (world.content.has(at)) {
      world.content.set(at, Buffer.from(bytes).toString());
      world.contentAt.set(at, clock.now());
    } else world.files.set(at, { bytes, contentType, at: clock.now() });
  });
}

export function copyObject(bucket: string, from: string, to: string, etag?: string): Promise<boolean> {
  return world.call('s3 CopyObject', { from, key: to }, () => {
    const file = world.files.get(`${bucket}/${from}`);
    if (!file || (etag !== undefined && etag !== etagOf(file.bytes))) return false;
    world.files.set(`${bucket}/${to}`, { ...file, at: clock.now() });
    return true;
  });
}

export function removeObject(bucket: string, key: string, etag?: string): Promise<void> {
  return world.call('s3 DeleteObject', { key }, () => {
    const file = world.files.get(`${bucket}/${key}`);
    if (file && etag !== undefined && etag !== etagOf(file.bytes)) return;
    world.files.delete(`${bucket}/${key}`);
    world.content.delete(`${bucket}/${key}`);
  });
}

export function keysBelow(bucket: string, prefix: string): Promise<string[]> {
  return world.call('s3 ListBucket', { prefix }, () =>
    [...world.content.keys(), ...world.files.keys()]
      .filter((at) => at.startsWith(`${bucket}/${prefix}`))
      .map((at) => at.slice(bucket.length + 1))
      .sort(),
  );
}
