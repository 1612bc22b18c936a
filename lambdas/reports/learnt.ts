import type { Figures } from '../tables/statistics/figures.ts';
import type { Gathered, Line } from './gathered.ts';
import { counted, times } from './words.ts';

const MOST_FIELDS = 5;

/** What people mended, and what was released because of such things. */
export function learntIn(
  [now, before]: readonly [Figures, Figures],
  { known: { name }, entries, commands, foundWrong }: Gathered,
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
    .map(({ field, count }) => `${field} ${times(count)}`);
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
            words: `${counted(wrong, 'decision')} knew better, and can be ${casesWords(wrong, name)}`,
            link: '/console/decided',
          },
        ]
      : []),
    ...(foundWrong > 0
      ? [
          {
            words: `audits found ${counted(foundWrong, 'item')} wrong, which can be ${casesWords(foundWrong, name)}`,
            link: `/console/automations/${name}`,
          },
        ]
      : []),
    ...(reviews > 0 ? [{ words: 'it was reviewed', link: `/console/automations/${name}#review` }] : []),
  ];
}

function casesWords(count: number, name: string): string {
  return `${count === 1 ? 'a case' : 'cases'}: signalbox cases ${name} --from 7d`;
}
