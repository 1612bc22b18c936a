import { world } from './world.ts';

/* Stands where `lambdas/kit/signed/ask-keys.ts` does: the keys of a purpose are what the world's secret of that name holds. */

export async function askForKeys(functionName: string): Promise<readonly [string, ...string[]]> {
  const { SecretString } = (await world.secret('GetSecretValueCommand', { SecretId: functionName })) as {
    SecretString: string;
  };
  const { key, before = [] } = JSON.parse(SecretString) as { key: string; before?: string[] };
  return [key, ...before];
}
