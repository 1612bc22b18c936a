import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { sdkOptions } from '../../local/emulator.ts';
import { signedBy } from '../../test/support/webhooks.ts';
import { exactly } from '../verdicts.ts';
import { endingOf, type HostileApp, type HostileSet, spread } from './app.ts';

interface Line {
  source: 'github' | 'slack' | 'stripe' | 'aws-lambda';
  event: string;
  payload: unknown;
}

/** What senders post, signed as each of them signs; those who sign in no way of their own as the shop. */
export const webhooks: HostileSet = {
  name: 'webhooks',
  async check(app, folder, most) {
    const lines = readFileSync(join(folder, 'dev', 'payloads.jsonl'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line);
    const secrets = await secretsOf(app);
    let refused = 0;
    await app.each(spread(lines, most), async ({ source, event, payload }) => {
      const body = JSON.stringify(payload);
      const shop = source === 'aws-lambda';
      const [automation, name] = shop ? ['refund-request', 'shop'] : ['support-triage', source];
      const secret = secrets[`${automation}/${name}`] ?? '';
      const at = Math.floor(Date.now() / 1000);
      const hmac = () => createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
      const headers: Record<string, string> = shop
        ? { 'x-shop-time': String(at), 'x-shop-signature': `sha256=${hmac()}` }
        : signedBy(source, body, { secret, at, id: crypto.randomUUID() });
      const path = `/v1/automations/${automation}/webhooks/${name}`;
      const answer = await app.send(path, body, { ...headers, 'x-github-event': event });
      if (answer.status >= 300) refused += 1;
      // Slack hears nothing of its item, and a greeting is none.
      if (!answer.body.id) return `${source}: ${answer.status < 300 ? 'answered' : endingOf(answer)}`;
      return `${source}: ${endingOf(answer, await app.rest(answer.body.id))}`;
    });
    return [exactly('webhooks: signed calls refused', refused, 0)];
  },
};

async function secretsOf({ outputs }: HostileApp): Promise<Record<string, string>> {
  const client = new SecretsManagerClient(sdkOptions(outputs.endpointUrl));
  const names = [
    'support-triage/github',
    'support-triage/slack',
    'support-triage/stripe',
    'refund-request/shop',
  ];
  const held = names.map(async (name): Promise<[string, string]> => {
    const [automation, webhook = ''] = name.split('/');
    const SecretId = `signalbox/local/webhooks/${automation}`;
    const { SecretString = '{}' } = await client.send(new GetSecretValueCommand({ SecretId }));
    const secrets = JSON.parse(SecretString) as Record<string, string[] | undefined>;
    return [name, secrets[webhook]?.[0] ?? ''];
  });
  return Object.fromEntries(await Promise.all(held).finally(() => client.destroy()));
}
