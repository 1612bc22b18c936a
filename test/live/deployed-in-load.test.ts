import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyWith } from '../../bench/copy.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { Account } from '../../local/account.ts';
import { apply } from '../../local/chaos/edits.ts';
import { NEXT_VERSION } from '../../local/chaos/faults/changes.ts';
import { type DeployOptions, deploy, synth } from '../../local/deploy.ts';
import { type LocalRun, startLocal } from '../../local/engine.ts';
import { freePort } from '../../local/ports.ts';
import type { DestinationCall } from '../../local/sandbox/destinations.ts';

/*
 * `cdk deploy` of another version of every function, while items come in and are in work: with an engine of its own, as all of its
 * functions change. The next version writes a field more into each event, so that a row tells which versions have written it.
 */

const UNDO = { SIGNALBOX_UNDO_SECONDS: '0' };
/** A worker that ends in work is followed up when its message comes again: the queue's own time at the latest. */
const PATIENCE_MS = 400_000;
const RESTS = ['done', 'waiting_approval', 'refused'];

const log = () => {};
const scratch = mkdtempSync(join(tmpdir(), 'signalbox-deployed-'));
const [state, next] = [join(scratch, 'state'), join(scratch, 'next')];
let root: string;
let run: LocalRun;
let account: Account;

beforeAll(async () => {
  root = copyWith({ add: [], keep: ['refund-request'] });
  run = await startLocal({ ...{ port: await freePort(), stateDir: state, root, log }, settings: UNDO });
  account = new Account(run.outputs.endpointUrl);
}, 600_000);
afterAll(async () => {
  await run?.stop();
  for (const folder of [scratch, root]) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}, 120_000);

/** The next version, synthesised as the one that runs was. */
async function madeNext(): Promise<DeployOptions> {
  const changed = join(scratch, 'root');
  cpSync(root, changed, { recursive: true, filter: (path) => !path.endsWith('/node_modules') });
  symlinkSync(join(root, 'node_modules'), join(changed, 'node_modules'));
  apply(changed, NEXT_VERSION);
  const { endpointUrl: endpoint, apiUrl, sandboxModelUrl } = run.outputs;
  const settings = {
    ...{ ...UNDO, SIGNALBOX_API_URL: apiUrl, SIGNALBOX_SANDBOX_URL: new URL(sandboxModelUrl).origin },
  };
  const options = { endpoint, stateDir: next, root: changed, log, settings };
  await synth(options);
  return options;
}

/** @returns the item that the post made, or that one before it had made with this key */
async function post(key: string): Promise<string> {
  const body = {
    ...{ orderId: `B${key}`, amount: '24.90', currency: 'EUR' },
    text: 'I was charged twice for the same order. Please pay one charge back.',
  };
  const { apiUrl, clientToken } = run.outputs;
  const headers = { authorization: `Bearer ${clientToken}`, 'idempotency-key': key };
  // A function whose code changes at this moment may give no answer here: then the caller repeats it, with its key.
  for (let tries = 0; tries < 20; tries += 1) {
    const answer = await fetch(`${apiUrl}/v1/automations/refund-request/items`, {
      ...{ method: 'POST', headers, body: JSON.stringify(body) },
    }).catch(() => undefined);
    if (answer?.ok) return ((await answer.json()) as { id: string }).id;
    await sleep(1000);
  }
  throw new Error(`the post '${key}' was never answered`);
}

/** Each of them once it rests. */
async function rested(ids: readonly string[]): Promise<ItemRow[]> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const rows = await Promise.all(ids.map((id) => account.item(id)));
    const found = rows.filter((row) => row !== undefined);
    if (found.length === ids.length && found.every(({ status }) => RESTS.includes(status))) return found;
    if (Date.now() > until)
      throw new Error(`of ${ids.length}: ${found.map(({ id, status }) => `${id} ${status}`).join(', ')}`);
    await sleep(1000);
  }
}

const versionsOf = ({ timeline }: ItemRow) =>
  new Set(timeline.map((event) => ('writtenBy' in event ? String(event.writtenBy) : 'first')));

describe('a stack that is deployed in mid-load', () => {
  it('loses no item and does none twice, though every function gets another version', async () => {
    const options = await madeNext();
    let deployed = false;
    const posted = new Map<string, string>();
    const twice: [string, string][] = [];
    const flow = async (caller: string) => {
      for (let number = 0, after = 0; after < 8; number += 1) {
        const key = `${caller}-${String(number).padStart(4, '0')}`;
        const id = await post(key);
        posted.set(key, id);
        if (number % 5 === 0) twice.push([id, await post(key)]);
        await sleep(500);
        if (deployed) after += 1;
      }
    };
    const flows = Promise.all(['one', 'two'].map(flow));
    await sleep(5000);
    await deploy(options).finally(() => {
      deployed = true;
    });
    await flows;

    const ids = [...posted.values()];
    expect(new Set(ids).size).toBe(ids.length);
    for (const [first, second] of twice) expect(second).toBe(first);
    const rows = await rested(ids);
    expect(rows.map(({ status }) => status)).toEqual(ids.map(() => 'done'));

    const calls = (await (
      await fetch(`${run.outputs.destinations['refund-ledger']}/calls`)
    ).json()) as DestinationCall[];
    const acted = calls.filter(({ duplicate }) => !duplicate).map(({ item }) => item);
    expect(acted.sort()).toEqual([...ids].sort());
    expect(calls.filter(({ item }) => !ids.includes(String(item)))).toEqual([]);

    // It was in the middle: some know the first version alone, some the next one alone.
    const versions = rows.map((row) => [...versionsOf(row)].sort().join(' and '));
    expect(versions).toContain('first');
    expect(versions).toContain('next');
    const counted = [...Map.groupBy(versions, (it) => it)].map(([it, { length }]) => `${length} by ${it}`);
    console.log(
      `  ${ids.length} items: ${counted.join(', ')}; ${calls.length - acted.length} calls repeated`,
    );
  }, 900_000);
});
