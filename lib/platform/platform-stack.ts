import { CfnOutput, Stack, type StackProps, Token } from 'aws-cdk-lib';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { workQueueName } from '../../lambdas/contract/names.ts';
import { endpointKey, kindOf, probeKey, waitKey } from '../../lambdas/tables/keys.ts';
import type { ResolvedConfig } from '../config.ts';
import { alarmsTopic } from '../parts/alarms.ts';
import type { Stage } from '../parts/environment.ts';
import { Handler } from '../parts/handler.ts';
import {
  grantChange,
  grantContent,
  grantQuery,
  grantQueues,
  grantRows,
  grantTable,
} from '../parts/permissions.ts';
import { Api, addRoutes, HttpMethod, tokenAuthorizer } from './api.ts';
import { Approvals } from './approvals.ts';
import { BY_AUTOMATION, BY_CLIENT, BY_PHASE, Data } from './data.ts';
import type { Foundation } from './foundation.ts';
import { HouseAlarms } from './house-alarms.ts';
import { Operate } from './operate.ts';
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
    new Operate(this, { foundation, data, api, endpointsFile });
    this.#readApi(props);

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

  #readApi({ registryFile, approvalSettingsFile, endpointsFile }: PlatformProps): void {
    const { data, foundation, api } = this;
    const read = new Handler(this, 'api/api', {
      foundation,
      description: 'answers for items and the registry',
      modules: {
        '@registry': registryFile,
        '@approval-settings': approvalSettingsFile,
        '@endpoints': endpointsFile,
      },
      env: {
        STAGE: foundation.stage.name,
        ITEM_TABLE: data.items.tableName,
        APPROVAL_TABLE: data.approvals.tableName,
        AUDIT_TABLE: data.audit.tableName,
        CONTROL_TABLE: data.control.tableName,
        CONTENT_BUCKET: data.content.bucketName,
        WAITS_AT_MOST: String(foundation.config.api.waitsAtMost),
        CURSOR_SECRET: data.cursorSecret.secretArn,
        ITEM_DAYS: String(foundation.config.retention.itemDays),
      },
    });
    grantTable(read, data.items, 'dynamodb:GetItem');
    grantQuery(read, data.items, BY_AUTOMATION);
    grantQuery(read, data.items, BY_CLIENT);
    data.cursorSecret.grantRead(read);
    grantTable(read, data.approvals, 'dynamodb:GetItem');
    grantQuery(read, data.approvals, BY_PHASE);
    // A withdrawal; neither a verdict nor a decision can be written with these. `approvalId` is in its condition, and `act` believes
    // an approval by its seal, whatever points to it.
    const told = ['id', 'generation', 'status', 'updatedAt', 'timeline', 'wait', 'deferredUntil', 'error'];
    grantChange(read, data.items, [...told, 'action', 'approvalId']);
    grantChange(read, data.approvals, ['id', 'status', 'phase', 'phaseAt', 'version', 'trail', 'claim']);
    // Putting is for commands.
    grantTable(read, data.audit, 'dynamodb:Query', 'dynamodb:PutItem');
    // Operators raise a budget and force a breaker.
    const raised = [kindOf('*', 'budget'), endpointKey('*')];
    grantRows(read, data.control, raised, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    grantRows(read, data.control, [waitKey('*')], 'dynamodb:UpdateItem');
    const held = [kindOf('*', 'caution')];
    grantRows(read, data.control, held, 'dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:PutItem');
    grantRows(read, data.control, [probeKey('*')], 'dynamodb:GetItem');
    grantRows(read, data.control, [kindOf('*', 'calibration')], 'dynamodb:PutItem');
    grantQueues(read, workQueueName(foundation.stage.name, '*'));
    grantContent(read, data.content, '*', 's3:GetObject');
    const { GET, POST, DELETE, ANY } = HttpMethod;
    addRoutes(this, api.http, read, [{ method: GET, path: '/openapi.json' }], {
      open: 'the description of the API is public, like the repository it is made from',
    });
    addRoutes(
      this,
      api.http,
      read,
      [
        { method: GET, path: '/v1/items' },
        { method: GET, path: '/v1/items/{id}' },
        { method: DELETE, path: '/v1/items/{id}' },
        { method: GET, path: '/v1/audit' },
        { method: GET, path: '/v1/statistics' },
        { method: GET, path: '/v1/cases' },
        { method: GET, path: '/v1/automations' },
        { method: GET, path: '/v1/automations/{name}' },
        { method: POST, path: '/v1/automations/{name}/resume' },
        { method: POST, path: '/v1/automations/{name}/caution' },
        { method: POST, path: '/v1/automations/{name}/calibrate' },
        { method: GET, path: '/v1/breakers' },
        { method: POST, path: '/v1/breakers/{endpoint}' },
        { method: ANY, path: '/{proxy+}' },
      ],
      { authorizer: tokenAuthorizer(this, api.authorizerId) },
    );
  }
}
