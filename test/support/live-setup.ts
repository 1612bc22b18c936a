import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startLocal } from '../../local/engine.ts';
import { freePort } from '../../local/ports.ts';
import { emulatorPython } from '../../local/python.ts';
import type { Deployment } from './deployment.ts';
import { COPIED, follow, LOG } from './followed.ts';

/**
 * Deploys the real application for the live tests, once for each worker of Vitest: what one file stops, holds or floods, no file
 * beside it meets. Each is deployed out of a copy with three more automations, whose sources are watched.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const files = project.vitest.state.getPaths().length;
  const count = Math.min(project.config.maxWorkers, files);
  await emulatorPython(console.log);
  const started = await Promise.allSettled(Array.from({ length: count }, (_, at) => start(at + 1)));
  const running = started.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []));
  const stop = async () => {
    await Promise.all(running.map((one) => one.stop()));
  };
  const failed = started.find((it) => it.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  project.provide(
    'deployments',
    running.map(({ deployment }) => deployment),
  );
  return stop;
}

async function start(number: number): Promise<{ deployment: Deployment; stop(): Promise<void> }> {
  const stateDir = await mkdtemp(join(tmpdir(), 'signalbox-live-'));
  // Of its own also where the unit tests run in such a copy: live tests change its sources.
  const root = follow();
  const remove = () =>
    Promise.all([stateDir, root].map((path) => rm(path, { recursive: true, force: true })));
  auditAll(root);
  batchOne(root);
  shareAnswers(root);
  nameInside(root);
  const starting = startLocal({
    ...{ root, watch: true, awsCalls: true },
    port: await freePort(),
    stateDir,
    log(line) {
      console.log(`  ${number}: ${line}`);
      appendFileSync(join(stateDir, LOG), `${line}\n`);
    },
    // A decision can be taken back for as long as a busy machine needs to do so.
    settings: {
      SIGNALBOX_RETRY_SCHEDULE: '1,1,1',
      SIGNALBOX_UNDO_SECONDS: '6',
      // One that can fail while the other takes over.
      SIGNALBOX_SECOND_ENDPOINT: '1',
    },
  });
  const { outputs, stop } = await starting.catch(async (error) => {
    await remove();
    throw error;
  });
  return {
    deployment: { outputs, stateDir, root },
    async stop() {
      await stop();
      await remove();
    },
  };
}

/** What ends alone in this line is audited, all of it: nobody has to wait for one to be chosen. */
function auditAll(root: string): void {
  const file = join(root, 'automations/refund-request/automation.ts');
  const text = readFileSync(file, 'utf8');
  const all = text.replace(/share: [\d.]+, group: 'refund-board'/, "share: 1, group: 'refund-board'");
  if (all === text) throw new Error('refund-request is not audited');
  writeFileSync(file, all);
}

/** Low-priority items of the copied automation wait for batches, and its route learns: the shipped ones always ask, and at once. */
function batchOne(root: string): void {
  const file = join(root, 'automations', COPIED, 'automation.ts');
  const text = readFileSync(file, 'utf8');
  const waiting = text.replace(
    '\n  maxConcurrency:',
    "\n  steps: { route: { batch: { sla: '1h' }, surrogate: { agreement: 0.9 } } },\n  maxConcurrency:",
  );
  if (waiting === text || /\n {2}steps:/.test(text)) throw new Error(`${COPIED} has steps of its own`);
  writeFileSync(file, waiting);
}

/** The automation of the guide, which does not say so, answers similar questions of its forms from what is known. */
function shareAnswers(root: string): void {
  const file = join(root, 'automations/demo-request/automation.ts');
  const text = readFileSync(file, 'utf8');
  const shared = text.replace(
    /^ {2}labels: /m,
    '  requester: ({ email }) => email,\n  steps: { route: { similar: { hours: 24, wrongAtMost: 0.05 } } },\n  labels: ',
  );
  if (shared === text || /\n {2}(?:steps|requester): /.test(text))
    throw new Error('demo-request has no labels, or steps or a requester of its own');
  writeFileSync(file, shared);
}

/** A model inside the residency finds the names of employees; the second endpoint is outside it. The shipped line hides nothing. */
function nameInside(root: string): void {
  const file = join(root, 'automations/it-help/automation.ts');
  const text = readFileSync(file, 'utf8');
  const named = text.replace(
    '\n  maxConcurrency:',
    "\n  privacy: { tokens: 'all', residency: ['own'], names: 'model' },\n  steps: { names: { tier: 'large' } },\n  maxConcurrency:",
  );
  if (named === text || /\n {2}(?:privacy|steps):/.test(text))
    throw new Error('it-help has privacy or steps of its own');
  writeFileSync(file, named);
}
