import { settings } from '@desk';
import { handle } from 'hono/aws-lambda';
import { readEnv } from '../shared/env.ts';
import { slackDesk } from './slack/interactions.ts';

export const handler = handle(slackDesk(readEnv('approve/slack'), settings));
