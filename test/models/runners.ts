import type { Runner, RunnerOptions } from '../../lambdas/models/runner.ts';
import { stepRunner } from '../../lambdas/models/step.ts';
import { spent } from './fallback-world.ts';

/* Items of one function instance share their day's money until the last of them is closed. */

const opened: Runner[] = [];

export function opening(options: RunnerOptions): Runner {
  const runner = stepRunner(options);
  opened.push(runner);
  return runner;
}

/** The invocation ends. */
export async function allClosed(): Promise<void> {
  await Promise.all(opened.splice(0).map((runner) => runner.close()));
}

/** What the day has paid when all are closed. */
export async function paidInAll(table?: string): Promise<number> {
  await allClosed();
  return spent(table);
}
