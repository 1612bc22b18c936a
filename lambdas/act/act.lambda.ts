import { automation } from '@automation/declaration';
import { readEnv } from '../shared/env.ts';
import { sqsHandler } from '../shared/sqs-handler.ts';
import { actOn } from './act.ts';

const env = readEnv('act/act');

export const handler = sqsHandler((record) => actOn(record, env, automation));
