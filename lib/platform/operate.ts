import { Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { workQueueName } from '../../lambdas/contract/names.ts';
import { endpointKey, kindOf, probeKey } from '../../lambdas/tables/keys.ts';
import { Handler } from '../parts/handler.ts';
import {
  grantChange,
  grantContent,
  grantQuery,
  grantQueues,
  grantRows,
  grantTable,
} from '../parts/permissions.ts';
import { type Api, addRoutes } from './api.ts';
import { BY_AUTOMATION, type Data } from './data.ts';
import type { Foundation } from './foundation.ts';

export interface OperateProps {
  foundation: Foundation;
  data: Data;
  api: Api;
  /** The modules of `lib/parts`. */
  registryFile: string;
  endpointsFile: string;
}

/** What operators do to the running house by hand, and clients to their own items. */
export class Operate extends Construct {
  constructor(scope: Construct, props: OperateProps) {
    super(scope, 'operate');
    this.#probe(props);
    this.#commands(props);
  }

  #probe({ foundation, data, api, endpointsFile }: OperateProps): void {
    const probe = new Handler(this, 'operate/probe', {
      foundation,
      description: 'tells of the model endpoints, and asks them what they support',
      modules: { '@endpoints': endpointsFile },
      // The caller hears nothing after thirty seconds, but what was found out and paid for is still stored.
      timeout: Duration.minutes(2),
      env: {
        CONTROL_TABLE: data.control.tableName,
        AUDIT_TABLE: data.audit.tableName,
        ITEM_DAYS: String(foundation.config.retention.itemDays),
      },
    });
    grantRows(probe, data.control, [probeKey('*')], 'dynamodb:GetItem', 'dynamodb:PutItem');
    grantTable(probe, data.audit, 'dynamodb:PutItem');
    for (const secret of new Set(Object.values(data.endpointSecrets))) secret.grantRead(probe);
    addRoutes(this, api, probe);
  }

  #commands({ foundation, data, api, registryFile, endpointsFile }: OperateProps): void {
    const commands = new Handler(this, 'operate/commands', {
      foundation,
      description: 'carries out the commands of operators, and withdrawals of clients',
      modules: { '@registry': registryFile, '@endpoints': endpointsFile },
      env: {
        STAGE: foundation.stage.name,
        ITEM_TABLE: data.items.tableName,
        APPROVAL_TABLE: data.approvals.tableName,
        AUDIT_TABLE: data.audit.tableName,
        CONTROL_TABLE: data.control.tableName,
        CONTENT_BUCKET: data.content.bucketName,
        CURSOR_SECRET: data.cursorSecret.secretArn,
        ITEM_DAYS: String(foundation.config.retention.itemDays),
      },
    });
    grantTable(commands, data.items, 'dynamodb:GetItem');
    grantQuery(commands, data.items, BY_AUTOMATION);
    data.cursorSecret.grantRead(commands);
    grantTable(commands, data.approvals, 'dynamodb:GetItem');
    // A withdrawal; neither a verdict nor a decision can be written with these. `approvalId` is in its condition, and `act` believes
    // an approval by its seal, whatever points to it.
    const told = ['id', 'generation', 'status', 'updatedAt', 'timeline', 'wait', 'deferredUntil', 'error'];
    grantChange(commands, data.items, [...told, 'action', 'approvalId']);
    grantChange(commands, data.approvals, ['id', 'status', 'phase', 'phaseAt', 'version', 'trail', 'claim']);
    // Each command is put on record before it is carried out; calibrations are learned from the record.
    grantTable(commands, data.audit, 'dynamodb:Query', 'dynamodb:PutItem');
    const spent = [kindOf('*', 'budget')];
    grantRows(commands, data.control, spent, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    grantRows(commands, data.control, [endpointKey('*')], 'dynamodb:UpdateItem');
    grantRows(commands, data.control, [kindOf('*', 'caution')], 'dynamodb:UpdateItem', 'dynamodb:PutItem');
    grantRows(commands, data.control, [kindOf('*', 'calibration')], 'dynamodb:PutItem');
    grantQueues(commands, workQueueName(foundation.stage.name, '*'));
    // The answer to a withdrawal is the whole item.
    grantContent(commands, data.content, '*', 's3:GetObject');
    // Where `api/api` had them: API Gateway takes no second route of the same name while the first is there.
    addRoutes(Stack.of(this), api, commands);
  }
}
