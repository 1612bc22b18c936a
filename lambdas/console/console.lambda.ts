import { automations } from '@bundled/declarations';
import { neighbours } from '@bundled/neighbours';
import { settings } from '@bundled/settings';
import { handle } from 'hono/aws-lambda';
import { readEnv } from '../kit/env.ts';
import { consoleApp } from './console.ts';

export const handler = handle(
  consoleApp({ env: readEnv('console/console'), settings, declarations: automations, neighbours }),
);
