import { Duration } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { behindKey, kindOf } from '../../lambdas/tables/keys.ts';
import { WorkQueue } from '../automation/work-queue.ts';
import { alarm, FIVE_MINUTES } from '../parts/alarms.ts';
import { reservedForPeople } from '../parts/environment.ts';
import { Handler, LIGHT } from '../parts/handler.ts';
import {
  grantContent,
  grantMail,
  grantQuery,
  grantRows,
  grantRuns,
  grantTable,
} from '../parts/permissions.ts';
import { workflowName } from '../parts/workflow.ts';
import { type Api, addRoutes } from './api.ts';
import { BY_PHASE, type Data } from './data.ts';
import type { Foundation } from './foundation.ts';
import { failedBatches } from './record.ts';

const TIMEOUT = Duration.seconds(30);

/** What stands in an environment for the secret of what is not configured. */
const NONE = 'none';

export interface ApprovalsProps {
  foundation: Foundation;
  data: Data;
  api: Api;
  /** The module of `lib/desk-settings.ts`. */
  settingsFile: string;
  /** The module of every declaration: the desk asks their gates about an approver's edits. */
  declarationsFile: string;
}

/** The approvals desk: asks people, shows them what they decide, takes it from every channel, and keeps the time. */
export class Approvals extends Construct {
  /** Where state machines put their questions. */
  readonly approvals: WorkQueue;
  readonly #props: ApprovalsProps;
  readonly #modules: Record<string, string>;

  constructor(scope: Construct, props: ApprovalsProps) {
    super(scope, 'approvals');
    this.#props = props;
    this.#modules = { '@approval-settings': props.settingsFile, '@declarations': props.declarationsFile };
    this.approvals = new WorkQueue(this, 'approvals', {
      foundation: props.foundation,
      consumerTimeout: TIMEOUT,
      maxReceiveCount: 6,
      oldest: Duration.minutes(15),
      carries: 'questions to approvers',
    });
    this.#ask();
    this.#page();
    this.#console();
    this.#slack();
    this.#onChange();
    this.#timekeeper();
  }

  #ask(): void {
    const { foundation, data, api } = this.#props;
    const { slackSecret } = data;
    const ask = new Handler(this, 'approve/ask', {
      memorySize: LIGHT,
      foundation,
      timeout: TIMEOUT,
      description: 'asks approvers: one link each, by mail and Slack',
      modules: this.#modules,
      env: {
        ITEM_TABLE: data.items.tableName,
        APPROVAL_TABLE: data.approvals.tableName,
        LINK_TABLE: data.links.tableName,
        CONTROL_TABLE: data.control.tableName,
        CONTENT_BUCKET: data.content.bucketName,
        BASE_URL: api.url,
        APPROVALS_QUEUE_URL: this.approvals.queue.queueUrl,
        SLACK_SECRET: slackSecret?.secretArn ?? NONE,
      },
    });
    this.approvals.feed(ask, foundation, 2);
    // What finds no place in the line of mails comes anew, later.
    this.approvals.queue.grant(ask, 'sqs:SendMessage');
    grantTable(ask, data.items, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    grantTable(ask, data.approvals, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem');
    grantRows(ask, data.links, ['link#*'], 'dynamodb:PutItem');
    grantRows(ask, data.links, ['token#*'], 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    grantRows(ask, data.control, ['away#*'], 'dynamodb:GetItem');
    // Links to sign in with are asked for by the console, and sent here.
    const links = ['signin#*', 'signin-mail#*'];
    grantRows(ask, data.control, links, 'dynamodb:PutItem', 'dynamodb:DeleteItem');
    grantContent(ask, data.content, '*', 's3:GetObject');
    grantMail(ask, foundation.config.sender);
    slackSecret?.grantRead(ask);
    // A question that cannot be put, or is decided already, is answered at once instead of waiting its days out.
    grantRuns(ask, workflowName(foundation.stage.name, '*'), 'SendTaskSuccess', 'SendTaskFailure');
  }

  #page(): void {
    const { foundation, data, api } = this.#props;
    const page = new Handler(this, 'approve/page', {
      foundation,
      description: 'shows a question to who holds its link, and takes the decision',
      reserved: reservedForPeople(foundation.config.api.reservedForPeople, foundation.stage),
      modules: this.#modules,
      env: {
        APPROVAL_TABLE: data.approvals.tableName,
        LINK_TABLE: data.links.tableName,
        AUDIT_TABLE: data.audit.tableName,
        CONTENT_BUCKET: data.content.bucketName,
        APPROVALS_SECRET: data.approvalsSecret.secretArn,
        DECISION_SECRET: data.decisionSecret.secretArn,
        APPROVALS_QUEUE_URL: this.approvals.queue.queueUrl,
        BASE_URL: api.url,
      },
    });
    grantRows(page, data.links, ['link#*'], 'dynamodb:GetItem');
    grantTable(page, data.approvals, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    grantTable(page, data.audit, 'dynamodb:Query');
    // Writing is for a proposal with an approver's edits.
    grantContent(page, data.content, '*', 's3:GetObject', 's3:PutObject');
    for (const secret of [data.approvalsSecret, data.decisionSecret]) secret.grantRead(page);
    this.approvals.queue.grant(page, 'sqs:SendMessage');
    addRoutes(this, api, page);
  }

  #console(): void {
    const { foundation, data, api } = this.#props;
    const consoleFn = new Handler(this, 'console/console', {
      foundation,
      description: 'the console of approvers, operators and auditors',
      reserved: reservedForPeople(foundation.config.api.reservedForPeople, foundation.stage),
      modules: this.#modules,
      env: {
        ITEM_TABLE: data.items.tableName,
        APPROVAL_TABLE: data.approvals.tableName,
        AUDIT_TABLE: data.audit.tableName,
        CONTROL_TABLE: data.control.tableName,
        CONTENT_BUCKET: data.content.bucketName,
        APPROVALS_SECRET: data.approvalsSecret.secretArn,
        DECISION_SECRET: data.decisionSecret.secretArn,
        OIDC_SECRET: data.oidcSecret?.secretArn ?? NONE,
        APPROVALS_QUEUE_URL: this.approvals.queue.queueUrl,
        BASE_URL: api.url,
      },
    });
    grantTable(consoleFn, data.items, 'dynamodb:GetItem');
    grantTable(consoleFn, data.approvals, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    grantQuery(consoleFn, data.approvals, BY_PHASE);
    // Putting is for the caution that an operator commands here.
    grantTable(consoleFn, data.audit, 'dynamodb:Query', 'dynamodb:PutItem');
    // Sign-in links, sessions and absences.
    grantRows(
      consoleFn,
      data.control,
      ['session#*', 'signin#*', 'signin-from#*', 'oidc#*', 'away#*'],
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
    );
    // Operators hold an automation.
    const held = [kindOf('*', 'caution')];
    grantRows(consoleFn, data.control, held, 'dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:PutItem');
    grantContent(consoleFn, data.content, '*', 's3:GetObject', 's3:PutObject');
    for (const secret of [data.approvalsSecret, data.decisionSecret]) secret.grantRead(consoleFn);
    data.oidcSecret?.grantRead(consoleFn);
    this.approvals.queue.grant(consoleFn, 'sqs:SendMessage');
    addRoutes(this, api, consoleFn);
  }

  #slack(): void {
    const { foundation, data, api } = this.#props;
    if (!data.slackSecret) return;
    const slack = new Handler(this, 'approve/slack', {
      foundation,
      description: 'takes decisions from Slack buttons',
      modules: this.#modules,
      env: {
        APPROVAL_TABLE: data.approvals.tableName,
        CONTENT_BUCKET: data.content.bucketName,
        SLACK_SECRET: data.slackSecret.secretArn,
        DECISION_SECRET: data.decisionSecret.secretArn,
      },
    });
    grantTable(slack, data.approvals, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    grantContent(slack, data.content, '*', 's3:GetObject');
    for (const secret of [data.slackSecret, data.decisionSecret]) secret.grantRead(slack);
    addRoutes(this, api, slack);
  }

  #onChange(): void {
    const { foundation, data } = this.#props;
    const onChange = new Handler(this, 'approve/on-change', {
      ...{ foundation, memorySize: LIGHT, watched: true },
      description: 'keeps the audit, and carries a decision to the run that waits for it',
      env: {
        ITEM_TABLE: data.items.tableName,
        LINK_TABLE: data.links.tableName,
        AUDIT_TABLE: data.audit.tableName,
        APPROVALS_QUEUE_URL: this.approvals.queue.queueUrl,
      },
    });
    onChange.addEventSource(
      new DynamoEventSource(data.approvals as ITable, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        ...failedBatches(this, 'undelivered decisions', foundation, 'decisions of approvers'),
        // A decision is tried for as long as the stream keeps it, less the hours a person needs to see the alarm.
        retryAttempts: -1,
        maxRecordAge: Duration.hours(20),
      }),
    );
    grantRows(onChange, data.links, ['token#*'], 'dynamodb:GetItem');
    grantTable(onChange, data.items, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    grantTable(onChange, data.audit, 'dynamodb:PutItem');
    this.approvals.queue.grant(onChange, 'sqs:SendMessage');
    const runs = workflowName(foundation.stage.name, '*');
    grantRuns(onChange, runs, 'SendTaskSuccess', 'SendTaskFailure', 'DescribeExecution', 'StartExecution');
  }

  #timekeeper(): void {
    const { foundation, data } = this.#props;
    const timekeeper = new Handler(this, 'approve/timekeeper', {
      ...{ foundation, memorySize: LIGHT, watched: true },
      description: 'the clock of the desk: reminds, escalates, expires',
      modules: this.#modules,
      env: {
        APPROVAL_TABLE: data.approvals.tableName,
        CONTROL_TABLE: data.control.tableName,
        CONTENT_BUCKET: data.content.bucketName,
        APPROVALS_SECRET: data.approvalsSecret.secretArn,
        APPROVALS_QUEUE_URL: this.approvals.queue.queueUrl,
      },
    });
    // Which question a known-bad proposal follows is drawn with it.
    data.approvalsSecret.grantRead(timekeeper);
    grantTable(timekeeper, data.approvals, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem');
    grantQuery(timekeeper, data.approvals, BY_PHASE);
    grantRows(timekeeper, data.control, ['away#*'], 'dynamodb:GetItem');
    const behind = [behindKey('*')];
    grantRows(
      timekeeper,
      data.control,
      behind,
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:DeleteItem',
    );
    grantContent(timekeeper, data.content, '*', 's3:GetObject', 's3:PutObject');
    this.approvals.queue.grant(timekeeper, 'sqs:SendMessage');
    alarm(
      this,
      foundation.alarmTopic,
      'approvals/timekeeper',
      workflowName(foundation.stage.name, 'approvals'),
      {
        metric: timekeeper.metricInvocations({ period: FIVE_MINUTES }),
        threshold: 1,
        periods: 2,
        below: true,
        impact: 'the clock of the desk stands still: nobody is reminded, nothing escalates or expires',
      },
    );
    new Rule(this, 'each minute', {
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(timekeeper, { retryAttempts: 0 })],
    });
  }
}
