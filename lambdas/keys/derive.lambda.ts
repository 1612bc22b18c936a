import { readEnv } from '../kit/env.ts';
import { keysOf } from './derive.ts';

const env = readEnv('keys/derive');

export const handler = () => keysOf(env);
