import type { EndedRelease, Release, Serving, ShadowCounts } from '../../contract/steps/release.ts';
import { isoNow } from '../../kit/clock.ts';
import type { ReleasesRow } from '../../tables/releases/releases.ts';
import { servingOf } from '../../tables/releases/serving.ts';
import { readShadow } from '../../tables/releases/shadow.ts';
import { armName, type Figures, sumOf } from '../../tables/statistics/figures.ts';
import { hoursOf } from '../../tables/statistics/hours.ts';
import { type Comparison, compare } from './compare.ts';

const HOUR_MS = 3_600_000;
/** What is counted before that is left out: a page makes a fixed number of reads. */
const MOST_MS = 20 * 24 * HOUR_MS;

/** How a release stands: what the statistics have counted of both sides since it began, in the last twenty days at most. */
export async function comparisonOf(table: string, automation: string, release: Release): Promise<Comparison> {
  const since = new Date(Math.max(Date.parse(release.at), Date.parse(isoNow()) - MOST_MS)).toISOString();
  const from = `${since.slice(0, 13)}:00:00.000Z`;
  const to = new Date(Date.parse(isoNow()) + HOUR_MS).toISOString();
  const hours = await hoursOf(table, automation, from, to);
  const { arm = {} }: Figures = sumOf(hours.map(({ figures }) => figures));
  return compare(arm[armName(release.id, 'stable')], arm[armName(release.id, 'candidate')]);
}

export interface ReleasesView {
  automation: string;
  serving: Record<string, Serving>;
  running?: Release & { comparison: Comparison; shadow?: ShadowCounts };
  ended: readonly EndedRelease[];
}

/** Where each step stands, what runs and how it goes, and what was. */
export async function viewOf(
  { name, prompts }: { name: string; prompts: Readonly<Record<string, string>> },
  row: ReleasesRow | undefined,
  table: string,
): Promise<ReleasesView> {
  const { running, ended = [] } = row ?? {};
  return {
    ...{ automation: name, serving: servingOf(prompts, row), ended },
    ...(running ? { running: await runningOf(table, name, running) } : {}),
  };
}

async function runningOf(table: string, automation: string, running: Release) {
  const comparison = await comparisonOf(table, automation, running);
  if (running.mode !== 'shadow') return { ...running, comparison };
  return { ...running, comparison, shadow: await readShadow(table, automation, running.id) };
}
