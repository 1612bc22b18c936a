import { automation } from '@bundled/automation';
import { readEnv } from '../kit/env.ts';
import { trainSurrogates } from './surrogates/run.ts';

const env = readEnv('operate/surrogates');

export async function handler(): Promise<void> {
  await trainSurrogates(automation, env);
}
