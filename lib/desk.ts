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
import { letAnswerRuns, letContent, letMail, letUse } from './permissions.ts';
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
    // A question that cannot be put is answered for at once, instead of waiting its days out.
    letAnswerRuns(ask, workflowName(stage, '*'));

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
      }),
    );
    letUse(wake, data.items, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    letAnswerRuns(wake, workflowName(stage, '*'));
  }
}

function deskSettings({ config }: Foundation, api: Api, automations: readonly Automation[]): string {
  const policies = Object.fromEntries(automations.map(({ name, approval }) => [name, approval]));
  return Stack.of(api).toJsonString({
    sender: config.sender,
    baseUrl: api.url,
    groups: config.approverGroups,
    policies,
    itemDays: config.retention.itemDays,
  });
}
