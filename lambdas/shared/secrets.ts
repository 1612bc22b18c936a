import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { secretsManager } from './clients.ts';
import { clock } from './clock.ts';
import { SystemError } from './errors.ts';

/** A rotated secret is used at most this much later. */
const KEEP_MS = 5 * 60 * 1000;

const kept = new Map<string, { value: unknown; until: number }>();

/**
 * A JSON secret, kept in memory for five minutes.
 * @throws SystemError when it holds no JSON: it was created by the deploy and nobody has filled it yet.
 */
export async function readSecret<T>(secretId: string): Promise<T> {
  const hit = kept.get(secretId);
  if (hit && hit.until > clock.now()) return hit.value as T;
  const { SecretString } = await secretsManager().send(new GetSecretValueCommand({ SecretId: secretId }));
  const value = parse<T>(secretId, SecretString);
  kept.set(secretId, { value, until: clock.now() + KEEP_MS });
  return value;
}

function parse<T>(secretId: string, text: string | undefined): T {
  try {
    return JSON.parse(text ?? '') as T;
  } catch {
    throw new SystemError(`secret '${secretId}' holds no JSON: fill it as the README says`);
  }
}
