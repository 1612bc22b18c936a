import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseYaml } from '@redocly/openapi-core';
import { type Context, filled, holds } from './expressions.ts';

/*
 * Runs a workflow as GitHub would: jobs in the order of their needs, each in a folder of its own, steps by their conditions. What it
 * `uses` is played by stand-ins; every `run` is run as it is written.
 */

export interface Step {
  name?: string;
  id?: string;
  uses?: string;
  run?: string;
  if?: string;
  shell?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
}

export interface Job {
  needs?: string | string[];
  if?: string;
  uses?: string;
  with?: Record<string, string>;
  secrets?: string;
  environment?: string;
  concurrency?: Concurrency;
  permissions?: Record<string, string>;
  env?: Record<string, string>;
  outputs?: Record<string, string>;
  steps?: Step[];
  strategy?: { matrix: Record<string, string[]> };
}

interface Concurrency {
  group: string;
}

export interface Workflow {
  concurrency?: Concurrency;
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  jobs: Record<string, Job>;
}

export const workflow = (name: string): Workflow =>
  parseYaml(readFileSync(join('.github/workflows', name), 'utf8')) as Workflow;

export interface Playing {
  job: Job;
  workspace: string;
  /** What later steps of the job have in their environment. */
  env: Record<string, string>;
  vars: Record<string, string>;
}

export interface Stage {
  github: Context;
  /** What a person who starts it fills in. */
  inputs?: Context;
  /** The one value of a matrix that is run. @default all jobs have none */
  matrix?: Context;
  /** Before all else on the path: stand-ins for programs. */
  bin: string;
  env: Record<string, string>;
  /** By the action's name without its commit. */
  standIns: Record<string, (given: Record<string, unknown>, playing: Playing) => void>;
  environments: Record<string, { vars: Record<string, string>; secrets: Record<string, string> }>;
  /** Who stands between a job and its environment. @returns whether it may go on */
  approves(environment: string): boolean;
}

type Outcome = 'success' | 'failure' | 'skipped';
export interface Ran {
  /** `staging/deploy success`, in order; steps that were left out are not there. */
  steps: string[];
  jobs: Record<string, Outcome>;
  /** What `run` printed, by the name of the step. */
  said: Record<string, string>;
}

interface Done {
  result: Outcome;
  outputs: Record<string, unknown>;
}

export async function run(name: string, stage: Stage): Promise<Ran> {
  const ran: Ran = { steps: [], jobs: {}, said: {} };
  await runAll(workflow(name), stage, ran, '', stage.inputs ?? {});
  return ran;
}

async function runAll(
  { jobs }: Workflow,
  stage: Stage,
  ran: Ran,
  prefix: string,
  inputs: Context,
): Promise<Outcome> {
  const done: Record<string, Done> = {};
  for (const [id, job] of Object.entries(jobs)) {
    const needed = [job.needs ?? []].flat();
    const needs = Object.fromEntries(needed.map((it) => [it, done[it] as Done]));
    if (Object.values(needs).includes(undefined as never))
      throw new Error(`${id} stands before what it needs`);
    const well = Object.values(needs).every(({ result }) => result === 'success');
    const context = { github: stage.github, matrix: stage.matrix, needs, inputs, ...outcomes(well) };
    done[id] = holds(job.if, context)
      ? await runJob(prefix + id, job, context, stage, ran)
      : { result: 'skipped', outputs: {} };
    ran.jobs[prefix + id] = done[id].result;
  }
  const results = Object.values(done).map(({ result }) => result);
  return results.includes('failure')
    ? 'failure'
    : results.every((it) => it === 'skipped')
      ? 'skipped'
      : 'success';
}

const outcomes = (well: boolean) => ({
  success: () => well,
  failure: () => !well,
  cancelled: () => false,
  always: () => true,
});

async function runJob(id: string, job: Job, context: Context, stage: Stage, ran: Ran): Promise<Done> {
  if (job.uses) {
    const inputs = Object.fromEntries(
      Object.entries(job.with ?? {}).map(([name, text]) => [name, filled(String(text), context)]),
    );
    const called = workflow(job.uses.replace('./.github/workflows/', ''));
    // A called workflow may do no more than its caller.
    for (const inner of Object.values(called.jobs))
      for (const [right, level] of Object.entries(inner.permissions ?? {}))
        if (job.permissions?.[right] !== level) throw new Error(`${id} lends no '${right}: ${level}'`);
    return { result: await runAll(called, stage, ran, `${id}.`, inputs), outputs: {} };
  }
  const environment = job.environment === undefined ? undefined : String(filled(job.environment, context));
  if (environment !== undefined && !stage.approves(environment)) return { result: 'failure', outputs: {} };
  const { vars, secrets } = stage.environments[environment ?? ''] ?? { vars: {}, secrets: {} };
  const steps: Record<string, { outputs: Record<string, string>; outcome: Outcome }> = {};
  const workspace = join(mkdtempSync(join(tmpdir(), 'signalbox-job-')), 'work');
  mkdirSync(workspace);
  const playing: Playing = { job, workspace, env: {}, vars };
  let well = true;
  for (const step of job.steps ?? []) {
    const name = step.name ?? step.run ?? step.uses?.split('@')[0] ?? '';
    const token = JSON.stringify(job.permissions ?? {});
    const known = { ...context, github: { ...stage.github, token }, vars, secrets, steps, ...outcomes(well) };
    const outcome: Outcome = holds(step.if, known)
      ? await runStep(step, name, known, playing, stage, ran)
      : 'skipped';
    if (outcome !== 'skipped') ran.steps.push(`${id}/${name.split('\n')[0]} ${outcome}`);
    if (outcome === 'failure') well = false;
    if (step.id) steps[step.id] = { outcome, outputs: outputsIn(workspace) };
  }
  const outputs = Object.fromEntries(
    Object.entries(job.outputs ?? {}).map(([key, text]) => [key, filled(text, { ...context, steps })]),
  );
  return { result: well ? 'success' : 'failure', outputs };
}

async function runStep(
  step: Step,
  name: string,
  context: Context,
  playing: Playing,
  stage: Stage,
  ran: Ran,
): Promise<Outcome> {
  const { workspace, job } = playing;
  const each = (texts: Record<string, unknown> = {}) =>
    Object.fromEntries(
      Object.entries(texts).map(([key, value]) => [key, filled(String(value), context) ?? '']),
    );
  if (step.uses) {
    const action = step.uses.split('@')[0] ?? '';
    const play = stage.standIns[action];
    if (!play) throw new Error(`nobody plays ${action}`);
    play(each(step.with), playing);
    return 'success';
  }
  const env = {
    ...{ PATH: `${stage.bin}:${process.env.PATH}`, HOME: process.env.HOME ?? '/', CI: 'true' },
    ...{ GITHUB_OUTPUT: `${workspace}.output`, GITHUB_STEP_SUMMARY: `${workspace}.summary` },
    ...stage.env,
    ...playing.env,
    ...(each(job.env) as Record<string, string>),
    ...(each(step.env) as Record<string, string>),
  };
  const shell = step.shell === 'bash' ? ['-eo', 'pipefail'] : ['-e'];
  const args = ['--noprofile', '--norc', ...shell, '-c', step.run ?? ''];
  const options = { cwd: workspace, env: textsOf(env), timeout: 240_000, maxBuffer: 64 << 20 };
  const [well, said] = await new Promise<[boolean, string]>((done) => {
    execFile('bash', args, options, (error, stdout, stderr) => done([error === null, stdout + stderr]));
  });
  ran.said[name] = `${ran.said[name] ?? ''}${said}`;
  return well ? 'success' : 'failure';
}

const textsOf = (env: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]));

function outputsIn(workspace: string): Record<string, string> {
  try {
    const lines = readFileSync(`${workspace}.output`, 'utf8').trim().split('\n');
    writeFileSync(`${workspace}.output`, '');
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
  } catch {
    return {};
  }
}
