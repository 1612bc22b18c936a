import { automations } from '@declarations';
import { settings } from '@desk';
import { handle } from 'hono/aws-lambda';
import { readEnv } from '../shared/env.ts';
import { desk } from './desk.ts';

export const handler = handle(desk({ env: readEnv('approve/desk'), settings, declarations: automations }));
