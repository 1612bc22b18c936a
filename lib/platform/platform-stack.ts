import { CfnOutput, Stack, type StackProps, Token } from 'aws-cdk-lib';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { ResolvedConfig } from '../config.ts';
import { alarmsTopic } from '../parts/alarms.ts';
import type { Stage } from '../parts/environment.ts';
import { Api } from './api.ts';
import { Approvals } from './approvals.ts';
import { Data } from './data.ts';
import type { Foundation } from './foundation.ts';
import { HouseAlarms } from './house-alarms.ts';
import { Operate } from './operate.ts';
import { Reading } from './reading.ts';
import { Observe } from './record.ts';

export interface PlatformProps extends StackProps {
  stage: Stage;
  config: ResolvedConfig;
  /** The module of `lib/registry.ts`. */
  registryFile: string;
  /** The module of the same file, with every declaration. */
  declarationsFile: string;
  /** The module of `lib/desk-settings.ts`. */
  approvalSettingsFile: string;
  /** The module of `lib/endpoints-file.ts`. */
  endpointsFile: string;
}

/** What all automations share. A table of contents: how each room is built is in the room. */
export class PlatformStack extends Stack {
  readonly foundation: Foundation;
  readonly data: Data;
  readonly api: Api;
  readonly approvals: Approvals;
  /** For the processors of the automations. */
  readonly endpointsFile: string;

  constructor(scope: Construct, id: string, props: PlatformProps) {
    super(scope, id, { ...props, description: 'Signalbox platform: API, tables, approvals desk, events' });
    const { stage, config, endpointsFile } = props;
    const alarmTopic = alarmsTopic(this, stage.name);
    for (const email of config.operators) alarmTopic.addSubscription(new EmailSubscription(email));

    this.foundation = { stage, config, alarmTopic };
    this.data = new Data(this, this.foundation);
    this.api = new Api(this, this.foundation, this.data);
    const { foundation, data, api } = this;
    const { approvalSettingsFile: settingsFile, declarationsFile } = props;
    this.approvals = new Approvals(this, { foundation, data, api, settingsFile, declarationsFile });
    new Observe(this, this.foundation, this.data);
    new HouseAlarms(this, foundation, api);
    this.endpointsFile = endpointsFile;
    const modules = { registryFile: props.registryFile, settingsFile, endpointsFile };
    new Reading(this, { foundation, data, api, ...modules });
    new Operate(this, { foundation, data, api, ...modules });

    new CfnOutput(this, 'ApiId', { value: this.api.http.apiId, description: 'Id of the HTTP API' });
    new CfnOutput(this, 'ApiUrl', {
      value: Token.asString(this.api.url),
      description: 'Base URL of the API: post work to <ApiUrl>/v1/automations/<name>/items',
    });
    new CfnOutput(this, 'ClientsSecret', {
      value: this.data.clientsSecret.secretArn,
      description:
        'Who may post work: fill it with `npm run signalbox -- token <client> --automations <names>`',
    });
  }
}
