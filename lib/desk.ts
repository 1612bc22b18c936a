import { Duration, Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import type { Automation } from '../lambdas/shared/automation.ts';
import { type Api, addRoutes, HttpMethod } from './api.ts';
import type { Data } from './data.ts';
import type { Foundation } from './foundation.ts';
import { Handler, LIGHT } from './handler.ts';
import { failedBatches } from './observe.ts';
import { letContent, letMail, letRuns, letUse } from './permissions.ts';
import { WorkQueue } from './work-queue.ts';
import { workflowName } from './workflow.ts';

/** The approvals desk: asks by mail, shows and takes decisions on a page, wakes the run that waits. */
export class Desk extends Construct {
  /** Where state machines put their questions. */
  readonly approvals: WorkQueue;

  constructor(
    scope: Construct,
    foundation: Foundation,
    data: Data,
    api: Api,
    automations: readonly Automation[],
  ) {
    super(scope, 'desk');
    const stage = foundation.stage.name;
    const timeout = Duration.seconds(30);
    this.approvals = new WorkQueue(this, 'approvals', {
      foundation,
      consumerTimeout: timeout,
      maxReceiveCount: 6,
      oldest: Duration.minutes(15),
      carries: 'questions to approvers',
    });

    const ask = new Handler(this, 'approve/ask', {
      memorySize: LIGHT,
      foundation,
      timeout,
      description: 'mails one link per approver',
      env: {
        ITEM_TABLE: data.items.tableName,
        APPROVAL_TABLE: data.approvals.tableName,
        CONTENT_BUCKET: data.content.bucketName,
        DESK: deskSettings(foundation, api, automations),
      },
    });
    this.approvals.feed(ask, foundation, 2);
    letUse(ask, data.items, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    letUse(ask, data.approvals, 'dynamodb:PutItem', 'dynamodb:UpdateItem');
    letContent(ask, data.content, 's3:GetObject');
    letMail(ask, foundation.config.sender);
    // A question that cannot be put, or is decided already, is answered at once instead of waiting its days out.
    letRuns(ask, workflowName(stage, '*'), 'SendTaskSuccess', 'SendTaskFailure');

    const page = new Handler(this, 'approve/desk', {
      foundation,
      description: 'shows a question and takes the decision',
      env: {
        APPROVAL_TABLE: data.approvals.tableName,
        CONTENT_BUCKET: data.content.bucketName,
        DESK_SECRET: data.deskSecret.secretArn,
      },
    });
    letUse(page, data.approvals, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    letContent(page, data.content, 's3:GetObject');
    data.deskSecret.grantRead(page);
    addRoutes(this, api.http, page, [{ method: HttpMethod.ANY, path: '/approvals/{id}' }], {
      open: 'approvers have no token: each link carries 256 random bits, and without them the page shows nothing',
    });

    const wake = new Handler(this, 'approve/wake', {
      memorySize: LIGHT,
      foundation,
      description: 'carries a decision to the run that waits for it',
      env: { ITEM_TABLE: data.items.tableName },
    });
    wake.addEventSource(
      new DynamoEventSource(data.approvals as ITable, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        ...failedBatches(this, 'undelivered decisions', foundation, 'decisions of approvers'),
        // A decision is tried for as long as the stream keeps it, less the hours a person needs to see the alarm.
        retryAttempts: -1,
        maxRecordAge: Duration.hours(20),
      }),
    );
    letUse(wake, data.items, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    letRuns(wake, workflowName(stage, '*'), 'SendTaskSuccess', 'DescribeExecution', 'StartExecution');
  }
}

/** Lambda takes 4 KB of variables in all. */
const MOST_SETTINGS = 3500;

function deskSettings({ config }: Foundation, api: Api, automations: readonly Automation[]): string {
  const policies = Object.fromEntries(automations.map(({ name, approval }) => [name, approval]));
  const size = JSON.stringify([config.approverGroups, policies]).length;
  if (size > MOST_SETTINGS) {
    throw new Error(
      `approver groups and policies take ${size} bytes, and ${MOST_SETTINGS} is the most a function can be told: share groups between automations`,
    );
  }
  return Stack.of(api).toJsonString({
    sender: config.sender,
    baseUrl: api.url,
    groups: config.approverGroups,
    policies,
    itemDays: config.retention.itemDays,
  });
}
