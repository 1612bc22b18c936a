import { registry } from '@bundled/registry';
import { settings } from '@bundled/settings';
import { readEnv } from '../kit/env.ts';
import { tellAuditors } from './report/waiting-audits.ts';
import { weeklyReport } from './report/weekly.ts';

const env = readEnv('operate/report');

export async function handler(): Promise<void> {
  // What fails of one does not keep the other.
  const done = await Promise.allSettled([
    weeklyReport(registry, settings, env),
    tellAuditors(registry, settings, env),
  ]);
  for (const one of done) if (one.status === 'rejected') throw one.reason;
}
