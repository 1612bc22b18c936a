import type { EnvFor } from '../../shared/env.ts';
import type { DeskContext } from '../page/visit.ts';
import type { Site } from './site.ts';

/** What the console's pages need of the world. */
export interface ConsoleContext extends DeskContext {
  env: EnvFor<'approve/console'>;
  site: Site;
}
