import { styleText } from 'node:util';
import { clean } from '../../cli/text.ts';
import type { CaseResult } from './run.ts';
import type { CasesVerdict, Spread } from './verdict.ts';

/** `npm run cases -- --json`, as `docs/cases.md` tells it. */
export interface CasesReport {
  verdict: CasesVerdict;
  model: string;
  /** The sandbox's, which reads no prompts. */
  sandbox?: true;
  repeat: number;
  /** Of the sandbox: what it would have cost at the prices of `signalbox.config.ts`. */
  costUsd: number;
  mostUsd?: number;
  automations: SuiteReport[];
}

export interface SuiteReport {
  automation: string;
  verdict: CasesVerdict;
  /** Why, where no case says it. */
  why?: string;
  /** Versions by step, those that were tried among them. */
  prompts: Readonly<Record<string, string>>;
  /** Shares of right cases: of the worst and of the best repeat. */
  share: Spread;
  /** The share that was asked for. */
  least?: number;
  /** With `--compare`: the same with the prompts in use, which is what was asked for then. */
  inUse?: Spread;
  costUsd: number;
  cases: CaseResult[];
}

const COLOURS = { PASS: 'green', FAIL: 'red', INCONCLUSIVE: 'yellow' } as const;

/** For people: what is not all right, case by case, then a line per automation, and the verdict alone in the last one. */
export function lines({ automations, ...whole }: CasesReport, colours: boolean): string[] {
  const painted = (verdict: CasesVerdict) =>
    colours ? styleText(COLOURS[verdict], verdict, { validateStream: false }) : verdict;
  return [
    ...automations.flatMap((suite) => [
      ...suite.cases.filter(({ verdict }) => verdict !== 'PASS').flatMap((it) => caseLines(it, painted)),
      `${suite.automation}: ${painted(suite.verdict)}  ${told(suite)}`,
    ]),
    `${whole.model}, USD ${whole.costUsd.toFixed(4)}${whole.mostUsd === undefined ? '' : ` of at most ${whole.mostUsd}`}`,
    painted(whole.verdict),
  ];
}

function caseLines({ name, verdict, tries }: CaseResult, painted: (it: CasesVerdict) => string): string[] {
  const right = tries.filter(({ outcome }) => outcome === 'right').length;
  const often = tries.length > 1 ? `  right ${right} of ${tries.length} times` : '';
  const faults = new Set(tries.flatMap((it) => it.faults));
  return [`${painted(verdict)}  ${clean(name)}${often}`, ...[...faults].map((it) => `    ${clean(it)}`)];
}

function told({ cases, share, least, inUse, why }: SuiteReport): string {
  if (why !== undefined) return why;
  const of = (shares: Spread) => {
    const [low, high] = [shares.least, shares.most].map((it) => Math.round(it * cases.length));
    return low === high ? `${low}` : `${low} to ${high}`;
  };
  const asked = inUse
    ? `, ${of(inUse)} with the prompts in use`
    : least === 1
      ? ''
      : `, ${least} of them are asked for`;
  return `${of(share)} of ${cases.length} right${asked}`;
}
