import { endpoints } from '@bundled/endpoints';
import { readEnv } from '../kit/env.ts';
import { apiHandler } from '../kit/http.ts';
import { answer } from './probe.ts';

const env = readEnv('operate/probe');

export const handler = apiHandler((event, caller) => answer(event, caller, endpoints, env));
