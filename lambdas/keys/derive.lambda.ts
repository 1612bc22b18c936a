import { readEnv } from '../kit/env.ts';
import { keysOf } from './derive.ts';

const { ROOT_SECRET, PURPOSE, EARLIER_SECRET } = readEnv('keys/derive');

export const handler = () => keysOf({ ROOT_SECRET, PURPOSE, EARLIER_SECRET });
