import { Duration, type Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { hasBatches } from '../../lambdas/contract/steps/batch.ts';
import { holdKey, kindOf, slice } from '../../lambdas/tables/keys.ts';
import { Handler } from '../parts/handler.ts';
import { content } from '../parts/uses/files.ts';
import { endpointKeys, index, queue, rows, table } from '../parts/uses.ts';
import { batchWorkflow } from '../parts/workflow.ts';
import type { Slot } from './reader.ts';

const TIMEOUT = Duration.minutes(5);
/** A file of ten thousand requests is written and read in one look. */
const MEMORY = 1769;
/** How soon a run begins where requests wait, or follows one that died. */
const EVERY = Duration.minutes(15);
const PAUSE_SECONDS = 60;
/** The most that a request waits for others. */
const GATHER_SECONDS = 3600;
/** On a laptop somebody looks on. */
const LOCAL_PAUSE_SECONDS = 2;
const LOCAL_GATHER_SECONDS = 5;

/** Who looks after the batches of an automation, where it declares some. */
export function batchOf(stack: Stack, { automation, platform, folder, work, urgent }: Slot): void {
  if (!hasBatches(automation)) return;
  const { name } = automation;
  const { foundation, data } = platform;
  const { local } = foundation.environment;
  const pause = local ? LOCAL_PAUSE_SECONDS : PAUSE_SECONDS;
  const batch = new Handler(stack, 'models/batch', {
    ...{ foundation, folder, timeout: TIMEOUT, memorySize: MEMORY },
    description: `looks after the batches of ${name}: collects, submits, and takes what came back`,
    uses: [
      // Who is to be sent on, and whether anybody waits still.
      table(data, 'ITEM_TABLE', rows([slice(name)], 'BatchGetItem')),
      table(
        data,
        'IDEMPOTENCY_TABLE',
        rows([kindOf(name, 'batch')], 'GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem'),
        index('byItem', [kindOf(name, 'batch')]),
      ),
      table(
        data,
        'CONTROL_TABLE',
        // What requests cost, who has the batches in hand, and how they stand.
        rows([kindOf(name, 'budget'), kindOf(name, 'batch')], 'UpdateItem'),
        rows([holdKey(name)], 'GetItem'),
      ),
      content(data, slice(name), 'GetObject', 'PutObject'),
      endpointKeys(data),
      queue('WORK_QUEUE_URL', work, 'SendMessage'),
      queue('URGENT_QUEUE_URL', urgent, 'SendMessage'),
    ],
    tells: {
      LIMIT_SECONDS: String(TIMEOUT.toSeconds()),
      PAUSE_SECONDS: String(pause),
      GATHER_SECONDS: String(local ? LOCAL_GATHER_SECONDS : GATHER_SECONDS),
    },
  });
  const machine = batchWorkflow(stack, {
    ...{ foundation, automation: name },
    substitutions: { FunctionArn: batch.functionArn, PauseSeconds: pause },
  });
  machine.addToRolePolicy(
    new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [batch.functionArn] }),
  );
  new Rule(stack, 'batches every', {
    description: `looks whether requests of ${name} wait for a batch`,
    schedule: Schedule.rate(local ? Duration.minutes(1) : EVERY),
    targets: [new SfnStateMachine(machine)],
  });
}
