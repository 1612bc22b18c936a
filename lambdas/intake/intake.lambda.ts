import { automation } from '@bundled/automation';
import { readEnv } from '../kit/env.ts';
import { apiHandler } from '../kit/http.ts';
import { accept } from './accept.ts';
import { announceUpload } from './upload.ts';

const env = readEnv('intake/intake');

/** Its two routes: `post` and `upload`. */
export const handler = apiHandler(
  (event, caller) =>
    event.routeKey.endsWith('/uploads')
      ? announceUpload(event, caller, automation, env)
      : accept(event, caller, automation, env),
  { automation: automation.name },
);
