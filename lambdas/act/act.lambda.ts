import { automation } from '@bundled/automation';
import { readEnv } from '../kit/env.ts';
import { sqsHandler } from '../kit/queue/handler.ts';
import { actOn } from './act.ts';

const env = readEnv('act/act');

export const handler = sqsHandler((record, delivery) => actOn(record, env, automation, delivery));
