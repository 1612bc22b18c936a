import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListQueuesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { copyWith } from '../../bench/copy.ts';
import { Account } from '../account.ts';
import { type LocalOptions, type LocalRun, startLocal } from '../engine.ts';
import { clocksIn } from '../ministack.ts';
import type { Faults } from '../poller.ts';
import { ROOT } from '../state.ts';
import { apply, type Edit } from './edits.ts';
import { SHORTENED, VISIBILITY_SECONDS } from './times.ts';
import { startWire, type Wire } from './wire.ts';
import { World } from './world.ts';

/*
 * A copy of the application with few automations and short times, on an emulator of its own. Its functions call over a wire, and its
 * queues and streams are read by pollers that can be told to fail.
 */

export interface Rig {
  world: World;
  wire: Wire;
  /** What the pollers do to deliveries; empty: nothing. */
  deliveries: Faults;
  /** Moves the clocks of functions, by name and milliseconds; those that are not named go right. */
  moveClocks(by: Readonly<Record<string, number>>): void;
  /** Stops the engine cleanly and starts it again. */
  restart(): Promise<void>;
  /** The copy has these changes and no others; what runs is brought up to date. */
  change(edits: readonly Edit[]): Promise<void>;
  close(): Promise<void>;
}

export interface RigOptions {
  port: number;
  log(line: string): void;
  /** Breaks off the start. */
  signal: AbortSignal;
  /** A folder that outlives the call: the next one goes on with what is deployed. @default none */
  keep?: string | undefined;
}

const OWN = 'parcel';
export const CONFIGURED: readonly Edit[] = [
  // A destination that takes no key of ours.
  {
    file: 'signalbox.config.ts',
    from: 'destinations: {',
    to: `destinations: {
    stamps: { url: 'https://stamps.example.com', secret: 'signalbox/destinations/stamps', idempotent: false },`,
  },
  // A source that knows us by tokens.
  {
    file: 'signalbox.config.ts',
    from: `url: 'https://shop.example.com/api',
      auth: 'bearer',`,
    to: `url: 'https://shop.example.com/api',
      auth: 'oauth',
      tokenUrl: 'https://shop.example.com/token',`,
  },
];

export async function startRig({ port, log, signal, keep }: RigOptions): Promise<Rig> {
  const folder = keep ?? mkdtempSync(join(tmpdir(), 'signalbox-chaos-'));
  const [stateDir, root] = [join(folder, 'state'), join(folder, 'root')];
  mkdirSync(folder, { recursive: true });
  if (!existsSync(root)) renameSync(chaosCopy(), root);
  const emulator = `http://127.0.0.1:${port}`;
  const wire = await startWire(port + 2, emulator, `http://127.0.0.1:${port + 1}`);
  const deliveries: Faults = {};
  const said: string[] = [];
  const options: LocalOptions = {
    ...{ port, stateDir, root, signal, wire: wire.url, watch: true },
    log: (line) => {
      said.push(line);
      log(line);
    },
    settings: { SIGNALBOX_UNDO_SECONDS: '0', SIGNALBOX_SANDBOX_URL: wire.url },
    faults: following(deliveries),
  };
  /** Files that were changed, as they were. */
  const before = new Map<string, string>();
  let run: LocalRun | undefined;
  const close = async () => {
    wire.judge = undefined;
    await run?.stop().catch((error: Error) => log(`the engine did not stop: ${error.message}`));
    await wire.close();
    if (!keep) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    run = await startLocal(options);
    const account = new Account(emulator);
    await shortenVisibility(account);
    const world = new World({
      outputs: run.outputs,
      account,
      stateDir,
      hook: wire.hook,
      told: wire.told,
    });
    return {
      ...{ world, wire, deliveries, close },
      moveClocks: (by) => writeFileSync(clocksIn(stateDir), JSON.stringify(by)),
      async restart() {
        await run?.stop();
        run = await startLocal(options);
        world.outputs = run.outputs;
      },
      async change(edits) {
        await whenLive(said, () => {
          for (const [file, text] of before) writeFileSync(join(root, file), text);
          before.clear();
          for (const { file } of edits) before.set(file, readFileSync(join(root, file), 'utf8'));
          apply(root, edits);
        });
        // Functions are brought up to date in several passes, and each is told of.
        await run?.updated();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function shortenVisibility({ sqs }: Account): Promise<void> {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ MaxResults: 1000 }));
  const Attributes = { VisibilityTimeout: String(VISIBILITY_SECONDS) };
  await Promise.all(
    QueueUrls.map((QueueUrl) => sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }))),
  );
}

/** The pollers are given their faults once; these can be changed. */
function following(deliveries: Faults): Faults {
  return {
    duplicate: (batch) => deliveries.duplicate?.(batch) ?? false,
    delayMs: (batch) => deliveries.delayMs?.(batch) ?? 0,
    drop: (batch) => deliveries.drop?.(batch) ?? false,
    forget: (batch) => deliveries.forget?.(batch) ?? false,
    streamDelayMs: (name) => deliveries.streamDelayMs?.(name) ?? 0,
    streamRepeats: (name) => deliveries.streamRepeats?.(name) ?? false,
  };
}

export function chaosCopy(): string {
  const root = copyWith({ add: [], keep: ['refund-request'] });
  const folder = join(root, 'automations', OWN);
  cpSync(join(ROOT, 'local', 'chaos', OWN), folder, { recursive: true });
  // It lies one folder deeper here than there.
  for (const name of readdirSync(folder).filter((it) => it.endsWith('.ts'))) {
    const file = join(folder, name);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll("'../../../", "'../../"));
  }
  apply(root, [...CONFIGURED, ...SHORTENED]);
  return root;
}

const LIVE = / → .* updated in | has an error/;
const MOST_MS = 120_000;

async function whenLive(said: readonly string[], change: () => void): Promise<void> {
  const from = said.length;
  change();
  const until = Date.now() + MOST_MS;
  const heard = () => said.slice(from).find((line) => LIVE.test(line));
  while (!heard()) {
    if (Date.now() > until) throw new Error(`the change did not go live: ${said.slice(from).join('; ')}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  if (heard()?.includes('has an error')) throw new Error(heard());
}
