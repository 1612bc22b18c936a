import type { EnvFor } from '../../contract/env.ts';
import { workflowName } from '../../contract/names.ts';
import { count, logger } from '../../kit/telemetry.ts';
import { tellAlarm } from '../../tables/alarms/told.ts';

/** What Step Functions says of a run that has ended otherwise than by itself. Its input and its cause are left where they are. */
export interface EndedRun {
  executionArn: string;
  stateMachineArn: string;
  status: string;
}

/** Notes that a run ended without writing down how; the clock makes one alarm of all of them. */
export async function noteEndedRun(
  { executionArn, stateMachineArn, status }: EndedRun,
  { CONTROL_TABLE, STAGE }: Pick<EnvFor<'operate/alarms'>, 'CONTROL_TABLE' | 'STAGE'>,
): Promise<void> {
  const automation = (stateMachineArn.split(':').at(-1) ?? '').slice(workflowName(STAGE, '').length);
  logger.warn('a run has ended', { automation, run: executionArn.split(':').at(-1), status });
  count('runsFailed', automation);
  await tellAlarm(CONTROL_TABLE, 'workflow/failed', automation);
}
