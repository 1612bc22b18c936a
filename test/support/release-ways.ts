import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect, vi } from 'vitest';
import { toldAlarmsKey } from '../../lambdas/tables/keys.ts';
import { fresh, post, REFUND, reaches, request } from './app.ts';
import { account, resource, tick } from './desk-clock.ts';
import { rehearsal } from './rehearsed.ts';

/* What no other test does to the deployed application, so that every function makes every call that it may. */

/** What operators do about prompts, models and what lies among the dead letters. */
export async function everyRelease(): Promise<void> {
  const path = '/v1/automations/refund-request/releases';
  const { body } = await request('/v1/endpoints');
  const [{ name = '', models = [] } = {}] = (
    body as { endpoints: { name: string; models: { name: string }[] }[] }
  ).endpoints;
  const order = { step: 'route', model: `${name}/${models[0]?.name}`, mode: 'shadow', reason: 'a test' };
  const begun = await request(path, { method: 'POST', body: JSON.stringify(order) });
  if (begun.status !== 200) throw new Error(`a release was answered ${JSON.stringify(begun.body)}`);
  // Functions believe for five seconds what they have read.
  await new Promise((resolve) => setTimeout(resolve, 6000));
  const { body: item } = await post('refund-request', fresh(REFUND.small));
  await reaches(item.id, 'done');
  await vi.waitFor(
    async () => {
      const told = (await request(path)).body as { running?: { shadow?: { items: number } } };
      expect(told.running?.shadow?.items).toBeGreaterThan(0);
    },
    { timeout: 60_000, interval: 1000 },
  );
  // A shadow that is left running would think about the items of every test behind this one.
  const reason = JSON.stringify({ reason: 'the test is over' });
  const kept = await request(path.replace(/releases$/, 'rehearsals'), {
    method: 'POST',
    body: JSON.stringify({ ...rehearsal, changed: [] }),
  });
  if (kept.status !== 200) throw new Error(`a rehearsal was answered ${JSON.stringify(kept.body)}`);
  const ended = await request(`${path}/rollback`, { method: 'POST', body: reason });
  if (ended.status !== 200) throw new Error(`a rollback was answered ${JSON.stringify(ended.body)}`);
  for (const dead of ['/v1/dead-letters', '/v1/dead-letters/platform']) await request(dead);
  // As the stream tells of a breaker that closed.
  await tick('operateoperateredrives', {
    Records: [{ dynamodb: { Keys: { id: { S: `endpoint#${name}` } } } }],
  });
}

/** As a function of that automation tells the clock. */
export async function tellOf(alarm: string, automation: string): Promise<void> {
  await account.tables.send(
    new UpdateCommand({
      TableName: await resource('datacontrol'),
      Key: { id: toldAlarmsKey(automation) },
      UpdateExpression: 'SET #at = :now ADD #times :one',
      ExpressionAttributeNames: { '#at': `${alarm} at`, '#times': `${alarm} times` },
      ExpressionAttributeValues: { ':now': new Date().toISOString(), ':one': 1 },
    }),
  );
}

/** CloudWatch says by SNS that something can wait for the morning. */
export async function everyAlarm(): Promise<void> {
  const told = {
    ...{ AlarmName: 'signalbox-local/items/parked', NewStateValue: 'ALARM', NewStateReason: 'a test' },
    ...{ AlarmDescription: 'routine: a test', StateChangeTime: new Date().toISOString() },
  };
  const Sns = { Message: JSON.stringify(told), Subject: 'ALARM', Timestamp: told.StateChangeTime };
  await tick('operatealarms', { Records: [{ Sns }] });
  // A run that failed is told of, and what is urgent the clock publishes.
  const machine = 'arn:aws:states:us-east-1:000000000000:stateMachine:signalbox-local-refund-request';
  const detail = { stateMachineArn: machine, executionArn: `${machine}:run-1`, status: 'FAILED' };
  await tick('operatealarms', { source: 'aws.states', detail });
  await tellOf('budget/spent', 'refund-request');
  await tick('operateoperateredrives');
}
