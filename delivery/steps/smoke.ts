import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Accepted, type Automation, Client } from '../../cli/client.ts';
import { main } from '../../cli/main.ts';
import { processTerminal } from '../../cli/terminal.ts';
import { stackName } from '../../lambdas/contract/names.ts';
import { outputOf } from '../deployed.ts';
import type { Options } from '../options.ts';
import { accountOf, pinOf } from '../place.ts';

/** Sends one item through an automation by the public API, as a client would. @throws Error unless it rests where it may */
export async function smoke(options: Options, environment: string): Promise<void> {
  const { automation = '', config, expect, seconds } = options;
  const token = process.env.SIGNALBOX_TOKEN;
  if (!token)
    throw new Error('SIGNALBOX_TOKEN is not set: a token for that automation, with the role operator');
  const url = process.env.SIGNALBOX_API_URL || (await apiUrlOf(config, environment));
  const client = new Client(url, token, 'SIGNALBOX_TOKEN');
  const body = await bodyOf(client, automation, options);
  const path = `/v1/automations/${encodeURIComponent(automation)}/items`;
  const { data } = await client.post<Accepted>(path, body, { 'idempotency-key': `smoke-${randomUUID()}` });
  console.log(`${automation}: ${data.id} is accepted`);
  const { data: item } = await client.item(data.id, seconds);
  console.log(`${automation}: ${data.id} is ${item.status}`);
  // Nobody is to decide about it; whoever was asked is told.
  if (item.status === 'waiting_approval')
    await client.delete(`/v1/items/${encodeURIComponent(data.id)}`, JSON.stringify({ reason: 'smoke test' }));
  if (!expect.includes(item.status))
    throw new Error(
      `${data.id} is ${item.status} after ${seconds} s, and should be ${expect.join(' or ')}${item.error ? `: ${item.error.class}: ${item.error.message}` : ''}`,
    );
  const terminal = { ...processTerminal(), env: { ...process.env, SIGNALBOX_API_URL: url } };
  const code = await main(['health'], terminal);
  if (code !== 0) throw new Error('signalbox health failed');
}

async function apiUrlOf(config: string, environment: string): Promise<string> {
  const { account, region } = await pinOf(environment, config);
  const aws = await accountOf({ environment, account, region });
  return outputOf(aws, stackName(environment, 'platform'), 'ApiUrl');
}

async function bodyOf(client: Client, automation: string, { example, body }: Options): Promise<string> {
  if (body !== undefined) return readFile(body, 'utf8');
  const path = `/v1/automations/${encodeURIComponent(automation)}`;
  const { examples } = (await client.get<Automation>(path)).json as Automation;
  const found = examples.find(({ name }) => name === example);
  if (found) return JSON.stringify(found.body);
  throw new Error(
    `${automation} has no example '${example}'; there are: ${examples.map(({ name }) => `'${name}'`).join(', ')}`,
  );
}
