import { automations } from '@bundled/declarations';
import { neighbours } from '@bundled/neighbours';
import { registry } from '@bundled/registry';
import { readEnv } from '../kit/env.ts';
import { apiHandler } from '../kit/http.ts';
import { answer } from './commands.ts';

const env = readEnv('operate/commands');

export const handler = apiHandler((event, caller) =>
  answer(event, caller, registry, env, neighbours, automations),
);
