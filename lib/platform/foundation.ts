import type { ResolvedConfig } from '../config.ts';
import type { Hardening } from '../hardening-config.ts';
import type { AlarmTopics } from '../parts/alarms.ts';
import type { Bundled } from '../parts/bundled.ts';
import type { Environment } from '../parts/environment.ts';
import type { Kept } from '../retention.ts';

/** What every construct of the house is built on. */
export interface Foundation {
  environment: Environment;
  config: ResolvedConfig;
  /** Whose content goes sooner than others'. */
  automations: readonly Kept[];
  /** The modules that functions carry. */
  bundled: Bundled;
  alarmTopics: AlarmTopics;
  /** What goes beyond the defaults here. */
  hardening: Hardening;
}
