import { automation } from '@bundled/automation';
import { readEnv } from '../kit/env.ts';
import { apiHandler } from '../kit/http.ts';
import { postItem } from './doors/api.ts';
import { announceUpload } from './doors/upload.ts';

const env = readEnv('intake/intake');

/** Its two routes: `post` and `upload`. */
export const handler = apiHandler(
  (event, caller) =>
    event.routeKey.endsWith('/uploads')
      ? announceUpload(event, caller, automation, env)
      : postItem(event, caller, automation, env),
  { automation: automation.name },
);
