import { Duration } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { workflowName } from '../../lambdas/contract/names.ts';
import {
  behindKey,
  driftKey,
  kindOf,
  neighbourKey,
  redrivesKey,
  reportKey,
} from '../../lambdas/tables/keys.ts';
import { alarm, FIVE_MINUTES } from '../parts/alarms.ts';
import { reservedForPeople } from '../parts/environment.ts';
import { Handler, LIGHT } from '../parts/handler.ts';
import { BREAKERS } from '../parts/neighbours.ts';
import { failedBatches, WorkQueue } from '../parts/queue.ts';
import { content } from '../parts/uses/files.ts';
import {
  actionQueues,
  changes,
  commands,
  every,
  index,
  mail,
  queue,
  rows,
  runs,
  secret,
  sharedKeys,
  TELLS_OF_ALL,
  table,
} from '../parts/uses.ts';
import { type Api, addRoutes } from './api.ts';
import { BY_AUTOMATION, BY_PHASE, BY_PROMISE, BY_REFERENCE, type Data } from './data.ts';
import type { Foundation } from './foundation.ts';

/** What the clock writes down of a promise. It decides nothing. */
const OF_PROMISE = ['id', 'generation', 'status', 'promised', 'promisedUntil', 'timeline', 'updatedAt'];

const TIMEOUT = Duration.seconds(30);

export interface ApprovalsProps {
  foundation: Foundation;
  data: Data;
  api: Api;
  /** Carries out what operators command in the console. */
  commands: IFunction;
}

/** Asks people, shows them what they decide, takes it from every channel, and keeps the time. */
export class Approvals extends Construct {
  /** Where state machines put their questions. */
  readonly approvals: WorkQueue;
  readonly #props: ApprovalsProps;

  constructor(scope: Construct, props: ApprovalsProps) {
    super(scope, 'approvals');
    this.#props = props;
    this.approvals = new WorkQueue(this, 'approvals', {
      foundation: props.foundation,
      consumerTimeout: TIMEOUT,
      maxReceiveCount: 6,
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
    const ask = new Handler(this, 'approve/ask', {
      memorySize: LIGHT,
      foundation,
      timeout: TIMEOUT,
      description: 'asks approvers: one link each, by mail and Slack',
      uses: [
        table(data, 'ITEM_TABLE', every('GetItem', 'UpdateItem')),
        table(data, 'APPROVAL_TABLE', every('GetItem', 'PutItem', 'UpdateItem')),
        table(
          data,
          'LINK_TABLE',
          rows(['link#*'], 'PutItem'),
          rows(['token#*'], 'GetItem', 'UpdateItem'),
          // Whom it has told that what they approved was not done.
          rows(['told#*'], 'UpdateItem'),
        ),
        table(
          data,
          'CONTROL_TABLE',
          rows(['away#*'], 'GetItem'),
          // Links to sign in with are asked for by the console, and sent here.
          rows(['signin#*', 'signin-mail#*'], 'PutItem', 'DeleteItem'),
        ),
        content(data, '*', 'GetObject'),
        // What the rate of mails leaves no slot for comes anew, later.
        queue('APPROVALS_QUEUE_URL', this.approvals.queue, 'ChangeMessageVisibility', 'SendMessage'),
        mail(foundation.config.sender),
        secret('SLACK_SECRET', data.slackSecret),
        // A question that cannot be put, or is decided already, is answered at once instead of waiting its
        // days out.
        runs(workflowName(foundation.environment.name, '*'), 'SendTaskSuccess', 'SendTaskFailure'),
        actionQueues(foundation.environment),
      ],
      tells: { BASE_URL: api.url },
    });
    this.approvals.feed(ask, foundation, 2);
  }

  #page(): void {
    const { foundation, data, api } = this.#props;
    const page = new Handler(this, 'approve/page', {
      foundation,
      description: 'shows a question to who holds its link, and takes the decision',
      reserved: reservedForPeople(foundation.config.api.reservedForPeople, foundation.environment),
      uses: [
        table(data, 'LINK_TABLE', rows(['link#*'], 'GetItem')),
        // What became of a decision, and of the item that was sent back.
        table(data, 'ITEM_TABLE', every('GetItem')),
        // The index tells how many others wait for the same person.
        table(data, 'APPROVAL_TABLE', every('GetItem', 'UpdateItem'), index(BY_PHASE)),
        table(data, 'AUDIT_TABLE', every('Query')),
        // Writing is for a proposal with an approver's edits.
        content(data, '*', 'GetObject', 'PutObject'),
        sharedKeys('FORM_KEYS', foundation.environment),
        sharedKeys('DECISION_KEYS', foundation.environment),
        queue('APPROVALS_QUEUE_URL', this.approvals.queue, 'SendMessage'),
      ],
      tells: { BASE_URL: api.url },
    });
    addRoutes(this, api, page);
  }

  #console(): void {
    const { foundation, data, api } = this.#props;
    // Sign-in links, sessions and absences.
    const signIn = ['session#*', 'signin#*', 'signin-from#*', 'oidc#*', 'away#*'];
    const consoleFn = new Handler(this, 'console/console', {
      foundation,
      description: 'the console of approvers, operators and auditors',
      reserved: reservedForPeople(foundation.config.api.reservedForPeople, foundation.environment),
      uses: [
        // Operators find items by what they know of them.
        table(
          data,
          'ITEM_TABLE',
          every('GetItem', 'BatchGetItem'),
          index(BY_AUTOMATION),
          index(BY_REFERENCE),
        ),
        table(data, 'IDEMPOTENCY_TABLE', rows([kindOf('*', 'request')], 'GetItem')),
        // Many at a time: what people had decided of items that another threshold is asked about.
        table(data, 'APPROVAL_TABLE', every('GetItem', 'BatchGetItem', 'UpdateItem'), index(BY_PHASE)),
        table(data, 'AUDIT_TABLE', every('Query')),
        // What an operator commands here is not the console's to do.
        commands(this.#props.commands),
        table(
          data,
          'CONTROL_TABLE',
          rows(signIn, 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'),
          // What operators hold, how far their redrives have come, what is spent, and who gets no calls.
          rows(
            [kindOf('*', 'caution'), kindOf('*', 'review'), kindOf('*', 'release')],
            ...(['GetItem', 'BatchGetItem'] as const),
          ),
          rows([kindOf('*', 'shadow'), kindOf('*', 'similar'), kindOf('*', 'surrogate')], 'GetItem'),
          // What people are to look at afterwards, and what they say to it.
          rows([kindOf('*', 'sample')], 'GetItem', 'BatchGetItem', 'PutItem'),
          rows(
            [kindOf('*', 'redrive'), redrivesKey(), kindOf('*', 'budget'), kindOf('*', 'hold'), ...BREAKERS],
            'GetItem',
          ),
          // How automations go, and what was reported of a week.
          rows([kindOf('*', 'statistics'), kindOf('*', 'budget')], 'BatchGetItem'),
          rows([reportKey('*'), driftKey('*'), driftKey('*', 'pinned')], 'GetItem'),
        ),
        content(data, '*', 'GetObject', 'PutObject'),
        sharedKeys('FORM_KEYS', foundation.environment),
        sharedKeys('DECISION_KEYS', foundation.environment),
        secret('OIDC_SECRET', data.oidcSecret),
        queue('APPROVALS_QUEUE_URL', this.approvals.queue, 'SendMessage'),
      ],
      tells: { BASE_URL: api.url },
    });
    addRoutes(this, api, consoleFn);
  }

  #slack(): void {
    const { foundation, data, api } = this.#props;
    if (!data.slackSecret) return;
    const slack = new Handler(this, 'approve/slack', {
      foundation,
      description: 'takes decisions from Slack buttons',
      uses: [
        table(data, 'APPROVAL_TABLE', every('GetItem', 'UpdateItem')),
        content(data, '*', 'GetObject'),
        secret('SLACK_SECRET', data.slackSecret),
        sharedKeys('DECISION_KEYS', foundation.environment),
      ],
    });
    addRoutes(this, api, slack);
  }

  #onChange(): void {
    const { foundation, data } = this.#props;
    const onChange = new Handler(this, 'approve/on-change', {
      ...{ foundation, memorySize: LIGHT, watched: true },
      description: 'keeps the audit, and carries a decision to the run that waits for it',
      uses: [
        table(data, 'LINK_TABLE', rows(['token#*'], 'GetItem')),
        table(data, 'ITEM_TABLE', every('GetItem', 'UpdateItem')),
        table(data, 'AUDIT_TABLE', every('PartiQLInsert')),
        queue('APPROVALS_QUEUE_URL', this.approvals.queue, 'SendMessage'),
        runs(
          workflowName(foundation.environment.name, '*'),
          ...(['SendTaskSuccess', 'SendTaskFailure', 'DescribeExecution', 'StartExecution'] as const),
        ),
        actionQueues(foundation.environment),
      ],
    });
    onChange.addEventSource(
      new DynamoEventSource(data.approvals as ITable, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        ...failedBatches(this, foundation),
        // A decision is tried for as long as the stream keeps it, less the hours a person needs to see the
        // alarm.
        retryAttempts: -1,
        maxRecordAge: Duration.hours(20),
      }),
    );
  }

  #timekeeper(): void {
    const { foundation, data } = this.#props;
    const timekeeper = new Handler(this, 'approve/timekeeper', {
      ...{ foundation, memorySize: LIGHT, watched: true, ticks: true },
      description: 'the clock of approvals and promises: reminds, escalates, expires, completes',
      uses: [
        table(data, 'APPROVAL_TABLE', every('GetItem', 'PutItem', 'UpdateItem'), index(BY_PHASE)),
        table(data, 'ITEM_TABLE', every('GetItem'), index(BY_PROMISE), changes(OF_PROMISE)),
        table(
          data,
          'CONTROL_TABLE',
          rows(['away#*'], 'GetItem'),
          // Whether a source is back, for what was thought about without it.
          rows([neighbourKey('source', '*')], 'GetItem'),
          rows([behindKey('*')], 'GetItem', 'PutItem', 'DeleteItem'),
          TELLS_OF_ALL,
        ),
        content(data, '*', 'GetObject', 'PutObject'),
        // Which question a known-bad proposal follows is drawn with it.
        sharedKeys('FORM_KEYS', foundation.environment),
        queue('APPROVALS_QUEUE_URL', this.approvals.queue, 'SendMessage'),
      ],
    });
    alarm(
      this,
      foundation.alarmTopics,
      'approvals/timekeeper',
      workflowName(foundation.environment.name, 'approvals'),
      {
        metric: timekeeper.metricInvocations({ period: FIVE_MINUTES }),
        threshold: 1,
        periods: 2,
        below: true,
        impact: 'the clock of approvals stands still: nobody is reminded, nothing escalates or expires',
      },
    );
    new Rule(this, 'each minute', {
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(timekeeper, { retryAttempts: 0 })],
    });
  }
}
