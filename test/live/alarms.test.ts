import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { redrivesKey, toldAlarmsKey } from '../../lambdas/tables/keys.ts';
import { account, eventually, resource, tick } from '../support/desk-clock.ts';
import { tellOf } from '../support/release-ways.ts';

/* Alarms of the clock, in the emulator: from what was told to what SNS took. */

const row = async (id: string) =>
  (
    await account.tables.send(
      new GetCommand({ TableName: await resource('datacontrol'), Key: { id }, ConsistentRead: true }),
    )
  ).Item as Record<string, unknown> | undefined;

/** `told`: which topics took it, or the next mail. */
type Standing = Record<string, { told?: string[] }>;
const standing = async () => ((await row(redrivesKey('watch')))?.standing ?? {}) as Standing;

it('what is urgent is published, and noted as told only when it was', async () => {
  await tellOf('budget/spent', 'refund-request');
  await tick('operateoperateredrives');
  const seen = await eventually(standing, (it) => 'signalbox-local-refund-request: budget/spent' in it);
  expect(seen['signalbox-local-refund-request: budget/spent']).toMatchObject({
    told: [expect.stringContaining(':sns:')],
  });
});

it('a run that failed, as Step Functions tells of it, is an alarm that waits for the next mail', async () => {
  const machine = 'arn:aws:states:us-east-1:000000000000:stateMachine:signalbox-local-it-help';
  const detail = { stateMachineArn: machine, executionArn: `${machine}:run-1`, status: 'FAILED' };
  // No other test has a run of this one fail: where one failed before, the mail may be gone already.
  const timesOf = async () => Number((await row(toldAlarmsKey('it-help')))?.['workflow/failed times'] ?? 0);
  const before = await timesOf();
  await tick('operatealarms', { source: 'aws.states', detail });
  expect(await timesOf()).toBe(before + 1);
  await tick('operateoperateredrives');
  const seen = await standing();
  expect(seen['signalbox-local-it-help: workflow/failed']).toMatchObject({ told: ['digest'] });
  const { waiting = [], sending = [] } = (await row(redrivesKey('alarms'))) as Record<
    string,
    { alarm: string }[]
  >;
  expect([...waiting, ...sending].map(({ alarm }) => alarm)).toContain(
    'signalbox-local-it-help: workflow/failed',
  );
});
