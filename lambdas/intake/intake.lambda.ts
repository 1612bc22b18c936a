import { automation } from '@bundled/automation';
import { readEnv } from '../kit/env.ts';
import { apiHandler } from '../kit/http.ts';
import { accept } from './accept.ts';

const env = readEnv('intake/intake');

export const handler = apiHandler((event, caller) => accept(event, caller, automation, env), {
  automation: automation.name,
});
