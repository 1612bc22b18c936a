import { DescribeSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { stackName } from '../contract/names.ts';
import { secretsManager } from './aws.ts';
import { clock } from './clock.ts';
import { SystemError } from './errors.ts';
import { logger } from './telemetry.ts';

/** A rotated secret is used at most this much later. */
const KEEP_MS = 5 * 60 * 1000;

/** One that is not there is looked for this often. */
const LOOK_MS = 30_000;
let none: [secretId: string, at: number][] = [];

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

/**
 * A secret that a stack of an earlier version made, and left behind. One of that name that anybody else made is none: nobody but
 * CloudFormation can give it the tag of a stack. @param secretId `signalbox/<environment>/…` @param part whose stack made it @returns undefined where there is none
 */
export async function earlierSecret<T>(secretId: string, part: string): Promise<T | undefined> {
  if (none.some(([id, at]) => id === secretId && at + LOOK_MS > clock.now())) return undefined;
  const found = await isOurs(secretId, part);
  if (found) return readSecret<T>(secretId);
  none = [...none.filter(([id]) => id !== secretId), [secretId, clock.now()]];
  return undefined;
}

async function isOurs(secretId: string, part: string): Promise<boolean> {
  const [, environment = ''] = secretId.split('/');
  const found = await secretsManager()
    .send(new DescribeSecretCommand({ SecretId: secretId }))
    .catch((error: unknown) => {
      const name = error instanceof Error ? error.name : '';
      if (name === 'ResourceNotFoundException') return undefined;
      // AWS may say so of a name that is not there. Without what was sealed with it the house goes on; without any key it does not.
      if (name !== 'AccessDeniedException') throw error;
      logger.warn('earlier secret not seen', { secret: secretId, reason: name });
      return undefined;
    });
  const ours = found?.Tags?.some(
    ({ Key, Value }) => Key === 'aws:cloudformation:stack-name' && Value === stackName(environment, part),
  );
  return Boolean(ours && !found?.DeletedDate);
}

function parse(secretId: string, text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    throw new SystemError(`secret '${secretId}' holds no JSON: fill it as the README says`);
  }
}
