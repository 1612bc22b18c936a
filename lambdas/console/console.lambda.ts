import { declarationOf } from '@bundled/declared';
import { neighbours } from '@bundled/neighbours';
import { outlines } from '@bundled/outlines';
import { settings } from '@bundled/settings';
import { handle } from 'hono/aws-lambda';
import { readEnv } from '../kit/env.ts';
import { consoleApp } from './console.ts';

export const handler = handle(
  consoleApp({
    ...{ env: readEnv('console/console'), settings, neighbours, outlines, declarationOf },
    declarations: async () => (await import('@bundled/declarations')).automations,
  }),
);
