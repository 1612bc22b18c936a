import { registry } from '@bundled/registry';
import { settings } from '@bundled/settings';
import { readEnv } from '../kit/env.ts';
import { dailyDrift } from './report/drift.ts';
import { tellAuditors } from './report/waiting-audits.ts';
import { weeklyReport } from './report/weekly.ts';

const env = readEnv('operate/report');

export async function handler(): Promise<void> {
  // What fails of one does not keep the other; the report tells of what drifts.
  const done = await Promise.allSettled([
    dailyDrift(registry, env).finally(() => weeklyReport(registry, settings, env)),
    tellAuditors(registry, settings, env),
  ]);
  for (const one of done) if (one.status === 'rejected') throw one.reason;
}
