import type { EnvFor } from '../contract/env.ts';
import { TransientError } from '../kit/errors.ts';
import { readSecret } from '../kit/secrets.ts';
import { itemLogger } from '../kit/telemetry.ts';
import { InwardAddress, type Outward, postOutward } from '../outbound/post.ts';
import { signature } from '../outbound/signature.ts';
import type { CallbackMessage } from './publish.ts';

const TIMEOUT_MS = 10_000;

/** An unknown client may be new: the list is read again. */
const NEW_CLIENT_MS = 5_000;

/**
 * Posts one status change to the client's address, signed with that client's key. An address that refuses it
 * (4xx), leads inward, or belongs to a client without a key is not retried; for one that is down the queue
 * retries.
 */
export async function callBack(
  { url, client, change }: CallbackMessage,
  env: EnvFor<'record/callback'>,
  lookup: Pick<Outward, 'lookup'> = {},
): Promise<void> {
  const log = itemLogger({ itemId: change.id, stage: 'record' });
  const key = await callbackKey(env.CLIENTS_SECRET, client);
  if (key === undefined) return log.warn('not called back', { reason: 'the client has no callbackKey' });
  const body = JSON.stringify(change);
  const headers = {
    'content-type': 'application/json',
    'signalbox-item': change.id,
    'signalbox-signature': signature(key, [change.id, body]),
  };
  const outward = { local: env.STAGE === 'local', ...lookup };
  const status = await postOutward(url, { headers, body, timeoutMs: TIMEOUT_MS }, outward).catch(
    (cause: unknown) => {
      if (cause instanceof InwardAddress) return undefined;
      throw new TransientError('callback: no answer', { cause });
    },
  );
  if (status === undefined) return log.warn('not called back', { reason: 'the address leads inward' });
  log.info('called back', { status });
  if (status >= 500 || [408, 425, 429].includes(status))
    throw new TransientError(`callback answered ${status}`);
}

interface Clients {
  clients: { name: string; callbackKey?: string }[];
}

/** The one field that this function reads of a client; it keeps nothing else of the entry. */
async function callbackKey(secretId: string, client: string): Promise<string | undefined> {
  for (const keepMs of [undefined, NEW_CLIENT_MS]) {
    const keys = await readSecret<Map<string, string>>(secretId, keepMs, (value) => keysOf(value as Clients));
    const key = keys.get(client);
    if (key !== undefined) return key;
  }
  return undefined;
}

function keysOf({ clients }: Clients): Map<string, string> {
  return new Map(
    clients.flatMap(({ name, callbackKey: key }) => (typeof key === 'string' && key ? [[name, key]] : [])),
  );
}
