import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { HandlerName } from '../../lambdas/contract/env.ts';
import { workQueueName } from '../../lambdas/contract/names.ts';
import { processSeconds } from '../../lambdas/models/process-time.ts';
import {
  behindKey,
  clientKey,
  endpointKey,
  itemIds,
  kindOf,
  probeKey,
  slice,
  waitKey,
} from '../../lambdas/tables/keys.ts';
import { Handler, LIGHT } from '../parts/handler.ts';
import { grantContent, grantRows, grantRuns } from '../parts/permissions.ts';
import { houseSecret } from '../parts/secret.ts';
import { ACTION_TIMEOUT, APPROVAL_TIMEOUT, itemWorkflow, workflowName } from '../parts/workflow.ts';
import { addRoutes } from '../platform/api.ts';
import type { PlatformStack } from '../platform/platform-stack.ts';
import { folderOf } from './automation-folder.ts';
import { policyVersion } from './policy-version.ts';
import { WorkQueue } from './work-queue.ts';

export interface AutomationProps extends StackProps {
  automation: Automation;
  platform: PlatformStack;
  /** Folder of the automation. @default automations/<name> */
  folder?: string;
}

/** Deliveries of a work message; the last one but one parks the item, so that only what crashes reaches the dead letters. */
const WORK_RECEIVES = 6;
/** Four tries, the deliveries that find another one at work, and a few crashes. */
const ACTION_RECEIVES = 12;

/** One vertical slice: route, intake, queue, processor, state machine, action queue, action. It deploys alone and fails alone. */
export class AutomationStack extends Stack {
  readonly #automation: Automation;
  readonly #platform: PlatformStack;
  readonly #folder: string;
  readonly #modules: Record<string, string>;

  constructor(scope: Construct, id: string, props: AutomationProps) {
    const { automation, platform } = props;
    super(scope, id, {
      ...props,
      description: `Signalbox automation ${automation.name}: ${automation.purpose}`,
    });
    this.#automation = automation;
    this.#platform = platform;
    this.#folder = props.folder ?? folderOf(automation.name);
    this.#modules = {
      '@automation/declaration': `${this.#folder}automation.ts`,
      '@automation/evaluate': `${this.#folder}evaluate.ts`,
    };
    const { foundation } = platform;
    const processTimeout = Duration.seconds(
      processSeconds(automation, Object.values(foundation.config.endpoints)),
    );
    const actTimeout = Duration.seconds(30);
    const work = this.#queue('work', processTimeout, WORK_RECEIVES, 'items between intake and their verdict');
    const actions = this.#queue('actions', actTimeout, ACTION_RECEIVES, 'actions that were allowed');

    this.#intake(work.queue);
    const machine = this.#workflow(work.queue, actions.queue);
    const about = `signs the verdicts of ${automation.name}`;
    const gate = houseSecret(this, foundation, `signalbox/gates/${automation.name}`, about, 'key');
    this.#process(work, processTimeout, machine.stateMachineArn, gate);
    this.#act(actions, actTimeout, gate);
  }

  #queue(id: string, consumerTimeout: Duration, maxReceiveCount: number, carries: string): WorkQueue {
    const { foundation } = this.#platform;
    return new WorkQueue(this, id, {
      foundation,
      // `signalbox resume` sends waiting items to the work queue, which it knows by name.
      ...(id === 'work' ? { name: workQueueName(foundation.stage.name, this.#automation.name) } : {}),
      consumerTimeout,
      maxReceiveCount,
      oldest: Duration.minutes(30),
      carries: `${this.#automation.name}: ${carries}`,
    });
  }

  #intake(work: Queue): void {
    const { foundation, data, api } = this.#platform;
    const { name } = this.#automation;
    const intake = new Handler(this, 'intake/intake', {
      foundation,
      description: `takes in items of ${name}`,
      modules: this.#modules,
      env: {
        STAGE: foundation.stage.name,
        ITEM_DAYS: String(foundation.config.retention.itemDays),
        ITEM_TABLE: data.items.tableName,
        IDEMPOTENCY_TABLE: data.idempotency.tableName,
        APPROVAL_TABLE: data.approvals.tableName,
        CONTROL_TABLE: data.control.tableName,
        CONTENT_BUCKET: data.content.bucketName,
        WORK_QUEUE_URL: work.queueUrl,
        WAITS_AT_MOST: String(foundation.config.api.waitsAtMost),
      },
    });
    // The same for both tables: it puts into them in one transaction, and AWS does not say whose keys it compares there. What an
    // action came to is like neither of the two.
    const taken = [itemIds(name), kindOf(name, 'request')];
    for (const table of [data.items, data.idempotency])
      grantRows(intake, table, taken, 'dynamodb:GetItem', 'dynamodb:PutItem');
    // Reading is for `Prefer: wait`, which answers with the finished item.
    grantRows(intake, data.approvals, [slice(name)], 'dynamodb:GetItem');
    // Whether the desk is behind: low-priority work is put off, or turned away.
    grantRows(intake, data.control, [behindKey(name)], 'dynamodb:GetItem');
    // What each client has posted today, and the places to wait: of the whole house, because a client and an account are.
    grantRows(intake, data.control, [clientKey('*', '*'), waitKey('*')], 'dynamodb:UpdateItem');
    grantContent(intake, data.content, slice(name), 's3:GetObject', 's3:PutObject');
    work.grant(intake, 'sqs:SendMessage');
    addRoutes(this, api, intake, name);
  }

  #workflow(work: Queue, actions: Queue) {
    const { foundation, data, approvals: desk } = this.#platform;
    const { name } = this.#automation;
    const approvals = desk.approvals.queue;
    const machine = itemWorkflow(this, {
      foundation,
      automation: name,
      substitutions: {
        ApprovalsQueueUrl: approvals.queueUrl,
        WorkQueueUrl: work.queueUrl,
        ActionQueueUrl: actions.queueUrl,
        ItemTable: data.items.tableName,
        ApprovalTable: data.approvals.tableName,
        ApprovalTimeoutSeconds: APPROVAL_TIMEOUT.toSeconds(),
        ActionTimeoutSeconds: ACTION_TIMEOUT.toSeconds(),
      },
    });
    machine.addToRolePolicy(
      new PolicyStatement({
        actions: ['sqs:SendMessage'],
        resources: [approvals.queueArn, work.queueArn, actions.queueArn],
      }),
    );
    grantRows(machine, data.items, [slice(name)], 'dynamodb:UpdateItem');
    grantRows(machine, data.approvals, [slice(name)], 'dynamodb:UpdateItem', 'dynamodb:GetItem');
    return machine;
  }

  #process(work: WorkQueue, timeout: Duration, stateMachineArn: string, gate: Secret): void {
    const { foundation, data, endpointsFile } = this.#platform;
    const { name, maxConcurrency } = this.#automation;
    const process = new Handler(this, 'process/process', {
      foundation,
      timeout,
      watched: true,
      description: `thinks about items of ${name}: prepare, route, evaluate, gate`,
      modules: { ...this.#modules, '@endpoints': endpointsFile },
      env: {
        ITEM_TABLE: data.items.tableName,
        IDEMPOTENCY_TABLE: data.idempotency.tableName,
        APPROVAL_TABLE: data.approvals.tableName,
        CONTROL_TABLE: data.control.tableName,
        CONTENT_BUCKET: data.content.bucketName,
        CONTENT_DAYS: String(foundation.config.retention.contentDays),
        POLICY_VERSION: policyVersion(this.#folder),
        STATE_MACHINE_ARN: stateMachineArn,
        GATE_SECRET: gate.secretArn,
        WORK_QUEUE_URL: work.queue.queueUrl,
        MAX_RECEIVES: String(WORK_RECEIVES),
      },
    });
    // Ten items wait in one invocation, so ten times as many items as invocations are in work.
    work.feed(process, foundation, Math.ceil(maxConcurrency / 10));
    work.queue.grant(process, 'sqs:ChangeMessageVisibility', 'sqs:SendMessage');
    grantRows(process, data.items, [slice(name)], 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    // What a step answered, kept answers of others, and embeddings.
    const kept = (['step', 'cache', 'embed'] as const).map((kind) => kindOf(name, kind));
    grantRows(process, data.idempotency, kept, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem');
    const spent = [kindOf(name, 'budget'), endpointKey('*')];
    grantRows(process, data.control, spent, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    const known = [behindKey(name), probeKey('*'), kindOf(name, 'calibration'), kindOf(name, 'caution')];
    grantRows(process, data.control, known, 'dynamodb:GetItem');
    this.#grantCount(process);
    // What approvers said when they sent an item back.
    grantRows(process, data.approvals, [slice(name)], 'dynamodb:GetItem');
    grantContent(process, data.content, slice(name), 's3:GetObject', 's3:PutObject');
    for (const secret of new Set(Object.values(data.endpointSecrets))) secret.grantRead(process);
    gate.grantRead(process);
    process.addToRolePolicy(
      new PolicyStatement({ actions: ['states:StartExecution'], resources: [stateMachineArn] }),
    );
  }

  /** What counts against the limits of the automation's actions. */
  #grantCount(fn: Handler<HandlerName>): void {
    const { name, actions } = this.#automation;
    if (!Object.values(actions).some(({ limits }) => limits)) return;
    grantRows(
      fn,
      this.#platform.data.control,
      [kindOf(name, 'limit')],
      'dynamodb:GetItem',
      'dynamodb:UpdateItem',
    );
  }

  #act(actions: WorkQueue, timeout: Duration, gate: Secret): void {
    const { foundation, data } = this.#platform;
    const { name, actions: declared } = this.#automation;
    const destinations = [...new Set(Object.values(declared).map(({ destination }) => destination))];
    const act = new Handler(this, 'act/act', {
      memorySize: LIGHT,
      foundation,
      timeout,
      description: `does what was allowed for ${name}, once`,
      modules: this.#modules,
      env: {
        ITEM_TABLE: data.items.tableName,
        IDEMPOTENCY_TABLE: data.idempotency.tableName,
        APPROVAL_TABLE: data.approvals.tableName,
        CONTROL_TABLE: data.control.tableName,
        CONTENT_BUCKET: data.content.bucketName,
        ACTION_QUEUE_URL: actions.queue.queueUrl,
        GATE_SECRET: gate.secretArn,
        DECISION_SECRET: data.decisionSecret.secretArn,
        DESTINATIONS: this.#destinations(destinations),
        RETRY_SCHEDULE_SECONDS: JSON.stringify(foundation.config.retryScheduleSeconds),
      },
    });
    actions.feed(act, foundation, 5);
    actions.queue.grant(act, 'sqs:ChangeMessageVisibility');
    grantRows(act, data.items, [slice(name)], 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    grantRows(act, data.idempotency, [kindOf(name, 'action')], 'dynamodb:UpdateItem');
    grantRows(act, data.approvals, [slice(name)], 'dynamodb:GetItem');
    this.#grantCount(act);
    grantContent(act, data.content, slice(name), 's3:GetObject');
    // Only the secrets of the destinations this automation has declared: another's ledger is out of its reach.
    for (const destination of destinations) data.destinationSecrets[destination]?.grantRead(act);
    // Whether the gate said what stands in the row, and whether a person did.
    for (const secret of [gate, data.decisionSecret]) secret.grantRead(act);
    grantRuns(
      act,
      workflowName(foundation.stage.name, name),
      'SendTaskSuccess',
      'SendTaskFailure',
      'DescribeExecution',
      'StartExecution',
    );
  }

  #destinations(names: readonly string[]): string {
    const { config } = this.#platform.foundation;
    const known = names.map((name) => {
      const destination = config.destinations[name];
      const secret = this.#platform.data.destinationSecrets[name];
      if (!destination || !secret) {
        throw new Error(
          `automation '${this.#automation.name}' acts on '${name}', which signalbox.config.ts does not have under 'destinations'`,
        );
      }
      return [name, { url: destination.url, secretId: secret.secretArn, idempotent: destination.idempotent }];
    });
    return this.toJsonString(Object.fromEntries(known));
  }
}
