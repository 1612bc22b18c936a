/*
 * What a bench found beside what is asked of it: one line per figure, and exit 1 where one falls short. With
 * `--report` it tells, and does not judge.
 */

/** The figure with what was asked, and whether it is as asked. */
export type Verdict = readonly [text: string, holds: boolean];

type Show = (value: number) => string;

export function atMost(what: string, value: number, most: number, show: Show = String): Verdict {
  return [`${what} ${show(value)} (at most ${show(most)})`, value <= most];
}

export function atLeast(what: string, value: number, least: number, show: Show = String): Verdict {
  return [`${what} ${show(value)} (at least ${show(least)})`, value >= least];
}

export function exactly<T extends number | string | boolean>(what: string, value: T, asked: T): Verdict {
  return [`${what} ${value} (asked: ${asked})`, value === asked];
}

export function printVerdicts(verdicts: readonly Verdict[], args: readonly string[] = process.argv): void {
  console.log();
  for (const [text, it] of verdicts) console.log(`${text}: ${it ? 'ok' : 'MISSED'}`);
  // A folder without the sets that are read would pass.
  if (verdicts.length === 0) console.log('nothing was measured: MISSED');
  const holds = verdicts.length > 0 && verdicts.every(([, it]) => it);
  if (!holds && !args.includes('--report')) process.exitCode = 1;
}
