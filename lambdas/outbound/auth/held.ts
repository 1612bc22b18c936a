import type { NeighbourName } from '../../contract/neighbour.ts';
import { SystemError } from '../../kit/errors.ts';
import { readSecret } from '../../kit/secrets.ts';

/** A secret that was refused may have been rotated: it is read anew, and one that is wrong for good not at every call. */
export const REFUSED_MS = 5000;

/** A field of the secret, without the white space that copying brings along. @throws SystemError where it holds none */
export type Held = (field: string) => string;

export async function heldOf({ kind, name }: NeighbourName, secretId: string): Promise<Held> {
  const read = readSecret<Record<string, unknown> | null>(secretId).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'ResourceNotFoundException')
      throw new SystemError(`${kind} '${name}': its secret does not exist: deploy, then fill it`);
    throw error;
  });
  const fields = (await read) ?? {};
  return (field) => {
    const value = fields[field];
    const text = typeof value === 'string' ? value.trim() : '';
    // A header takes nothing else, and whoever tries fails with words that hold the key.
    if (!/^[\x20-\x7e]+$/.test(text))
      throw new SystemError(`${kind} '${name}': its secret has no "${field}": fill it as the README says`);
    return text;
  };
}
