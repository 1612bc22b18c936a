import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { probeKey } from '../../lambdas/tables/keys.ts';
import { Handler } from '../parts/handler.ts';
import { grantRows, grantTable } from '../parts/permissions.ts';
import { type Api, addRoutes, HttpMethod, tokenAuthorizer } from './api.ts';
import type { Data } from './data.ts';
import type { Foundation } from './foundation.ts';

export interface OperateProps {
  foundation: Foundation;
  data: Data;
  api: Api;
  /** The module of `lib/parts/endpoints-file.ts`. */
  endpointsFile: string;
}

/** What operators do to the running house by hand. */
export class Operate extends Construct {
  constructor(scope: Construct, { foundation, data, api, endpointsFile }: OperateProps) {
    super(scope, 'operate');
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
    const routes = [
      { method: HttpMethod.GET, path: '/v1/endpoints' },
      { method: HttpMethod.POST, path: '/v1/endpoints/probe' },
    ];
    addRoutes(this, api.http, probe, routes, { authorizer: tokenAuthorizer(this, api.authorizerId) });
  }
}
