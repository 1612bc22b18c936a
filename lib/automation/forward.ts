import { Duration, type Stack } from 'aws-cdk-lib';
import { forwardName } from '../../lambdas/contract/names.ts';
import { forwardsTo } from '../destination-config.ts';
import { Handler, LIGHT } from '../parts/handler.ts';
import { table } from '../parts/uses.ts';
import { accepting, givesWay, type Intake } from './intake.ts';

/** Takes in what other automations forward to this one; nothing where none does. They call it by its name. */
export function forwardOf(stack: Stack, slot: Intake): void {
  const { automation, platform, folder } = slot;
  const { foundation, data } = platform;
  const { name } = automation;
  const { config, environment } = foundation;
  const isMeant = Object.values(config.destinations).some((it) => forwardsTo(it).includes(name));
  if (!isMeant) return;
  new Handler(stack, 'intake/forward', {
    ...{ foundation, folder, timeout: Duration.seconds(10), memorySize: LIGHT },
    functionName: forwardName(environment.name, name),
    description: `takes in what is forwarded to ${name}`,
    uses: [...accepting(slot), table(data, 'CONTROL_TABLE', ...givesWay(automation))],
    tells: { ITEM_DAYS: String(config.retention.itemDays) },
  });
}
