import { clock } from '../../lambdas/kit/clock.ts';
import { newLinkToken } from '../../lambdas/kit/digest.ts';
import { SystemError } from '../../lambdas/kit/errors.ts';
import { world } from './world.ts';

/* Stands where `lambdas/kit/objects.ts` does: the bucket in memory. */

export function putContent(bucket: string, key: string, value: unknown): Promise<void> {
  return world.call('s3 PutObject', { key }, () => {
    world.content.set(`${bucket}/${key}`, JSON.stringify(value));
    world.contentAt.set(`${bucket}/${key}`, clock.now());
  });
}

export function putOnce(bucket: string, key: string, value: unknown): Promise<boolean> {
  return world.call('s3 PutObject', { key }, () => {
    if (world.content.has(`${bucket}/${key}`)) return false;
    world.content.set(`${bucket}/${key}`, JSON.stringify(value));
    world.contentAt.set(`${bucket}/${key}`, clock.now());
    return true;
  });
}

export async function putSalted(bucket: string, key: string, value: unknown): Promise<void> {
  if (await putOnce(bucket, key, value)) world.salts.set(`${bucket}/${key}`, newLinkToken());
}

export async function getContent<T>(bucket: string, key: string): Promise<T> {
  return (await getSalted<T>(bucket, key)).value;
}

export function getSalted<T>(bucket: string, key: string): Promise<{ value: T; salt?: string }> {
  return world.call('s3 GetObject', { key }, () => {
    const text = world.content.get(`${bucket}/${key}`);
    if (text === undefined) throw new SystemError('content bucket: GET answered 404');
    const salt = world.salts.get(`${bucket}/${key}`);
    return { value: JSON.parse(text) as T, ...(salt ? { salt } : {}) };
  });
}
