import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { Destination } from '../../lambdas/contract/neighbour.ts';
import { processSeconds } from '../../lambdas/models/process-time.ts';
import { behindKey, kindOf, laneKey, neighbourKey, probeKey, slice } from '../../lambdas/tables/keys.ts';
import { Handler, LIGHT, THINKING, THINKING_WITH_FILES } from '../parts/handler.ts';
import { grantRows } from '../parts/permissions.ts';
import { WorkQueue } from '../parts/queue.ts';
import { houseSecret } from '../parts/secret.ts';
import {
  content,
  destinations,
  endpointKeys,
  nothing,
  queue,
  rows,
  secret,
  spares,
  starts,
  table,
} from '../parts/uses.ts';
import { APPROVAL_TIMEOUT, itemWorkflow } from '../parts/workflow.ts';
import type { PlatformStack } from '../platform/platform-stack.ts';
import { folderOf } from './automation-folder.ts';
import { doorsOf } from './doors.ts';
import { intakeOf } from './intake.ts';
import { lanesOf, queuesOf, type WorkLanes } from './lanes.ts';
import { policyVersion } from './policy-version.ts';
import { readerOf } from './reader.ts';
import { silenceOf } from './silence.ts';

export interface AutomationProps extends StackProps {
  automation: Automation;
  platform: PlatformStack;
  /** Folder of the automation. @default automations/<name> */
  folder?: string;
}

/**
 * Deliveries of a work message; the last one but one parks the item, so that only what crashes reaches the
 * dead letters.
 */
const WORK_RECEIVES = 6;
/** Four tries, the deliveries that find another one at work, and a few crashes. The last one parks the item. */
const ACTION_RECEIVES = 12;

/**
 * An answer of a destination that comes later is none. With the wait for a slot well under the function's own
 * timeout.
 */
const DESTINATION_SECONDS = 10;

/**
 * One vertical slice: route, intake, queue, processor, state machine, action queue, action. It deploys alone
 * and fails alone.
 */
export class AutomationStack extends Stack {
  readonly #automation: Automation;
  readonly #platform: PlatformStack;
  readonly #folder: string;

  constructor(scope: Construct, id: string, props: AutomationProps) {
    const { automation, platform } = props;
    super(scope, id, {
      ...props,
      description: `Signalbox automation ${automation.name}: ${automation.purpose}`,
    });
    this.#automation = automation;
    this.#platform = platform;
    this.#folder = props.folder ?? folderOf(automation.name);
    const { foundation } = platform;
    const processTimeout = Duration.seconds(
      processSeconds(automation, Object.values(foundation.config.endpoints)),
    );
    const actTimeout = Duration.seconds(30);
    const consumer = { consumerTimeout: processTimeout, maxReceiveCount: WORK_RECEIVES };
    const lanes = lanesOf(this, platform, automation, consumer);
    const actions = this.#queue('actions', actTimeout, ACTION_RECEIVES, 'actions that were allowed');

    const slot = { automation, platform, folder: this.#folder, ...queuesOf(lanes) };
    const reads = readerOf(this, slot);
    intakeOf(this, { ...slot, reads });
    doorsOf(this, { ...slot, reads });
    silenceOf(this, slot);
    const machine = this.#workflow(lanes.work.queue, actions.queue);
    const about = `signs the verdicts of ${automation.name}`;
    const gate = houseSecret(this, foundation, `signalbox/gates/${automation.name}`, about, 'key');
    this.#process(lanes, { actions: actions.queue, reads }, processTimeout, machine.stateMachineArn, gate);
    this.#act(actions, actTimeout, gate);
  }

  get #warm() {
    return this.#platform.foundation.config.warm.automations[this.#automation.name];
  }

  #queue(id: string, consumerTimeout: Duration, maxReceiveCount: number, carries: string): WorkQueue {
    const { foundation } = this.#platform;
    return new WorkQueue(this, id, {
      foundation,
      consumerTimeout,
      maxReceiveCount,
      oldest: Duration.minutes(30),
      carries: `${this.#automation.name}: ${carries}`,
    });
  }

  #workflow(work: Queue, actions: Queue) {
    const { foundation, data, approvals: asking } = this.#platform;
    const { name } = this.#automation;
    const approvals = asking.approvals.queue;
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

  #process(
    { work, urgent }: WorkLanes,
    { actions, reads }: { actions: Queue; reads: Queue | undefined },
    timeout: Duration,
    stateMachineArn: string,
    gate: Secret,
  ): void {
    const { foundation, data } = this.#platform;
    const { name, maxConcurrency, documents, duplicates, promise, repair } = this.#automation;
    const process = new Handler(this, 'process/process', {
      memorySize: documents ? THINKING_WITH_FILES : THINKING,
      ...{ foundation, timeout, watched: true, folder: this.#folder, warm: this.#warm?.process },
      description: `thinks about items of ${name}: prepare, route, evaluate, gate`,
      uses: [
        // It reads strangers' text: what an action came to is not its to say.
        table(data, 'ITEM_TABLE', rows([slice(name)], 'GetItem', 'UpdateItem'), spares('ledger')),
        table(
          data,
          'IDEMPOTENCY_TABLE',
          // What a step answered, kept answers of others, embeddings, and what clients call their fields.
          rows(
            [...(['step', 'cache', 'embed'] as const), ...(repair?.model ? (['mapping'] as const) : [])].map(
              (kind) => kindOf(name, kind),
            ),
            ...(['GetItem', 'PutItem', 'BatchWriteItem'] as const),
          ),
          // Which item was the first with a key, or with a text like another's.
          duplicates
            ? rows([kindOf(name, 'duplicate')], 'GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem')
            : nothing,
        ),
        // What approvers said when they sent an item back.
        table(data, 'APPROVAL_TABLE', rows([slice(name)], 'GetItem')),
        table(
          data,
          'CONTROL_TABLE',
          rows([kindOf(name, 'budget'), neighbourKey('endpoint', '*')], 'GetItem', 'UpdateItem'),
          rows([behindKey(name), probeKey('*'), kindOf(name, 'calibration')], 'GetItem'),
          // How late work is, and when what was deferred comes back.
          rows([laneKey(name, 'slots')], 'UpdateItem'),
          promise ? rows([laneKey(name, 'late')], 'GetItem', 'PutItem') : nothing,
          // Read in one call, which one statement has to allow with all its keys.
          rows([kindOf(name, 'caution'), ...this.#limitKeys()], 'GetItem', 'BatchGetItem'),
          this.#counts(),
        ),
        content(data, slice(name), 'GetObject', 'PutObject'),
        endpointKeys(data),
        secret('GATE_SECRET', gate),
        queue('WORK_QUEUE_URL', work.queue, 'ChangeMessageVisibility', 'SendMessage'),
        queue('URGENT_QUEUE_URL', urgent?.queue, 'ChangeMessageVisibility', 'SendMessage'),
        // What an operator let go on before it was read.
        queue('READ_QUEUE_URL', reads, 'SendMessage'),
        // What acts alone, and what asks.
        queue('ACTION_QUEUE_URL', actions, 'SendMessage'),
        starts(stateMachineArn),
      ],
      tells: {
        CONTENT_DAYS: String(foundation.config.retention.contentDays),
        POLICY_VERSION: policyVersion(this.#folder),
        MAX_RECEIVES: String(WORK_RECEIVES),
        LIMIT_SECONDS: String(timeout.toSeconds()),
      },
    });
    // Ten items wait in one invocation, so ten times as many items as invocations are in work.
    work.feed(process.invoked, foundation, Math.ceil(maxConcurrency / 10));
    // Beside them, so that a flood of others leaves it free.
    urgent?.feed(process.invoked, foundation, 2);
  }

  /** What counts against the limits of the automation's actions. */
  #counts() {
    const keys = this.#limitKeys();
    return keys.length > 0 ? rows(keys, 'GetItem', 'BatchGetItem', 'UpdateItem') : nothing;
  }

  #limitKeys(): string[] {
    const { name, actions } = this.#automation;
    return Object.values(actions).some(({ limits }) => limits) ? [kindOf(name, 'limit')] : [];
  }

  #act(actions: WorkQueue, timeout: Duration, gate: Secret): void {
    const { foundation, data } = this.#platform;
    const { name } = this.#automation;
    const act = new Handler(this, 'act/act', {
      ...{ foundation, timeout, folder: this.#folder },
      memorySize: LIGHT,
      description: `does what was allowed for ${name}, once`,
      uses: [
        table(data, 'ITEM_TABLE', rows([slice(name)], 'GetItem', 'BatchGetItem', 'UpdateItem')),
        table(data, 'APPROVAL_TABLE', rows([slice(name)], 'GetItem', 'BatchGetItem')),
        table(data, 'CONTROL_TABLE', this.#counts(), this.#breakers()),
        content(data, slice(name), 'GetObject'),
        // Sending is for what waits for its destination.
        queue('ACTION_QUEUE_URL', actions.queue, 'ChangeMessageVisibility', 'SendMessage'),
        // Whether the gate said what stands in the row, and whether a person did.
        secret('GATE_SECRET', gate),
        secret('DECISION_SECRET', data.decisionSecret),
        this.#destinations(),
      ],
      tells: {
        RETRY_SCHEDULE_SECONDS: JSON.stringify(foundation.config.retryScheduleSeconds),
        MAX_RECEIVES: String(ACTION_RECEIVES),
      },
    });
    actions.feed(act, foundation, 5);
  }

  #declared(): string[] {
    return [...new Set(Object.values(this.#automation.actions).map(({ destination }) => destination))];
  }

  /** Of the destinations that this automation has declared. */
  #breakers() {
    const keys = this.#declared().map((name) => neighbourKey('destination', name));
    return keys.length > 0 ? rows(keys, 'GetItem', 'UpdateItem') : nothing;
  }

  /** Only those that this automation has declared: another's secret is out of its reach. */
  #destinations() {
    const { config } = this.#platform.foundation;
    const secrets: Secret[] = [];
    const known = this.#declared().map((name) => {
      const destination = config.destinations[name];
      const used = this.#platform.data.destinationSecrets[name];
      if (!destination || !used) {
        throw new Error(
          `automation '${this.#automation.name}' acts on '${name}', which signalbox.config.ts does not have under 'destinations'`,
        );
      }
      secrets.push(used);
      const { url, idempotent, requestsPerMinute } = destination;
      const told: Destination = {
        ...{ kind: 'destination', name, url, idempotent, secretId: used.secretArn },
        ...{ timeoutSeconds: DESTINATION_SECONDS, ...(requestsPerMinute ? { requestsPerMinute } : {}) },
      };
      return [name, told];
    });
    return destinations(this.toJsonString(Object.fromEntries(known)), secrets);
  }
}
