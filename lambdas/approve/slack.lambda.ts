import { settings } from '@bundled/settings';
import { handle } from 'hono/aws-lambda';
import { readEnv } from '../kit/env.ts';
import { slackSettings } from './channels/slack/interactions.ts';

export const handler = handle(slackSettings(readEnv('approve/slack'), settings));
