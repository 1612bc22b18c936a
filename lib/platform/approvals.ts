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
import { letContent, letMail, letQuery, letRuns, letUse, letUseRows } from '../parts/permissions.ts';
import { workflowName } from '../parts/workflow.ts';
import { type Api, addRoutes, HttpMethod, keepFree, type Route } from './api.ts';
import { BY_DESK, type Data } from './data.ts';
import type { Foundation } from './foundation.ts';
import { failedBatches } from './record.ts';

const TIMEOUT = Duration.seconds(30);

/** What stands in an environment for the secret of what is not configured. */
const NONE = 'none';

export interface DeskProps {
  foundation: Foundation;
  data: Data;
  api: Api;
  /** The module of `lib/desk-settings.ts`. */
  settingsFile: string;
  /** The module of every declaration: the desk asks their gates about an approver's edits. */
  declarationsFile: string;
}

/** The approvals desk: asks people, shows them what they decide, takes it from every channel, and keeps the time. */
export class Desk extends Construct {
  /** Where state machines put their questions. */
  readonly approvals: WorkQueue;
  readonly #props: DeskProps;
  readonly #modules: Record<string, string>;

  constructor(scope: Construct, props: DeskProps) {
    super(scope, 'desk');
    this.#props = props;
    this.#modules = { '@desk': props.settingsFile, '@declarations': props.declarationsFile };
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
    this.#wake();
    this.#sweep();
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
    letUse(ask, data.items, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    letUse(ask, data.approvals, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem');
    letUseRows(ask, data.links, ['link#*'], 'dynamodb:PutItem');
    letUseRows(ask, data.links, ['token#*'], 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    letUseRows(ask, data.control, ['away#*'], 'dynamodb:GetItem');
    // Links to sign in with are asked for by the console, and sent here.
    const links = ['signin#*', 'signin-mail#*'];
    letUseRows(ask, data.control, links, 'dynamodb:PutItem', 'dynamodb:DeleteItem');
    letContent(ask, data.content, '*', 's3:GetObject');
    letMail(ask, foundation.config.sender);
    slackSecret?.grantRead(ask);
    // A question that cannot be put, or is decided already, is answered at once instead of waiting its days out.
    letRuns(ask, workflowName(foundation.stage.name, '*'), 'SendTaskSuccess', 'SendTaskFailure');
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
        DESK_SECRET: data.deskSecret.secretArn,
        DECISION_SECRET: data.decisionSecret.secretArn,
        APPROVALS_QUEUE_URL: this.approvals.queue.queueUrl,
        BASE_URL: api.url,
      },
    });
    letUseRows(page, data.links, ['link#*'], 'dynamodb:GetItem');
    letUse(page, data.approvals, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    letUse(page, data.audit, 'dynamodb:Query');
    // Writing is for a proposal with an approver's edits.
    letContent(page, data.content, '*', 's3:GetObject', 's3:PutObject');
    for (const secret of [data.deskSecret, data.decisionSecret]) secret.grantRead(page);
    this.approvals.queue.grant(page, 'sqs:SendMessage');
    this.#routes(page, [{ method: HttpMethod.ANY, path: '/approvals/{id}' }], {
      open: 'approvers have no token: each link carries 256 random bits, and without them the page shows nothing',
    });
  }

  #console(): void {
    const { foundation, data, api } = this.#props;
    const desk = new Handler(this, 'console/console', {
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
        DESK_SECRET: data.deskSecret.secretArn,
        DECISION_SECRET: data.decisionSecret.secretArn,
        OIDC_SECRET: data.oidcSecret?.secretArn ?? NONE,
        APPROVALS_QUEUE_URL: this.approvals.queue.queueUrl,
        BASE_URL: api.url,
      },
    });
    letUse(desk, data.items, 'dynamodb:GetItem');
    letUse(desk, data.approvals, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    letQuery(desk, data.approvals, BY_DESK);
    // Putting is for the caution that an operator commands here.
    letUse(desk, data.audit, 'dynamodb:Query', 'dynamodb:PutItem');
    // Sign-in links, sessions and absences.
    letUseRows(
      desk,
      data.control,
      ['session#*', 'signin#*', 'signin-from#*', 'oidc#*', 'away#*'],
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
    );
    // Operators hold an automation.
    const held = [kindOf('*', 'caution')];
    letUseRows(desk, data.control, held, 'dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:PutItem');
    letContent(desk, data.content, '*', 's3:GetObject', 's3:PutObject');
    for (const secret of [data.deskSecret, data.decisionSecret]) secret.grantRead(desk);
    data.oidcSecret?.grantRead(desk);
    this.approvals.queue.grant(desk, 'sqs:SendMessage');
    const { ANY } = HttpMethod;
    this.#routes(
      desk,
      [
        { method: ANY, path: '/console' },
        { method: ANY, path: '/console/{proxy+}' },
      ],
      { open: 'people have no token: the console asks them to sign in' },
    );
  }

  #slack(): void {
    const { foundation, data } = this.#props;
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
    letUse(slack, data.approvals, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    letContent(slack, data.content, '*', 's3:GetObject');
    for (const secret of [data.slackSecret, data.decisionSecret]) secret.grantRead(slack);
    this.#routes(slack, [{ method: HttpMethod.POST, path: '/slack/interactions' }], {
      open: 'Slack has no token of ours: it signs each request, and the function checks the signature',
    });
  }

  #wake(): void {
    const { foundation, data } = this.#props;
    const wake = new Handler(this, 'approve/on-change', {
      memorySize: LIGHT,
      foundation,
      watched: true,
      description: 'keeps the audit, and carries a decision to the run that waits for it',
      env: {
        ITEM_TABLE: data.items.tableName,
        LINK_TABLE: data.links.tableName,
        AUDIT_TABLE: data.audit.tableName,
        APPROVALS_QUEUE_URL: this.approvals.queue.queueUrl,
      },
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
    letUseRows(wake, data.links, ['token#*'], 'dynamodb:GetItem');
    letUse(wake, data.items, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    letUse(wake, data.audit, 'dynamodb:PutItem');
    this.approvals.queue.grant(wake, 'sqs:SendMessage');
    const runs = workflowName(foundation.stage.name, '*');
    letRuns(wake, runs, 'SendTaskSuccess', 'SendTaskFailure', 'DescribeExecution', 'StartExecution');
  }

  #sweep(): void {
    const { foundation, data } = this.#props;
    const sweep = new Handler(this, 'approve/timekeeper', {
      memorySize: LIGHT,
      foundation,
      watched: true,
      description: 'the clock of the desk: reminds, escalates, expires',
      modules: this.#modules,
      env: {
        APPROVAL_TABLE: data.approvals.tableName,
        CONTROL_TABLE: data.control.tableName,
        CONTENT_BUCKET: data.content.bucketName,
        DESK_SECRET: data.deskSecret.secretArn,
        APPROVALS_QUEUE_URL: this.approvals.queue.queueUrl,
      },
    });
    // Which question a known-bad proposal follows is drawn with it.
    data.deskSecret.grantRead(sweep);
    letUse(sweep, data.approvals, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem');
    letQuery(sweep, data.approvals, BY_DESK);
    letUseRows(sweep, data.control, ['away#*'], 'dynamodb:GetItem');
    const behind = [behindKey('*')];
    letUseRows(sweep, data.control, behind, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem');
    letContent(sweep, data.content, '*', 's3:GetObject', 's3:PutObject');
    this.approvals.queue.grant(sweep, 'sqs:SendMessage');
    alarm(this, foundation.alarmTopic, 'desk/clock', workflowName(foundation.stage.name, 'desk'), {
      metric: sweep.metricInvocations({ period: FIVE_MINUTES }),
      threshold: 1,
      periods: 2,
      below: true,
      impact: 'the clock of the desk stands still: nobody is reminded, nothing escalates or expires',
    });
    new Rule(this, 'each minute', {
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(sweep, { retryAttempts: 0 })],
    });
  }

  #routes(
    fn: Handler<'approve/page' | 'console/console' | 'approve/slack'>,
    routes: Route[],
    access: { open: string },
  ) {
    const { api, foundation } = this.#props;
    keepFree(api, addRoutes(this, api.http, fn, routes, access), foundation.config.api.throttle);
  }
}
