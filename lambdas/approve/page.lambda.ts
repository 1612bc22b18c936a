import { declarationOf } from '@bundled/declared';
import { settings } from '@bundled/settings';
import { handle } from 'hono/aws-lambda';
import { readEnv } from '../kit/env.ts';
import { pageApp } from './channels/page/page.ts';

export const handler = handle(pageApp({ env: readEnv('approve/page'), settings, declarationOf }));
