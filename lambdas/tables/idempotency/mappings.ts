import { epochSeconds } from '../../kit/clock.ts';
import { get, put } from '../../kit/dynamo/rows.ts';
import { mappingKey } from '../keys.ts';

/** That a model once understood a client's name for a field. It counts once its item came to a good end. */
export interface Mapping {
  id: string;
  /** JSON pointer of the field. */
  to: string;
  /** Whose repair it was. */
  itemId: string;
  expiresAt: number;
}

export async function readMapping(
  table: string,
  automation: string,
  client: string,
  name: string,
): Promise<Mapping | undefined> {
  const row = await get<Mapping>(table, mappingKey(automation, client, name));
  return row && row.expiresAt > epochSeconds() ? row : undefined;
}

/** The latest understanding replaces the one before. */
export async function writeMapping(
  table: string,
  { automation, client, id: itemId }: { automation: string; client: string; id: string },
  { name, to, seconds }: { name: string; to: string; seconds: number },
): Promise<void> {
  const id = mappingKey(automation, client, name);
  await put<Mapping>(table, { id, to, itemId, expiresAt: epochSeconds(seconds) });
}
