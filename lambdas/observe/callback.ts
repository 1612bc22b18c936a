import { TransientError } from '../shared/errors.ts';
import { readSecret } from '../shared/secrets.ts';
import { signature } from '../shared/signature.ts';
import { itemLogger } from '../shared/telemetry.ts';
import type { CallbackMessage } from './publish.ts';

const TIMEOUT_MS = 10_000;

/**
 * Posts one status change to the caller's address, signed like an action. An address that refuses it (4xx) is not asked again;
 * one that is down gets it again with the queue's patience.
 */
export async function callBack({ url, change }: CallbackMessage, secretId: string): Promise<void> {
  const { signingKey } = await readSecret<{ signingKey: string }>(secretId);
  const body = JSON.stringify(change);
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'signalbox-item': change.id,
      'signalbox-signature': signature(signingKey, [body]),
    },
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw new TransientError('callback: no answer', { cause });
  });
  await response.body?.cancel();
  itemLogger({ itemId: change.id, stage: 'record' }).info('called back', { status: response.status });
  if (response.status >= 500 || [408, 425, 429].includes(response.status))
    throw new TransientError(`callback answered ${response.status}`);
}
