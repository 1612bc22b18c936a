import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { endpointKey, kindOf, waitKey } from '../../lambdas/tables/keys.ts';
import { Handler } from '../parts/handler.ts';
import { grantContent, grantQuery, grantRows, grantTable } from '../parts/permissions.ts';
import { type Api, addRoutes } from './api.ts';
import { BY_AUTOMATION, BY_CLIENT, BY_PHASE, type Data } from './data.ts';
import type { Foundation } from './foundation.ts';

export interface ReadingProps {
  foundation: Foundation;
  data: Data;
  api: Api;
  /** The modules of `lib/parts`. */
  registryFile: string;
  settingsFile: string;
  endpointsFile: string;
}

/** The function that answers every client's `GET`. It writes nothing but who waits. */
export class Reading extends Construct {
  constructor(scope: Construct, props: ReadingProps) {
    super(scope, 'reading');
    const { foundation, data, api } = props;
    const read = new Handler(this, 'api/api', {
      foundation,
      description: 'answers for items and the registry',
      modules: {
        '@registry': props.registryFile,
        '@approval-settings': props.settingsFile,
        '@endpoints': props.endpointsFile,
      },
      env: {
        ITEM_TABLE: data.items.tableName,
        APPROVAL_TABLE: data.approvals.tableName,
        AUDIT_TABLE: data.audit.tableName,
        CONTROL_TABLE: data.control.tableName,
        CONTENT_BUCKET: data.content.bucketName,
        WAITS_AT_MOST: String(foundation.config.api.waitsAtMost),
        CURSOR_SECRET: data.cursorSecret.secretArn,
      },
    });
    grantTable(read, data.items, 'dynamodb:GetItem');
    grantQuery(read, data.items, BY_AUTOMATION);
    grantQuery(read, data.items, BY_CLIENT);
    data.cursorSecret.grantRead(read);
    grantTable(read, data.approvals, 'dynamodb:GetItem');
    grantQuery(read, data.approvals, BY_PHASE);
    grantTable(read, data.audit, 'dynamodb:Query');
    const shown = [kindOf('*', 'budget'), kindOf('*', 'caution'), endpointKey('*')];
    grantRows(read, data.control, shown, 'dynamodb:GetItem');
    // A place to wait is leased by the function that waits.
    grantRows(read, data.control, [waitKey('*')], 'dynamodb:UpdateItem');
    grantContent(read, data.content, '*', 's3:GetObject');
    // Routes keep their place in the stack: API Gateway takes no second one of the same name while the first is there.
    addRoutes(Stack.of(this), api, read);
  }
}
