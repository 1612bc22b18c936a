import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { ResolvedConfig } from '../config.ts';
import type { Bundled } from '../parts/bundled.ts';
import type { Environment } from '../parts/environment.ts';

/** What every construct of the house is built on. */
export interface Foundation {
  environment: Environment;
  config: ResolvedConfig;
  /** The modules that functions carry. */
  bundled: Bundled;
  /** Where every alarm goes. */
  alarmTopic: ITopic;
}
