import { clock } from '../../lambdas/kit/clock.ts';
import { newLinkToken } from '../../lambdas/kit/digest.ts';
import { SystemError } from '../../lambdas/kit/errors.ts';
import { world } from './world.ts';

/* Stands where `lambdas/kit/objects.ts` does: the bucket in memory. */

type Beside = Readonly<Record<string, string>>;

export function putContent(bucket: string, key: string, value: unknown, beside?: Beside): Promise<void> {
  return world.call('s3 PutObject', { key }, () => stored(`${bucket}/${key}`, value, beside));
}

export function putOnce(bucket: string, key: string, value: unknown, beside?: Beside): Promise<boolean> {
  return world.call('s3 PutObject', { key }, () => {
    if (world.content.has(`${bucket}/${key}`)) return false;
    stored(`${bucket}/${key}`, value, beside);
    return true;
  });
}

export async function putSalted(bucket: string, key: string, value: unknown): Promise<void> {
  await putOnce(bucket, key, value, { salt: newLinkToken() });
}

function stored(name: string, value: unknown, beside?: Beside): void {
  world.content.set(name, JSON.stringify(value));
  world.contentAt.set(name, clock.now());
  if (beside) world.beside.set(name, beside);
  else world.beside.delete(name);
}

export async function getContent<T>(bucket: string, key: string): Promise<T> {
  return (await getWith<T>(bucket, key)).value;
}

export function getWith<T>(bucket: string, key: string): Promise<{ value: T; beside: Beside }> {
  return world.call('s3 GetObject', { key }, () => {
    const text = world.content.get(`${bucket}/${key}`);
    if (text === undefined) throw new SystemError('content bucket: GET answered 404');
    return { value: JSON.parse(text) as T, beside: world.beside.get(`${bucket}/${key}`) ?? {} };
  });
}
