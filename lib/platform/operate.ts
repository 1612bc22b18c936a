import { Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { kindOf, probeKey } from '../../lambdas/tables/keys.ts';
import { Handler } from '../parts/handler.ts';
import { BREAKERS } from '../parts/neighbours.ts';
import {
  changes,
  content,
  endpointKeys,
  every,
  index,
  rows,
  secret,
  table,
  workQueues,
} from '../parts/uses.ts';
import { type Api, addRoutes } from './api.ts';
import { BY_AUTOMATION, type Data } from './data.ts';
import type { Foundation } from './foundation.ts';

/*
 * The attributes that a withdrawal changes; neither a verdict nor a decision can be written with these.
 * `approvalId` is in its condition, and `act` believes an approval by its seal, whatever points to it.
 */
export const OF_ITEM = [
  ...['id', 'generation', 'status', 'updatedAt', 'timeline', 'wait', 'deferredUntil', 'error'],
  ...['action', 'approvalId', 'leaseUntil', 'leaseBy'],
];
export const OF_APPROVAL = ['id', 'status', 'phase', 'phaseAt', 'version', 'trail', 'claim'];

/** What operators do to the running house by hand, and clients to their own items. */
export class Operate extends Construct {
  constructor(scope: Construct, foundation: Foundation, data: Data, api: Api) {
    super(scope, 'operate');
    const days = { ITEM_DAYS: String(foundation.config.retention.itemDays) };
    const probe = new Handler(this, 'operate/probe', {
      foundation,
      description: 'tells of the model endpoints, and asks them what they support',
      // The caller hears nothing after thirty seconds, but what was found out and paid for is still stored.
      timeout: Duration.minutes(2),
      uses: [
        table(data, 'CONTROL_TABLE', rows([probeKey('*')], 'GetItem', 'PutItem')),
        table(data, 'AUDIT_TABLE', every('PutItem')),
        endpointKeys(data),
      ],
      tells: days,
    });
    addRoutes(this, api, probe);

    const commands = new Handler(this, 'operate/commands', {
      foundation,
      description: 'carries out the commands of operators, and withdrawals of clients',
      uses: [
        workQueues(foundation.environment),
        table(data, 'ITEM_TABLE', every('GetItem'), index(BY_AUTOMATION), changes(OF_ITEM)),
        table(data, 'APPROVAL_TABLE', every('GetItem'), changes(OF_APPROVAL)),
        // Each command is put on record before it is carried out; calibrations are learned from the record.
        table(data, 'AUDIT_TABLE', every('Query', 'PutItem')),
        table(
          data,
          'CONTROL_TABLE',
          rows([kindOf('*', 'budget')], 'GetItem', 'UpdateItem'),
          rows(BREAKERS, 'UpdateItem'),
          rows([kindOf('*', 'caution')], 'UpdateItem', 'PutItem'),
          rows([kindOf('*', 'calibration')], 'PutItem'),
        ),
        // The answer to a withdrawal is the whole item.
        content(data, '*', 'GetObject'),
        secret('CURSOR_SECRET', data.cursorSecret),
      ],
      tells: days,
    });
    // Where `api/api` had them: API Gateway takes no second route of the same name while the first is there.
    addRoutes(Stack.of(this), api, commands);
  }
}
