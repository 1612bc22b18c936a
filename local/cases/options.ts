import { parseArgs } from 'node:util';
import type { ModelRequest } from '../../lambdas/contract/automation.ts';
import { numberOption, UsageError } from '../usage.ts';

export const USAGE = `npm run cases -- [automation] [options]

Runs the cases of an automation, or of all: does it come to what cases.jsonl says?
The sandbox model answers, on this machine alone; with OPENAI_API_KEY set (and
OPENAI_BASE_URL), that model does, and costs money.

  --prompt STEP=VERSION  with prompts/STEP.VERSION.md in place of the prompt in
                         use: route=v2; may be repeated
  --compare      with the prompts in use as well: worse than they are is a failure
  --changed REF  only automations of which something changed since the branch
                 left REF, such as origin/main; all where the stages did
  --case NAME    that case alone; may be repeated
  --from FILE    the cases of that file instead, as signalbox cases prints them
  --repeat N     every case N times, from 1 to 50 (1)
  --least SHARE  the share of cases that must come out right, from 0 to 1 (1, or
                 that of cases.ts)
  --most-usd N   a call that could cost more than is left of it is not made (0.50;
                 sandbox: no limit)
  --minutes N    begins no case after so many (10)
  --sandbox      the sandbox model, also where OPENAI_API_KEY is set
  --json         the result as JSON
  --help         this text

Exit code: 0 PASS, 1 FAIL, 2 not understood or not possible, 3 INCONCLUSIVE.
To make cases of what people decided: npm run signalbox -- cases --help`;

export interface CasesOptions {
  automation: string | undefined;
  /** Versions by step: `{ route: 'route.v2' }`. */
  prompts: Readonly<Record<string, string>>;
  compare: boolean;
  names: readonly string[];
  from: string | undefined;
  /** Only what is another than where the branch left this commit. */
  changed: string | undefined;
  repeat: number;
  least: number | undefined;
  /** @default that of the model: none for the sandbox */
  mostUsd: number | undefined;
  minutes: number;
  sandbox: boolean;
  json: boolean;
  help: boolean;
  /** What serves instead of what is declared, by step; each try and what it is compared with go by it. @default nothing */
  inUse?: Readonly<Record<string, string>> | undefined;
  /** Hears of each request before it is made. @default nobody does */
  asked?: ((request: ModelRequest<unknown>) => void) | undefined;
}

/** @throws UsageError for whatever it does not take */
export function readOptions(argv: readonly string[]): CasesOptions {
  const { values, positionals } = parsed(argv);
  const [automation, extra] = positionals;
  if (extra !== undefined)
    throw new UsageError(`unexpected argument '${extra}': one automation, or none for all`);
  const { prompt = [], case: names = [], from, changed, compare, sandbox, json, help } = values;
  for (const [option, given] of [
    ['prompt', prompt.length > 0],
    ['from', from !== undefined],
  ] as const)
    if (given && automation === undefined)
      throw new UsageError(`--${option} needs the name of an automation before it`);
  if (changed !== undefined && automation !== undefined)
    throw new UsageError(
      `--changed finds the automations by itself: leave '${automation}' out, or --changed`,
    );
  if (compare && prompt.length === 0)
    throw new UsageError('--compare needs --prompt: it compares that prompt with the one in use');
  return {
    ...{ automation, from, changed, names, compare, sandbox, json, help },
    prompts: Object.fromEntries(prompt.map(versionOf)),
    repeat: numberOption('repeat', values.repeat, 1, 50, true) ?? 1,
    least: numberOption('least', values.least, 0, 1),
    mostUsd: numberOption('most-usd', values['most-usd'], 0, 1000),
    minutes: numberOption('minutes', values.minutes, 0, 600) ?? 10,
  };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        prompt: { type: 'string', multiple: true },
        case: { type: 'string', multiple: true },
        from: { type: 'string' },
        changed: { type: 'string' },
        repeat: { type: 'string' },
        least: { type: 'string' },
        'most-usd': { type: 'string' },
        minutes: { type: 'string' },
        compare: { type: 'boolean', default: false },
        sandbox: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message.split('. To specify')[0]);
  }
}

/** `route=v2` and `route=route.v2` name the same. */
function versionOf(text: string): [string, string] {
  const [, step, version] = /^([a-z][a-zA-Z0-9-]*)=(?:\1\.)?(v\d+)$/.exec(text) ?? [];
  if (!step) throw new UsageError(`--prompt must be like route=v2, got '${text}'`);
  return [step, `${step}.${version}`];
}
