import type { Figures } from '../tables/statistics/figures.ts';
import type { Gathered, Line } from './gathered.ts';
import { whole } from './words.ts';

const MOST_FIELDS = 5;

/** What people mended, and what was released because of such things. */
export function learntIn(
  [now, before]: readonly [Figures, Figures],
  { known: { name }, entries, commands }: Gathered,
): Line[] {
  const versions = Object.keys(now.promptVersion ?? {}).filter(
    (version) => version !== 'none' && !Object.hasOwn(before.promptVersion ?? {}, version),
  );
  const decided = entries.filter(({ event, attentionCheck }) => event === 'decided' && !attentionCheck);
  const edits = decided.flatMap((entry) => entry.edits ?? []);
  const fields = Object.entries(Object.groupBy(edits, ({ field }) => field))
    .map(([field, of = []]) => ({ field, count: of.length }))
    .sort((a, b) => b.count - a.count)
    .slice(0, MOST_FIELDS)
    .map(({ field, count }) => `${field} ${whole(count)} times`);
  const wrong = decided.filter(
    ({ decision, edits: of = [] }) => decision !== 'approve' || of.length > 0,
  ).length;
  const reviews = commands.filter(({ command }) => command === 'review').length;
  const calibrated = commands.flatMap(({ command = '' }) => {
    const [, step] = /^calibrate step=(\S+)/.exec(command) ?? [];
    return step === undefined ? [] : [step];
  });
  // Of an automation that was idle all versions would be new.
  const first = Object.keys(before.promptVersion ?? {}).length === 0;
  return [
    ...(versions.length > 0 && !first ? [{ words: `prompts new this week: ${versions.join(', ')}` }] : []),
    ...(calibrated.length > 0
      ? [{ words: `confidence calibrated of ${[...new Set(calibrated)].join(', ')}` }]
      : []),
    ...(fields.length > 0 ? [{ words: `people mended ${fields.join(', ')}` }] : []),
    ...(wrong > 0
      ? [
          {
            words: `${whole(wrong)} decisions knew better, and can be cases: signalbox cases ${name} --from 7d`,
            link: '/console/decided',
          },
        ]
      : []),
    ...(reviews > 0 ? [{ words: 'it was reviewed', link: `/console/automations/${name}#review` }] : []),
  ];
}
