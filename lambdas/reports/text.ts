import type { Report, Section } from './report.ts';
import { headline, rowsOf } from './rows.ts';
import type { Summary } from './summary.ts';

/** The report as plain text. @param links the address before the paths of its links; without one they are left out */
export function reportText(report: Report, links?: string): string {
  const { automations, all, complete } = report;
  return [
    titleOf(report),
    ...(complete ? [] : ['So far: the week is not over.']),
    ...['', ...tableOf(all.now, all.before)],
    ...automations.filter(isBusy).flatMap((it) => ['', ...sectionLines(it, links)]),
    ...quietLine(automations),
  ].join('\n');
}

export function titleOf({ week, from, to }: Pick<Report, 'week' | 'from' | 'to'>): string {
  const last = new Date(Date.parse(to) - 1).toISOString().slice(0, 10);
  return `Week ${week}, ${from.slice(0, 10)} to ${last} (UTC)`;
}

/** Whether there is something to tell of it. */
export function isBusy({ now, before, decide }: Section): boolean {
  return now.received + now.done + before.received + before.done + decide.length > 0;
}

export function quietOnes(automations: readonly Section[]): string[] {
  return automations.filter((it) => !isBusy(it)).map(({ automation }) => automation);
}

function quietLine(automations: readonly Section[]): string[] {
  const quiet = quietOnes(automations);
  return quiet.length > 0 ? ['', `Nothing happened in ${quiet.join(', ')}.`] : [];
}

function sectionLines({ automation, now, before, broke, learnt, decide }: Section, links?: string): string[] {
  const parts: [string, readonly { words: string; link?: string }[]][] = [
    ['To decide', decide],
    ['What broke', broke],
    ['What was learnt', learnt],
  ];
  return [
    `${automation}: ${headline(now)}`,
    ...tableOf(now, before).map((line) => `  ${line}`),
    ...parts.flatMap(([title, lines]) =>
      lines.length === 0
        ? []
        : [
            `  ${title}:`,
            ...lines.flatMap(({ words, link }) => [
              `  - ${words}`,
              ...(link && links !== undefined ? [`    ${links}${link}`] : []),
            ]),
          ],
    ),
  ];
}

function tableOf(now: Summary, before: Summary): string[] {
  const rows = rowsOf(now, before);
  const width = (of: (row: (typeof rows)[number]) => string) =>
    Math.max(0, ...rows.map((row) => of(row).length));
  const [names, figures] = [width(({ name }) => name), width((row) => row.now)];
  return rows.flatMap(({ name, now: is, before: was, change, note }) => [
    `${name.padEnd(names)}  ${is.padStart(figures)}  (before ${was}${change ? `, ${change}` : ''})`.trimEnd(),
    ...(note ? [`  ${note}`] : []),
  ]);
}
