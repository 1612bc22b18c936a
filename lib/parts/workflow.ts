import { readFileSync } from 'node:fs';
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { vendedLog, workflowName } from '../../lambdas/contract/names.ts';
import type { Foundation } from '../platform/foundation.ts';
import { alarm, FIVE_MINUTES } from './alarms.ts';

export const ITEM_DEFINITION = new URL('../../statemachines/item.asl.json', import.meta.url);

export const BATCH_DEFINITION = new URL('../../statemachines/batch.asl.json', import.meta.url);

export interface WorkflowProps {
  foundation: Foundation;
  automation: string;
  /**
   * What fills the `${Substitutions}` of the definition: strings stay as they are, a number replaces the
   * whole value.
   */
  substitutions: Record<string, string | number>;
}

/** One automation's deployed copy of `statemachines/item.asl.json`. */
export function itemWorkflow(scope: Construct, props: WorkflowProps): StateMachine {
  const { foundation, automation } = props;
  return machine(scope, props, {
    ...{ id: 'item', definition: ITEM_DEFINITION, log: automation },
    // Whoever answers its runs knows it by this.
    name: workflowName(foundation.environment.name, automation),
  });
}

/** The same of `statemachines/batch.asl.json`. Nobody else needs to know it by its name. */
export function batchWorkflow(scope: Construct, props: WorkflowProps): StateMachine {
  const { foundation, automation } = props;
  return machine(scope, props, {
    ...{ id: 'batches', definition: BATCH_DEFINITION, log: `${automation}-batches` },
    // Failed runs of items are told of by EventBridge, by the name of their machine; this one has none.
    where: `${workflowName(foundation.environment.name, automation)} batches`,
    impact:
      'nobody looked after the batches for a while: what waits for them may be asked at once, at the full price',
  });
}

interface Machine {
  id: string;
  definition: URL;
  log: string;
  name?: string;
  /** Of its alarm, where EventBridge does not tell of failed runs. */
  where?: string;
  impact?: string;
}

function machine(
  scope: Construct,
  { foundation, substitutions }: WorkflowProps,
  { id, definition, log, name, where, impact }: Machine,
): StateMachine {
  const { config, environment, alarmTopics } = foundation;
  const made = new StateMachine(scope, id, {
    ...(name === undefined ? {} : { stateMachineName: name }),
    stateMachineType: StateMachineType.STANDARD,
    definitionBody: DefinitionBody.fromString(substitute(readFileSync(definition, 'utf8'), substitutions)),
    tracingEnabled: true,
    logs: {
      destination: new LogGroup(scope, `${id} log`, {
        logGroupName: vendedLog('states', environment.name, log),
        retention: config.retention.logDays as RetentionDays,
        removalPolicy: environment.named,
      }),
      level: LogLevel.ERROR,
      includeExecutionData: false,
    },
    // It has a fixed name and holds nothing that the items table does not say: one that was kept would be in
    // the way of the next.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  Validations.of(made).acknowledge(
    {
      id: 'AwsSolutions-SF1',
      reason:
        'the timeline in the items table tells each step; a log of every event would cost more than the run',
    },
    {
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray and the delivery of logs have no resources that a policy could name',
    },
  );
  if (where && impact)
    alarm(scope, alarmTopics, 'workflow/failed', where, {
      metric: made.metricFailed({ period: FIVE_MINUTES }),
      threshold: 1,
      id: `workflow/failed ${id}`,
      impact,
    });
  return made;
}

/**
 * For a timekeeper that stands still: no policy may take longer (checked at synth), and Step Functions waits
 * a year at most.
 */
export const APPROVAL_TIMEOUT = Duration.days(60);

/**
 * Fills every substitution. Numbers are put in at synth because a time limit must be a literal.
 * @throws Error naming a substitution that nothing fills, or a value without its substitution
 */
export function substitute(definition: string, substitutions: Record<string, string | number>): string {
  const unused = new Set(Object.keys(substitutions));
  const filled = definition.replaceAll(/(["'])\$\{(\w+)\}\1/g, (_, quote: string, name: string) => {
    const value = substitutions[name];
    if (value === undefined) throw new Error(`nothing fills the substitution '${name}' of the state machine`);
    unused.delete(name);
    // Inside an expression it is a text of JSONata: names and addresses, which hold nothing to escape.
    return quote === '"' ? JSON.stringify(value) : `'${value}'`;
  });
  if (unused.size > 0)
    throw new Error(`the state machine has no substitution for: ${[...unused].join(', ')}`);
  return filled;
}
