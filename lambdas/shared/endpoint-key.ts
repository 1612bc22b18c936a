import { SystemError } from './errors.ts';

/* How the key of an endpoint is read out of its secret: the same for the calls and for the probe, which is to find what they would. */

/** `{"apiKey": "…"}`, without the white space that copying brings along; empty where it holds none. */
export function apiKeyIn(secret: unknown): string {
  const { apiKey } = (secret ?? {}) as { apiKey?: unknown };
  return typeof apiKey === 'string' ? apiKey.trim() : '';
}

/** What is wrong with a key, in words that say what to do and hold nothing of it. */
export function faultInKey(secretName: string, apiKey: string): string | undefined {
  const secret = `secret '${secretName}'`;
  if (!apiKey) return `${secret} has no "apiKey": fill it as the README says`;
  // A header takes nothing else, and the errors of whoever tries quote the key.
  if (!/^[\x21-\x7e]+$/.test(apiKey)) return `${secret}: its "apiKey" is no key: fill it as the README says`;
  return undefined;
}

/** What a failure to read the secret says about the secret; undefined where the failure is not the secret's. */
export function faultInReading(secretName: string, error: unknown): string | undefined {
  if (error instanceof SystemError) return error.message;
  if (error instanceof Error && error.name === 'ResourceNotFoundException')
    return `secret '${secretName}' does not exist: deploy, then fill it as the README says`;
  return undefined;
}
