import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { hasBatches } from '../../lambdas/contract/steps/batch.ts';
import { processSeconds } from '../../lambdas/models/process-time.ts';
import {
  behindKey,
  holdKey,
  kindOf,
  laneKey,
  neighbourKey,
  probeKey,
  slice,
} from '../../lambdas/tables/keys.ts';
import { Handler, LIGHT, THINKING, THINKING_WITH_FILES } from '../parts/handler.ts';
import { grantRows } from '../parts/permissions.ts';
import { WorkQueue } from '../parts/queue.ts';
import { content, knowledge } from '../parts/uses/files.ts';
import {
  endpointKeys,
  keys,
  nothing,
  queue,
  rows,
  sharedKeys,
  spares,
  starts,
  table,
  tells,
} from '../parts/uses.ts';
import { APPROVAL_TIMEOUT, itemWorkflow } from '../parts/workflow.ts';
import { keysFor } from '../platform/own-keys.ts';
import type { PlatformStack } from '../platform/platform-stack.ts';
import { retentionOf } from '../retention.ts';
import { folderOf } from './automation-folder.ts';
import { batchOf } from './batch.ts';
import { destinationsOf } from './destinations.ts';
import { doorsOf } from './doors.ts';
import { forwardOf } from './forward.ts';
import { intakeOf } from './intake.ts';
import { lanesOf, queuesOf, type WorkLanes } from './lanes.ts';
import { learnsIn, surrogatesOn } from './learning/surrogates.ts';
import { policyVersion } from './policy-version.ts';
import { readerOf } from './reader.ts';
import { silenceOf } from './silence.ts';
import { similarOf } from './similar.ts';
import { sourcesOf } from './sources.ts';

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
/** Batches of actions at a time, at least: more where more is thought about at once. */
const ACTING = 5;
/** Four tries, the deliveries that find another one at work, and a few crashes. The last one parks the item. */
const ACTION_RECEIVES = 12;

/** Ten items wait in one invocation, so ten times as many items as invocations are in work. */
const batchesOf = ({ maxConcurrency }: Automation): number => Math.ceil(maxConcurrency / 10);

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
    const { endpoints, sources } = foundation.config;
    const asked = Object.values(automation.lookups ?? {}).flatMap(({ source }) => sources[source] ?? []);
    const processTimeout = Duration.seconds(processSeconds(automation, Object.values(endpoints), asked));
    const actTimeout = Duration.seconds(30);
    const consumer = { consumerTimeout: processTimeout, maxReceiveCount: WORK_RECEIVES };
    const lanes = lanesOf(this, platform, automation, consumer);
    const actions = this.#queue('actions', actTimeout, ACTION_RECEIVES);

    const slot = { automation, platform, folder: this.#folder, ...queuesOf(lanes) };
    const reads = readerOf(this, slot);
    for (const make of [intakeOf, doorsOf, forwardOf]) make(this, { ...slot, reads });
    for (const make of [silenceOf, batchOf, surrogatesOn]) make(this, slot);
    const machine = this.#workflow(lanes, actions.queue);
    const gate = keysFor(this, { foundation, data: platform.data, purpose: `gates/${automation.name}` });
    this.#process(lanes, { actions: actions.queue, reads }, processTimeout, machine.stateMachineArn, gate);
    this.#act(actions, actTimeout, gate);
  }

  get #warm() {
    return this.#platform.foundation.config.warm.automations[this.#automation.name];
  }

  #queue(id: string, consumerTimeout: Duration, maxReceiveCount: number): WorkQueue {
    return new WorkQueue(this, id, {
      foundation: this.#platform.foundation,
      consumerTimeout,
      maxReceiveCount,
    });
  }

  #workflow({ work: { queue: work }, urgent }: WorkLanes, actions: Queue) {
    const { foundation, data, approvals: asking } = this.#platform;
    const { name } = this.#automation;
    const approvals = asking.approvals.queue;
    const machine = itemWorkflow(this, {
      foundation,
      automation: name,
      substitutions: {
        ApprovalsQueueUrl: approvals.queueUrl,
        WorkQueueUrl: work.queueUrl,
        UrgentQueueUrl: (urgent?.queue ?? work).queueUrl,
        ActionQueueUrl: actions.queueUrl,
        ItemTable: data.items.tableName,
        ApprovalTable: data.approvals.tableName,
        ApprovalTimeoutSeconds: APPROVAL_TIMEOUT.toSeconds(),
      },
    });
    machine.addToRolePolicy(
      new PolicyStatement({
        actions: ['sqs:SendMessage'],
        resources: [approvals, work, ...(urgent ? [urgent.queue] : []), actions].map(
          ({ queueArn }) => queueArn,
        ),
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
    gate: IFunction,
  ): void {
    const { foundation, data } = this.#platform;
    const { name, documents, duplicates, hints, promise, repair, lookups = {} } = this.#automation;
    const like = similarOf(this.#automation);
    const asked = sourcesOf(this, this.#platform, this.#automation, Object.values(lookups));
    const process = new Handler(this, 'process/process', {
      // A collection of the bucket is held whole.
      memorySize: documents || this.#synced().length > 0 ? THINKING_WITH_FILES : THINKING,
      ...{ foundation, timeout, folder: this.#folder, warm: this.#warm?.process },
      description: `thinks about items of ${name}: prepare, route, evaluate, gate`,
      uses: [
        // It reads strangers' text: what an action came to is not its to say.
        table(data, 'ITEM_TABLE', rows([slice(name)], 'GetItem', 'UpdateItem'), like.items, spares('ledger')),
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
          // What approvers' edits taught.
          hints ? rows([kindOf(name, 'hint')], 'GetItem') : nothing,
          // Requests that wait for a batch.
          hasBatches(this.#automation) ? rows([kindOf(name, 'batch')], 'GetItem', 'PutItem') : nothing,
          like.kept,
          learnsIn(this.#automation).examples,
        ),
        // What approvers said when they sent an item back.
        table(data, 'APPROVAL_TABLE', rows([slice(name)], 'GetItem')),
        table(
          data,
          'CONTROL_TABLE',
          rows(
            [kindOf(name, 'budget'), neighbourKey('endpoint', '*'), ...asked.breakers],
            'GetItem',
            'UpdateItem',
          ),
          tells(name),
          rows([behindKey(name), holdKey(name), probeKey('*'), kindOf(name, 'calibration')], 'GetItem'),
          // What a release came to that thinks beside.
          rows([kindOf(name, 'shadow')], 'UpdateItem'),
          like.learnt,
          like.audited,
          // How late work is, and when what was deferred comes back.
          rows([laneKey(name, 'slots')], 'UpdateItem'),
          promise ? rows([laneKey(name, 'late')], 'GetItem', 'PutItem') : nothing,
          // Read in one call, which one statement has to allow with all its keys.
          rows(
            [kindOf(name, 'caution'), kindOf(name, 'release'), ...this.#limitKeys()],
            ...(['GetItem', 'BatchGetItem'] as const),
          ),
          this.#counts(),
          learnsIn(this.#automation).stands,
        ),
        content(data, slice(name), 'GetObject', 'PutObject'),
        endpointKeys(data),
        asked.use,
        knowledge(data, this.#synced()),
        keys('GATE_KEYS', gate.functionName),
        queue('WORK_QUEUE_URL', work.queue, 'ChangeMessageVisibility', 'SendMessage'),
        queue('URGENT_QUEUE_URL', urgent?.queue, 'ChangeMessageVisibility', 'SendMessage'),
        // What an operator let go on before it was read.
        queue('READ_QUEUE_URL', reads, 'SendMessage'),
        // What acts alone, and what asks.
        queue('ACTION_QUEUE_URL', actions, 'SendMessage'),
        starts(stateMachineArn),
      ],
      tells: {
        STAGE: foundation.environment.name,
        CONTENT_DAYS: String(retentionOf(this.#automation, foundation.config).contentDays),
        POLICY_VERSION: policyVersion(this.#folder),
        MAX_RECEIVES: String(WORK_RECEIVES),
        LIMIT_SECONDS: String(timeout.toSeconds()),
      },
    });
    work.feed(process.invoked, foundation, batchesOf(this.#automation));
    // Beside them, so that a flood of others leaves it free.
    urgent?.feed(process.invoked, foundation, 2);
  }

  /** Collections that lie in the bucket: those of the folder are in the bundle. */
  #synced(): string[] {
    const { collections = {} } = this.#automation;
    return Object.entries(collections).flatMap(([name, { from }]) => (from === 'synced' ? [name] : []));
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

  #act(actions: WorkQueue, timeout: Duration, gate: IFunction): void {
    const { foundation, data } = this.#platform;
    const { name, hints } = this.#automation;
    const destinations = destinationsOf(this, this.#platform, this.#automation);
    const act = new Handler(this, 'act/act', {
      ...{ foundation, timeout, folder: this.#folder },
      memorySize: LIGHT,
      description: `does what was allowed for ${name}, once`,
      uses: [
        table(data, 'ITEM_TABLE', rows([slice(name)], 'GetItem', 'BatchGetItem', 'UpdateItem')),
        table(data, 'APPROVAL_TABLE', rows([slice(name)], 'GetItem', 'BatchGetItem')),
        table(
          data,
          'CONTROL_TABLE',
          rows([holdKey(name)], 'GetItem'),
          this.#counts(),
          destinations.breakers,
          destinations.suppressed,
        ),
        // What approvers' edits teach.
        table(data, 'IDEMPOTENCY_TABLE', hints ? rows([kindOf(name, 'hint')], 'PutItem') : nothing),
        content(data, slice(name), 'GetObject'),
        // Sending is for what waits for its destination.
        queue('ACTION_QUEUE_URL', actions.queue, 'ChangeMessageVisibility', 'SendMessage'),
        // Whether the gate said what stands in the row, and whether a person did.
        keys('GATE_KEYS', gate.functionName),
        sharedKeys('DECISION_KEYS', foundation.environment),
        ...destinations.uses,
      ],
      tells: {
        RETRY_SCHEDULE_SECONDS: JSON.stringify(foundation.config.retryScheduleSeconds),
        MAX_RECEIVES: String(ACTION_RECEIVES),
        CONTENT_DAYS: String(retentionOf(this.#automation, foundation.config).contentDays),
      },
    });
    actions.feed(act, foundation, Math.max(ACTING, batchesOf(this.#automation)));
  }
}
