import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { driftKey, kindOf, reportKey, toldKey } from '../../../lambdas/tables/keys.ts';
import { Handler } from '../../parts/handler.ts';
import { every, mail, rows, TELLS_OF_ALL, table } from '../../parts/uses.ts';
import type { Api } from '../api.ts';
import type { Data } from '../data.ts';
import type { Foundation } from '../foundation.ts';

const READ = ['budget', 'caution', 'hold', 'review'] as const;

/** Finds each day what drifts; makes the report of each week, keeps it and mails it; tells auditors each day what waits for them. */
export class Reporting extends Construct {
  constructor(scope: Construct, foundation: Foundation, data: Data, api: Api) {
    super(scope, 'reporting');
    const report = new Handler(this, 'operate/report', {
      ...{ foundation, watched: true },
      description:
        'finds each day what drifts; mails the report of a week, and each day what waits to be audited',
      // Shorter than its claim on the report: nobody else begins while it is at work.
      timeout: Duration.minutes(2),
      uses: [
        table(
          data,
          'CONTROL_TABLE',
          rows([kindOf('*', 'statistics'), kindOf('*', 'sample')], 'BatchGetItem'),
          rows(
            READ.map((kind) => kindOf('*', kind)),
            'GetItem',
            'BatchGetItem',
          ),
          rows([reportKey('*'), toldKey('*')], 'GetItem', 'UpdateItem'),
          rows([driftKey('*')], 'GetItem', 'PutItem'),
          rows([driftKey('*', 'pinned')], 'GetItem'),
          TELLS_OF_ALL,
        ),
        // What waits for auditors is there only while its item is as it was.
        table(data, 'ITEM_TABLE', every('BatchGetItem')),
        table(data, 'AUDIT_TABLE', every('Query')),
        mail(foundation.config.sender),
      ],
      tells: { BASE_URL: api.url },
    });
    // It looks each hour whether one is due: what failed is tried again, and what is done is a few reads.
    new Rule(this, 'each hour', {
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [new LambdaFunction(report, { retryAttempts: 0 })],
    });
  }
}
