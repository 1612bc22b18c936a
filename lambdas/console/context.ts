import type { PageContext } from '../approve/channels/page/visit.ts';
import type { EnvFor } from '../contract/env.ts';
import type { Site } from './site.ts';

export interface ConsoleContext extends PageContext {
  env: EnvFor<'console/console'>;
  site: Site;
}
