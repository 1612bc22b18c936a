import { referenceHash } from '../keys.ts';

/** What an item's callers know it by, hashed; undefined where its automation names no field, or the body has no text in it. */
export function referenceOf(
  { name, reference = '' }: { name: string; reference?: string },
  body: unknown,
): string | undefined {
  const value = typeof body === 'object' && body !== null && new Map(Object.entries(body)).get(reference);
  return typeof value === 'string' && value !== '' ? referenceHash(name, value) : undefined;
}
