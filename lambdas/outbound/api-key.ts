import { SystemError } from '../kit/errors.ts';
import { readSecret } from '../kit/secrets.ts';

/**
 * The key of an endpoint, as the calls use it: the probe is to find what they would. `{"apiKey": "…"}`, without the white space
 * that copying brings along. Empty for a server that wants none, which has no secret.
 * @throws SystemError in words that say what to do and hold nothing of the key; whatever else reading the secret throws
 */
export async function readApiKey(secret: string | undefined, ...keepMs: [number?]): Promise<string> {
  if (secret === undefined) return '';
  const held = await readSecret<{ apiKey?: unknown } | null>(secret, ...keepMs).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'ResourceNotFoundException')
      throw new SystemError(`secret '${secret}' does not exist: deploy, then fill it as the README says`);
    throw error;
  });
  const apiKey = typeof held?.apiKey === 'string' ? held.apiKey.trim() : '';
  // What is remembered may be as it was before somebody filled it.
  if (!apiKey && keepMs.length === 0) return readApiKey(secret, 0);
  if (!apiKey) throw new SystemError(`secret '${secret}' has no "apiKey": fill it as the README says`);
  // A header takes nothing else, and whoever tries fails with words that hold the key.
  if (!/^[\x21-\x7e]+$/.test(apiKey))
    throw new SystemError(`secret '${secret}': its "apiKey" is no key: fill it as the README says`);
  return apiKey;
}
