import { registry } from '@bundled/registry';
import { readEnv } from '../kit/env.ts';
import { apiHandler } from '../kit/http.ts';
import { answer } from './verify/verify.ts';

const env = readEnv('operate/verify');

export const handler = apiHandler((event, caller) => answer(event, caller, registry, env));
