import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { AwsClient } from 'aws4fetch';
import { decideAt, mailedLinks } from '../../bench/approver.ts';
import { workersOf } from '../../bench/cpu.ts';
import type { ApprovalRow } from '../../lambdas/contract/approval.ts';
import type { AuditEntry, HouseEntry } from '../../lambdas/tables/audit/audit.ts';
import type { Account } from '../account.ts';
import { KEYS, REGION } from '../emulator.ts';
import type { Outputs } from '../outputs.ts';
import type { Call, Item, Said } from './invariants/collected.ts';
import type { Told } from './wire.ts';

/* The deployed application as its callers, approvers and operators have it, and what lies behind it. */

export type Decision = 'approve' | 'reject';
type AnyEntry = AuditEntry | HouseEntry;

export interface WorldParts {
  outputs: Outputs;
  account: Account;
  stateDir: string;
  /** Where status changes are to be told, and what was told there. */
  hook: string;
  told: readonly Told[];
}

/** Destinations that runs look at, and whether they take a key of ours: then a call may be repeated under it. */
export const DESTINATIONS = { 'help-desk': true, 'refund-ledger': true, stamps: false } as const;
export type DestinationName = keyof typeof DESTINATIONS;

export class World {
  outputs: Outputs;
  readonly account: Account;
  readonly stateDir: string;
  readonly hook: string;
  readonly told: readonly Told[];

  constructor({ outputs, account, stateDir, hook, told }: WorldParts) {
    this.outputs = outputs;
    this.account = account;
    this.stateDir = stateDir;
    this.hook = hook;
    this.told = told;
  }

  async api<T>(
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: T }> {
    const { apiUrl, clientToken } = this.outputs;
    const response = await fetch(`${apiUrl}${path}`, {
      headers: { authorization: `Bearer ${clientToken}`, 'content-type': 'application/json', ...headers },
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    return { status: response.status, body: (text.startsWith('{') ? JSON.parse(text) : {}) as T };
  }

  /** As a good caller does: again with the same key, until somebody answers. @returns undefined where nobody did */
  async post(automation: string, key: string, body: object): Promise<string | undefined> {
    for (let tries = 0; tries < 60; tries += 1) {
      const answer = await this.api<{ id?: string }>(`/v1/automations/${automation}/items`, body, {
        'idempotency-key': key,
        'signalbox-callback-url': this.hook,
      }).catch(() => undefined);
      if (answer && [200, 202].includes(answer.status) && answer.body.id) return answer.body.id;
      await pause(0.5);
    }
    return undefined;
  }

  async item(id: string): Promise<Item | undefined> {
    const answer = await this.api<Item>(`/v1/items/${id}`).catch(() => undefined);
    return answer?.status === 200 ? answer.body : undefined;
  }

  /** Decides by the links of people who were mailed, in their order. @returns what the page said to each who answered */
  async decide(id: string, decisions: readonly Decision[]): Promise<Said[]> {
    const links = (await mailedLinks(this.outputs)).filter(({ text }) => text.includes(id));
    const each = decisions.map(async (decision, at) => {
      const link = links[at % Math.max(1, links.length)];
      if (!link) return [];
      const page = await decideAt(link.url, decision).catch(() => '');
      return [{ item: id, decision, page: words(page) }];
    });
    return (await Promise.all(each)).flat();
  }

  /** @returns the status of the answer, and the generation where it went on */
  async redrive(id: string, reason: string): Promise<{ status: number; generation: number | undefined }> {
    const answer = await this.api<{ generation?: number }>(`/v1/items/${id}/redrive`, { reason }).catch(
      () => undefined,
    );
    return { status: answer?.status ?? 0, generation: answer?.body.generation };
  }

  async fault(
    what: { model: true } | { destination: DestinationName },
    mode: string,
    more: object = {},
  ): Promise<void> {
    const { sandboxModelUrl, destinations } = this.outputs;
    const url = 'model' in what ? sandboxModelUrl : this.#destination(what.destination, destinations);
    const body = JSON.stringify({ mode, seconds: 600, ...more });
    await fetch(`${url}/faults`, { method: 'POST', body });
  }

  async calls(): Promise<Call[]> {
    const of = async (name: DestinationName) => {
      const response = await fetch(`${this.#destination(name, this.outputs.destinations)}/calls`);
      const calls = (await response.json()) as Omit<Call, 'destination'>[];
      return calls.map((call) => ({ ...call, destination: name }));
    };
    return (await Promise.all((Object.keys(DESTINATIONS) as DestinationName[]).map(of))).flat();
  }

  async modelCalls(): Promise<number> {
    const response = await fetch(`${this.outputs.sandboxModelUrl}/calls`);
    return ((await response.json()) as { count: number }).count;
  }

  async audit(from: string): Promise<AnyEntry[]> {
    const entries: AnyEntry[] = [];
    for (let cursor: string | undefined; ; ) {
      const more = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
      const to = new Date(Date.now() + 3_600_000).toISOString();
      const page = await this.api<{ entries?: AnyEntry[]; cursor?: string }>(
        `/v1/audit?from=${from}&to=${to}${more}`,
      );
      entries.push(...(page.body.entries ?? []));
      cursor = page.body.cursor;
      if (!cursor) return entries;
    }
  }

  async approval(itemId: string, generation: number): Promise<ApprovalRow | undefined> {
    return (await this.row('approvals', `${itemId}-g${generation}`)) as ApprovalRow | undefined;
  }

  async row(
    table: 'approvals' | 'control' | 'items',
    id: string,
  ): Promise<Record<string, unknown> | undefined> {
    const { Item } = await this.account.tables.send(
      new GetCommand({ TableName: await this.#table(table), Key: { id }, ConsistentRead: true }),
    );
    return Item;
  }

  async put(table: 'control', row: Record<string, unknown>): Promise<void> {
    await this.account.tables.send(new PutCommand({ TableName: await this.#table(table), Item: row }));
  }

  async remove(table: 'control', id: string): Promise<void> {
    await this.account.tables.send(new DeleteCommand({ TableName: await this.#table(table), Key: { id } }));
  }

  /** Takes an object of the content away. @returns what puts it back */
  async takeContent(key: string): Promise<() => Promise<void>> {
    const aws = new AwsClient({ ...KEYS, region: REGION, service: 's3', retries: 0 });
    const bucket = await this.account.resource('platform', 'datacontent');
    const url = `${this.outputs.endpointUrl}/${bucket}/${key}`;
    const body = await (await aws.fetch(url)).arrayBuffer();
    await aws.fetch(url, { method: 'DELETE' });
    return async () => void (await aws.fetch(url, { method: 'PUT', body }));
  }

  /** Ends every worker of these functions at once. @returns how many there were */
  async killWorkers(services: RegExp): Promise<number> {
    let killed = 0;
    for (const [pid, { name }] of await workersOf(this.stateDir)) {
      if (!services.test(name)) continue;
      try {
        process.kill(pid, 'SIGKILL');
        killed += 1;
      } catch {
        // It has ended by itself.
      }
    }
    return killed;
  }

  readonly #tables = new Map<string, Promise<string>>();
  #table(name: string): Promise<string> {
    const found = this.#tables.get(name) ?? this.account.resource('platform', `data${name}`);
    this.#tables.set(name, found);
    return found;
  }

  /** One that only a copy has is in no outputs of the root's configuration. */
  #destination(name: string, known: Record<string, string>): string {
    return known[name] ?? (known['help-desk'] ?? '').replace(/help-desk$/, name);
  }
}

export const pause = (seconds: number) => new Promise<void>((over) => setTimeout(over, seconds * 1000));

function words(page: string): string {
  return page
    .replaceAll(/<style>[\s\S]*?<\/style>|<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
