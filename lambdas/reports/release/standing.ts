import type { RegistryEntry } from '../../contract/registry.ts';
import type { EndedRelease, Release, Serving, ShadowCounts } from '../../contract/steps/release.ts';
import { isoNow } from '../../kit/clock.ts';
import type { ReleasesRow } from '../../tables/releases/releases.ts';
import { servingOf } from '../../tables/releases/serving.ts';
import { readShadow } from '../../tables/releases/shadow.ts';
import { samplesBetween } from '../../tables/samples/samples.ts';
import { armName, type Figures, sumOf } from '../../tables/statistics/figures.ts';
import { hoursOf } from '../../tables/statistics/hours.ts';
import { auditedMeasure } from './audited.ts';
import { type Comparison, compare } from './compare.ts';

const HOUR_MS = 3_600_000;
/** What is counted before that is left out: a page makes a fixed number of reads. */
const MOST_MS = 20 * 24 * HOUR_MS;

/** Of whom, and how it is audited. */
type Of = Pick<RegistryEntry, 'name' | 'audit'>;

/**
 * How a release stands: what the statistics have counted of both sides since it began, and what audits found of them, in the last twenty
 * days at most.
 */
export async function comparisonOf(
  table: string,
  { name, audit }: Of,
  release: Release,
): Promise<Comparison> {
  const since = new Date(Math.max(Date.parse(release.at), Date.parse(isoNow()) - MOST_MS)).toISOString();
  const from = `${since.slice(0, 13)}:00:00.000Z`;
  const to = new Date(Date.parse(isoNow()) + HOUR_MS).toISOString();
  const [hours, samples] = await Promise.all([
    hoursOf(table, name, from, to),
    audit && release.mode !== 'shadow'
      ? samplesBetween(table, name, Date.parse(from), Date.parse(to) - 1)
      : undefined,
  ]);
  const { arm = {} }: Figures = sumOf(hours.map(({ figures }) => figures));
  const audited = audit && samples ? [auditedMeasure(audit, samples, release.id)] : [];
  return compare(arm[armName(release.id, 'stable')], arm[armName(release.id, 'candidate')], audited);
}

export interface ReleasesView {
  automation: string;
  serving: Record<string, Serving>;
  running?: Release & { comparison: Comparison; shadow?: ShadowCounts };
  ended: readonly EndedRelease[];
}

/** Where each step stands, what runs and how it goes, and what was. */
export async function viewOf(
  of: Of & Pick<RegistryEntry, 'prompts'>,
  row: ReleasesRow | undefined,
  table: string,
): Promise<ReleasesView> {
  const { running, ended = [] } = row ?? {};
  return {
    ...{ automation: of.name, serving: servingOf(of.prompts, row), ended },
    ...(running ? { running: await runningOf(table, of, running) } : {}),
  };
}

async function runningOf(table: string, of: Of, running: Release) {
  const comparison = await comparisonOf(table, of, running);
  if (running.mode !== 'shadow') return { ...running, comparison };
  return { ...running, comparison, shadow: await readShadow(table, of.name, running.id) };
}
