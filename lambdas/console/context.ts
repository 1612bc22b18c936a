import type { PageContext } from '../approve/channels/page/visit.ts';
import type { EnvFor } from '../contract/env.ts';
import type { Site } from './site.ts';

/** What the console's pages need. */
export interface ConsoleContext extends PageContext {
  env: EnvFor<'console/console'>;
  site: Site;
}
