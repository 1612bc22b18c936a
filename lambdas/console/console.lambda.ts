import { automations } from '@declarations';
import { settings } from '@desk';
import { handle } from 'hono/aws-lambda';
import { readEnv } from '../kit/env.ts';
import { deskConsole } from './console.ts';

export const handler = handle(
  deskConsole({ env: readEnv('console/console'), settings, declarations: automations }),
);
