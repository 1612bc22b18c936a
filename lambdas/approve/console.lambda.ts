import { automations } from '@declarations';
import { settings } from '@desk';
import { handle } from 'hono/aws-lambda';
import { readEnv } from '../shared/env.ts';
import { deskConsole } from './console.ts';

export const handler = handle(
  deskConsole({ env: readEnv('approve/console'), settings, declarations: automations }),
);
