import type * as z from 'zod/mini';
import type { releasesSchema } from '../../lambdas/api/openapi/reports/release-schema.ts';
import { lines } from '../../local/rehearsal/cases.ts';
import type { Command, Input } from '../command.ts';
import { connect } from '../connect.ts';
import { NotWell, UsageError } from '../errors.ts';
import { ofAll } from '../of-all.ts';
import { check } from '../release/check.ts';
import { report } from '../release/report.ts';
import { printJson, type Terminal } from '../terminal.ts';

export type Releases = z.output<typeof releasesSchema>;

const VERBS = ['status', 'check', 'promote', 'rollback'] as const;
const HOUR_MS = 3_600_000;
const MOST_HOURS = 720;
/** The rest is what it is compared with. */
const MOST_CANARY = 0.9;

export const release: Command = {
  name: 'release',
  summary: 'Try another prompt or model on a part of the items, promote it, roll it back',
  usage: `signalbox release <automation> <step> <version> --canary 5% --reason "…"
or with status, check, promote or rollback and the automation alone; status
without one is of every automation

  --canary P     it serves this share of the items, by whom they are about; it
                 is rolled back by itself once it is worse
  --ab P         the same, to compare two that are both thought good
  --shadow T     it thinks beside the stable one for so long (12h, 2d), without
                 any effect; P of --share alone (100%)
  --share P      of a shadow: which share of the items
  --budget USD   of a shadow: what it may spend a day (a tenth of the
                 automation's)
  --model E/M    the model M of the endpoint E is asked first; with or without
                 another prompt
  --repeat N     of check: every case so many times (1); --most-usd N what
                 that may cost (0.50), --sandbox keeps your model out
  --promote      it is promoted by itself once it is better, after 200 items
                 and a day at the earliest
  --reason TEXT  why, for the next operator: 3 to 300 characters

check runs the cases of this repository with the prompt that is tried, beside
the one in use, and rolls it back where they fail (exit code 1).
The version is one of the automation's folder that is deployed: v2 is
prompts/<step>.v2.md. An item keeps what it began with. Without a release that
runs, rollback takes the last promotion back. For a token with the role
operator.`,
  example: ['release', 'status', 'refund-request'],
  arguments: ['automation', 'step?', 'version?'],
  options: {
    ...{ canary: 'text', ab: 'text', shadow: 'text', share: 'text', budget: 'text', model: 'text' },
    ...{ promote: 'flag', reason: 'text', repeat: 'text', 'most-usd': 'text', sandbox: 'flag' },
  },
  async run(input, terminal) {
    const first = input.argument(0) ?? '';
    const verb = VERBS.find((it) => it === first);
    const automation = verb ? input.argument(1) : first;
    const meant = verb || input.argument(2) ? undefined : VERBS.find((it) => it === input.argument(1));
    if (meant) throw new UsageError(`the word comes first: release ${meant} ${first}`);
    if (verb === 'status' && automation === undefined) return statusOfAll(input, terminal);
    if (!automation) throw new UsageError(`release ${first} needs the name of an automation`);
    const path = pathOf(encodeURIComponent(automation));
    if (verb === 'check') return checked(input, terminal, path);
    const order = verb === 'status' ? undefined : verb ? { reason: reasonOf(input) } : orderOf(input);
    const client = await connect(terminal);
    const { data, json } =
      order === undefined
        ? await client.get<Releases>(path)
        : await client.post<Releases>(verb ? `${path}/${verb}` : path, JSON.stringify(order), {});
    if (input.json) printJson(terminal, json);
    else terminal.out(report(data, terminal));
  },
};

const pathOf = (automation: string) => `/v1/automations/${automation}/releases`;

async function statusOfAll(input: Input, terminal: Terminal): Promise<void> {
  const all = await ofAll<Releases>(await connect(terminal), pathOf);
  if (input.json) printJson(terminal, { automations: all.map(({ json }) => json) });
  else terminal.out(all.map(({ data }) => report(data, terminal)).join('\n\n'));
}

async function checked(input: Input, terminal: Terminal, path: string): Promise<void> {
  const mostUsd = input.number('most-usd', 0, 1000);
  const how = {
    repeat: input.number('repeat', 1, 50) ?? 1,
    mostUsd,
    minutes: 10,
    sandbox: input.flag('sandbox'),
  };
  const { cases, rolledBack, releases } = await check(await connect(terminal), path, how, terminal);
  if (input.json) printJson(terminal, { cases: cases ?? null, rolledBack, releases });
  else {
    if (cases) terminal.out(lines(cases, terminal.colours).join('\n'));
    else terminal.out('Nothing was checked: no prompt is tried by itself.');
    terminal.out(report(releases, terminal));
  }
  if (rolledBack) throw new NotWell();
}

function orderOf(input: Input): object {
  const modes = (['canary', 'ab', 'shadow'] as const).filter((it) => input.option(it) !== undefined);
  const [mode, another] = modes;
  if (!mode || another) throw new UsageError('say one of --canary, --ab and --shadow');
  const step = input.argument(1);
  if (!step) throw new UsageError('release needs a step of the automation, such as route');
  const [version, model] = [input.argument(2), input.option('model')];
  if (version === undefined && model === undefined)
    throw new UsageError('release needs a version, such as v2, or --model, or both');
  const promotes = input.flag('promote');
  if (mode === 'shadow' && promotes) throw new UsageError('--promote is for --canary and --ab');
  if (mode !== 'shadow' && (input.option('share') ?? input.option('budget')) !== undefined)
    throw new UsageError('--share and --budget are for --shadow');
  const hours = mode === 'shadow' ? (input.span('shadow') ?? 0) / HOUR_MS : undefined;
  if (hours !== undefined && (!Number.isInteger(hours) || hours < 1 || hours > MOST_HOURS))
    throw new UsageError('--shadow must be whole hours or days, such as 12h or 2d, and 30d at most');
  const share = shareOf(input, mode === 'shadow' ? 'share' : mode);
  const budget = input.option('budget');
  return {
    ...{ step, mode, hours, share, model, reason: reasonOf(input) },
    ...(version === undefined ? {} : { version: version.replace(`${step}.`, '') }),
    ...(promotes ? { promotes } : {}),
    ...(budget === undefined ? {} : { perDayUsd: Number(budget) }),
  };
}

/** `5%` or `0.05` @throws UsageError */
function shareOf(input: Input, option: string): number | undefined {
  const text = input.option(option);
  if (text === undefined) return undefined;
  const [, number, sign] = /^(\d{1,3}(?:\.\d{1,4})?)(%?)$/.exec(text) ?? [];
  const share = Number(number) / (sign ? 100 : 1);
  const most = option === 'share' ? 1 : MOST_CANARY;
  if (share >= 0.001 && share <= most) return Number(share.toFixed(6));
  throw new UsageError(`--${option} must be a share such as 5% or 0.05, up to ${most * 100}%, got '${text}'`);
}

function reasonOf(input: Input): string {
  const reason = input.option('reason');
  if (reason === undefined) throw new UsageError('--reason is missing: say why, for the next operator');
  return reason;
}
