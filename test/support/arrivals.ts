import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { sdkOptions } from '../../local/emulator.ts';
import { outputs, request, type Story, story } from './app.ts';
import { deployment } from './deployment.ts';
import { type Sender, signedBy } from './webhooks.ts';

/* What comes to the deployed application by other doors than the API. */

/** What calls of a webhook are signed with, as the local run has filled it. */
export function webhookSecretOf(automation: string, name: string): string {
  const { webhookSecrets } = JSON.parse(readFileSync(join(deployment.stateDir, 'secrets.json'), 'utf8')) as {
    webhookSecrets: Record<string, string>;
  };
  const secret = webhookSecrets[`signalbox/local/webhooks/${automation}/${name}`];
  if (!secret) throw new Error(`the local run has no secret of the webhook '${name}' of ${automation}`);
  return secret;
}

export interface Hooked {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at any field of any answer
  body: any;
}

/** Posts to a webhook without a token. */
export async function hook(
  automation: string,
  name: string,
  body: string | Uint8Array,
  headers: Record<string, string>,
): Promise<Hooked> {
  const url = `${outputs.apiUrl}/v1/automations/${automation}/webhooks/${name}`;
  const all = { 'content-type': 'application/json', ...headers };
  const response = await fetch(url, { method: 'POST', body: body as string, headers: all });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : undefined };
}

/** The same, signed as that sender signs it. */
export function signedHook(
  automation: string,
  name: Sender | 'form',
  body: string,
  id: string = crypto.randomUUID(),
): Promise<Hooked> {
  const sender = name === 'form' ? 'standard' : name;
  const signing = { secret: webhookSecretOf(automation, name), at: Math.floor(Date.now() / 1000), id };
  return hook(automation, name, body, signedBy(sender, body, signing));
}

/** Puts an event on a bus, as often as it is said. */
export async function putEvent(
  source: string,
  detailType: string,
  detail: unknown,
  bus = 'default',
): Promise<void> {
  const client = new EventBridgeClient(sdkOptions(outputs.endpointUrl));
  const entry = { Source: source, DetailType: detailType, Detail: JSON.stringify(detail), EventBusName: bus };
  await client.send(new PutEventsCommand({ Entries: [entry] }));
  client.destroy();
}

/** By item: who sent it never changes, and each look through the API keeps it from its work. */
const senders = new Map<string, unknown>();

/** Items of an automation that came by a door, once there are so many, newest first. */
export async function cameBy(automation: string, client: string, count: number, seconds: number) {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const { body } = await request(`/v1/items?automation=${automation}&limit=100`);
    const ids = (body as { items: Story[] }).items.map(({ id }) => id);
    const unknown = ids.filter((id) => !senders.has(id));
    for (const { id, timeline } of await Promise.all(unknown.map(story)))
      senders.set(id, timeline[0]?.client);
    const found = ids.filter((id) => senders.get(id) === client);
    if (found.length >= count) return Promise.all(found.map(story));
    if (Date.now() > until) throw new Error(`${found.length} of ${count} items came by ${client}`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

export async function addRecords(source: string, records: readonly object[]): Promise<void> {
  await fetch(`${sourceUrl(source)}/records`, { method: 'POST', body: JSON.stringify(records) });
}

export function sourceUrl(source: string): string {
  return outputs.sources[source] ?? `the local run has no source '${source}'`;
}

export async function sourceFault(source: string, mode: string, seconds = 120): Promise<void> {
  await fetch(`${sourceUrl(source)}/faults`, { method: 'POST', body: JSON.stringify({ mode, seconds }) });
}
