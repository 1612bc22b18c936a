import { automation } from '@bundled/automation';
import { readEnv } from '../kit/env.ts';
import { type ApiEvent, apiHandler, openHandler } from '../kit/http.ts';
import { postItem } from './doors/api.ts';
import { announceUpload } from './doors/upload.ts';
import { takeWebhook } from './doors/webhooks/webhook.ts';

const env = readEnv('intake/intake');

const about = { automation: automation.name };

const signedIn = apiHandler(
  (event, caller) =>
    event.routeKey.endsWith('/uploads')
      ? announceUpload(event, caller, automation, env)
      : postItem(event, caller, automation, env),
  about,
);
const signed = openHandler((event) => takeWebhook(event, automation, env), about);

/** Its routes: `post`, `upload` and `webhook`. */
export const handler = (event: ApiEvent) =>
  event.routeKey.includes('/webhooks/') ? signed(event) : signedIn(event);
