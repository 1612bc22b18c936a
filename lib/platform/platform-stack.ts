import { CfnOutput, Stack, type StackProps, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ResolvedConfig } from '../config.ts';
import { hardeningOf } from '../hardening/harden.ts';
import { alarmTopics } from '../parts/alarms.ts';
import type { Bundled } from '../parts/bundled.ts';
import type { Environment } from '../parts/environment.ts';
import type { Kept } from '../retention.ts';
import { Api } from './api.ts';
import { ApiFunction } from './api-function.ts';
import { Approvals } from './approvals.ts';
import { Data } from './data.ts';
import { Erasing } from './erase.ts';
import type { Foundation } from './foundation.ts';
import { HouseAlarms } from './house-alarms.ts';
import { McpFunction } from './mcp.ts';
import { Operate } from './operate.ts';
import { alarmDigestOf } from './outgoing/alarm-digest.ts';
import { dashboardOf } from './outgoing/dashboard.ts';
import { mailEventsOf } from './outgoing/mail-events.ts';
import { Reporting } from './outgoing/report.ts';
import { sharedKeysOf } from './own-keys.ts';
import { Verifying } from './proof/verify.ts';
import { Recording } from './record.ts';

export interface PlatformProps extends StackProps {
  environment: Environment;
  config: ResolvedConfig;
  /** Those that are deployed beside it. */
  automations: readonly Kept[];
  bundled: Bundled;
}

/** What all automations share. A table of contents: how each room is built is in the room. */
export class PlatformStack extends Stack {
  readonly foundation: Foundation;
  readonly data: Data;
  readonly api: Api;
  readonly approvals: Approvals;

  constructor(scope: Construct, id: string, props: PlatformProps) {
    super(scope, id, { ...props, description: 'Signalbox platform: API, tables, approvals, events' });
    const { environment, config, automations, bundled } = props;
    const topics = alarmTopics(this, environment.name, config);
    const hardening = hardeningOf(environment, config);
    const foundation = { environment, config, automations, bundled, alarmTopics: topics, hardening };
    const data = new Data(this, foundation);
    sharedKeysOf(this, foundation, data);
    const api = new Api(this, foundation, data);
    const { commands } = new Operate(this, foundation, data, api);
    this.approvals = new Approvals(this, { foundation, data, api, commands });
    new Recording(this, foundation, data, this.approvals.approvals.queue);
    mailEventsOf(this, foundation, data);
    new Reporting(this, foundation, data, api);
    alarmDigestOf(this, foundation, data, api);
    new HouseAlarms(this, foundation, api);
    new ApiFunction(this, foundation, data, api);
    new McpFunction(this, foundation, api);
    new Erasing(this, foundation, data, api);
    new Verifying(this, foundation, data, api);
    dashboardOf(this, foundation, api);
    this.foundation = foundation;
    this.data = data;
    this.api = api;

    new CfnOutput(this, 'ApiId', { value: this.api.http.apiId, description: 'Id of the HTTP API' });
    new CfnOutput(this, 'ApiUrl', {
      value: Token.asString(this.api.url),
      description: 'Base URL of the API: post work to <ApiUrl>/v1/automations/<name>/items',
    });
    new CfnOutput(this, 'DropBucket', {
      value: this.data.drops.bucketName,
      description: 'Bucket of the drop doors: put an object at <automation>/<name>',
    });
    new CfnOutput(this, 'ControlTable', {
      value: this.data.control.tableName,
      description: 'Table in which the clock keeps what it judges: `npm run deliver -- watch` reads it',
    });
    new CfnOutput(this, 'KnowledgeBucket', {
      value: this.data.uploads.bucketName,
      description: 'Bucket of synchronised collections, below collections/',
    });
    new CfnOutput(this, 'MailBucket', {
      value: this.data.mails.bucketName,
      description: 'Bucket in which SES puts the mails of the mail doors',
    });
    new CfnOutput(this, 'ClientsSecret', {
      value: this.data.clientsSecret.secretArn,
      description:
        'Who may post work: fill it with `npm run signalbox -- token <client> --automations <names>`',
    });
  }
}
