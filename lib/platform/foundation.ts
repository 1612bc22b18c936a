import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { ResolvedConfig } from '../config.ts';
import type { Stage } from '../parts/environment.ts';

/** What every construct of the house is built on. */
export interface Foundation {
  stage: Stage;
  config: ResolvedConfig;
  /** Where every alarm goes. */
  alarmTopic: ITopic;
}
