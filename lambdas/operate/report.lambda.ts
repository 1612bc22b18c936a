import { registry } from '@bundled/registry';
import { settings } from '@bundled/settings';
import { readEnv } from '../kit/env.ts';
import { weeklyReport } from './report/weekly.ts';

const env = readEnv('operate/report');

export async function handler(): Promise<void> {
  await weeklyReport(registry, settings, env);
}
