import { Duration, type Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import { kindOf } from '../../../lambdas/tables/keys.ts';
import { Handler, LEARNING } from '../../parts/handler.ts';
import { surrogateFiles } from '../../parts/uses/files.ts';
import { index, nothing, rows, table, tells } from '../../parts/uses.ts';
import { BY_AUTOMATION } from '../../platform/data.ts';
import type { Slot } from '../reader.ts';

/** So late it is noticed at most that there is enough to learn from. */
const EVERY = Duration.minutes(10);

const has = ({ steps = {} }: Automation) => Object.values(steps).some(({ surrogate }) => surrogate);

/** What `process` may do for them: keep what is learned from, and note what was tried. */
export function learnsIn(automation: Automation) {
  if (!has(automation)) return { examples: nothing, stands: nothing };
  return {
    examples: rows([kindOf(automation.name, 'surrogate')], 'PutItem'),
    stands: rows([kindOf(automation.name, 'surrogate')], 'GetItem', 'PutItem'),
  };
}

/** What trains the surrogates of an automation, where it declares any. Others have neither function nor schedule. */
export function surrogatesOn(stack: Stack, { automation, platform, folder }: Slot): void {
  if (!has(automation)) return;
  const { name, audit } = automation;
  const { foundation, data } = platform;
  const trains = new Handler(stack, 'operate/surrogates', {
    ...{ foundation, folder, memorySize: LEARNING, timeout: Duration.minutes(5), watched: true },
    description: `trains what answers in a model's place for ${name}`,
    uses: [
      // Which items there are, and what became of them.
      table(data, 'ITEM_TABLE', index(BY_AUTOMATION, [name])),
      table(
        data,
        'CONTROL_TABLE',
        rows([kindOf(name, 'surrogate')], 'GetItem', 'PutItem'),
        tells(name),
        audit ? rows([kindOf(name, 'sample')], 'BatchGetItem') : nothing,
      ),
      table(data, 'IDEMPOTENCY_TABLE', rows([kindOf(name, 'surrogate')], 'BatchGetItem')),
      surrogateFiles(data, name),
    ],
  });
  new Rule(stack, 'surrogates are trained', {
    schedule: Schedule.rate(EVERY),
    targets: [new LambdaFunction(trains, { retryAttempts: 0 })],
  });
}
