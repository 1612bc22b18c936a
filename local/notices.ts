import { AwsClient } from 'aws4fetch';
import type { Stack } from './assembly.ts';
import { KEYS, physicalIds, REGION } from './emulator.ts';

/**
 * Does what SNS does with an e-mail subscription, which the emulator keeps and never serves: what goes to
 * such an address comes to the inbox of the sandbox. The emulator makes no metrics of logs, so alarms on
 * counts come only in AWS. Each is subscribed once; the emulator keeps it over a restart.
 */
export async function deliverNotices(
  endpoint: string,
  stacks: readonly Stack[],
  sandboxUrl: string,
): Promise<void> {
  for (const stack of stacks) {
    const subscriptions = Object.values(stack.resources).filter(
      ({ Type, Properties }) => Type === 'AWS::SNS::Subscription' && Properties?.Protocol === 'email',
    );
    if (subscriptions.length === 0) continue;
    const ids = await physicalIds(endpoint, stack.name);
    for (const { Properties = {} } of subscriptions) {
      const topic = ids.get((Properties.TopicArn as { Ref?: string } | undefined)?.Ref ?? '');
      if (!topic) continue;
      const to = encodeURIComponent(String(Properties.Endpoint));
      await sns(endpoint, 'Subscribe', {
        TopicArn: topic,
        Protocol: 'http',
        Endpoint: `${sandboxUrl}/notices?to=${to}`,
      });
    }
  }
}

/** As a person does in the mail that SNS sends first. */
export function confirmSubscription(endpoint: string, topic: string, token: string): Promise<void> {
  return sns(endpoint, 'ConfirmSubscription', { TopicArn: topic, Token: token });
}

async function sns(endpoint: string, action: string, parameters: Record<string, string>): Promise<void> {
  const aws = new AwsClient({ ...KEYS, region: REGION, service: 'sns', retries: 0 });
  const response = await aws.fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ Action: action, Version: '2010-03-31', ...parameters }).toString(),
  });
  if (!response.ok) throw new Error(`sns ${action}: HTTP ${response.status} ${await response.text()}`);
}
