import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { secretsManager } from './aws.ts';
import { clock } from './clock.ts';
import { SystemError } from './errors.ts';

/** A rotated secret is used at most this much later. */
const KEEP_MS = 5 * 60 * 1000;

const kept = new Map<string, { value: unknown; at: number }>();

/**
 * A JSON secret, kept in memory for five minutes, or for as long as the reader says. With `pick` only what that gives is kept of it.
 * @throws SystemError when it holds no JSON: it was created by the deploy and nobody has filled it yet.
 */
export async function readSecret<T>(
  secretId: string,
  keepMs = KEEP_MS,
  pick: (value: unknown) => T = (value) => value as T,
): Promise<T> {
  const hit = kept.get(secretId);
  if (hit && hit.at + keepMs > clock.now()) return hit.value as T;
  const { SecretString } = await secretsManager().send(new GetSecretValueCommand({ SecretId: secretId }));
  const value = pick(parse(secretId, SecretString));
  kept.set(secretId, { value, at: clock.now() });
  return value;
}

function parse(secretId: string, text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    throw new SystemError(`secret '${secretId}' holds no JSON: fill it as the README says`);
  }
}
