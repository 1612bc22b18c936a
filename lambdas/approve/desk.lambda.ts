import { handle } from 'hono/aws-lambda';
import { readEnv } from '../shared/env.ts';
import { desk } from './desk.ts';

export const handler = handle(desk(readEnv('approve/desk')));
