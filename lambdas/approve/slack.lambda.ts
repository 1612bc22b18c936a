import { settings } from '@desk';
import { handle } from 'hono/aws-lambda';
import { readEnv } from '../kit/env.ts';
import { slackDesk } from './channels/slack/interactions.ts';

export const handler = handle(slackDesk(readEnv('approve/slack'), settings));
