import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { driftKey, kindOf, reportKey, waitKey } from '../../lambdas/tables/keys.ts';
import { Handler } from '../parts/handler.ts';
import { BREAKERS } from '../parts/neighbours.ts';
import { content } from '../parts/uses/files.ts';
import { every, index, rows, sharedKeys, table } from '../parts/uses.ts';
import { type Api, addRoutes } from './api.ts';
import { BY_AUTOMATION, BY_CLIENT, BY_PHASE, BY_REFERENCE, type Data } from './data.ts';
import type { Foundation } from './foundation.ts';

/** The function that answers every client's `GET`. It writes nothing but who waits. */
export class ApiFunction extends Construct {
  constructor(scope: Construct, foundation: Foundation, data: Data, api: Api) {
    super(scope, 'reading');
    const shown = [
      kindOf('*', 'budget'),
      kindOf('*', 'batch'),
      kindOf('*', 'caution'),
      kindOf('*', 'hold'),
      kindOf('*', 'poll'),
      kindOf('*', 'review'),
      kindOf('*', 'release'),
      ...BREAKERS,
    ];
    const read = new Handler(this, 'api/api', {
      foundation,
      description: 'answers for items and the registry',
      uses: [
        table(
          data,
          'ITEM_TABLE',
          every('GetItem', 'BatchGetItem'),
          index(BY_AUTOMATION),
          index(BY_CLIENT),
          index(BY_REFERENCE),
        ),
        table(data, 'IDEMPOTENCY_TABLE', rows([kindOf('*', 'request')], 'GetItem')),
        table(data, 'APPROVAL_TABLE', every('GetItem', 'BatchGetItem'), index(BY_PHASE)),
        table(data, 'AUDIT_TABLE', every('Query')),
        // The function that waits leases a slot to wait.
        table(
          data,
          'CONTROL_TABLE',
          rows(shown, 'GetItem', 'BatchGetItem'),
          rows([kindOf('*', 'statistics')], 'BatchGetItem'),
          rows([reportKey('*'), driftKey('*'), driftKey('*', 'pinned')], 'GetItem'),
          rows([kindOf('*', 'sample')], 'GetItem', 'BatchGetItem'),
          rows([waitKey('*')], 'UpdateItem'),
        ),
        content(data, '*', 'GetObject'),
        sharedKeys('CURSOR_KEYS', foundation.environment),
      ],
      tells: { BASE_URL: api.url, WAITS_AT_MOST: String(foundation.config.api.waitsAtMost) },
    });
    // Where they were: API Gateway takes no second route of the same name while the first is there.
    addRoutes(Stack.of(this), api, read);
  }
}
