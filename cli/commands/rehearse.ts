import type * as z from 'zod/mini';
import { MOST_CHANGES } from '../../lambdas/api/door/releases.ts';
import type { rehearsalKeptSchema } from '../../lambdas/api/openapi/operator-schemas.ts';
import { NotPossible, rehearse as run } from '../../local/rehearsal/rehearse.ts';
import { ROOT } from '../../local/state.ts';
import type { Client } from '../client.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { UsageError } from '../errors.ts';
import { readJudged } from '../judged.ts';
import { NOT_KEPT, report, type Told } from '../rehearsal/report.ts';
import { printJson } from '../terminal.ts';
import { declared } from '../what-if/candidate.ts';

export const rehearse: Command = {
  name: 'rehearse',
  summary: 'Think about the items of the last days again with another prompt',
  usage: `signalbox rehearse <automation> --candidate STEP=VERSION [options]

  --candidate A=v2   prompts/route.v2.md in place of the one in use: route=v2;
                     several with commas
  --since T          received from then on: 12h, 7d, 2026-11-01 (7d)
  --sample N         so many of them, spread over the time (all)
  --budget USD       what could cost more than is left is not asked (0.50;
                     sandbox: no limit)
  --minutes N        begins no item after so many (10)
  --sandbox          the sandbox model, also where OPENAI_API_KEY is set
  --keep             as a page of the console, beside the automation's releases
  --all              list every item that would change, not the first twenty

Which labels, verdicts, actions, amounts and texts would change, beside what
people decided, and what it costs. It happens on this machine: sources say
what they said, nothing acts. With OPENAI_API_KEY (and OPENAI_BASE_URL) that
model answers. For a token with the role operator, in the repository that is
deployed.`,
  example: ['rehearse', 'refund-request', '--candidate', 'route=v2', '--since', '7d'],
  arguments: ['automation'],
  options: {
    ...{ candidate: 'text', since: 'text', sample: 'text', budget: 'text', minutes: 'text' },
    ...{ sandbox: 'flag', all: 'flag', keep: 'flag' },
  },
  async run(input, terminal) {
    const name = input.argument(0) ?? '';
    const candidate = candidateIn(input.option('candidate'));
    const mostUsd = usdIn(input.option('budget'));
    const minutes = input.number('minutes', 1, 600) ?? 10;
    const most = input.number('sample', 1, 100_000);
    const since = input.time('since', terminal.now()) ?? new Date(terminal.now() - WEEK_MS).toISOString();
    const automation = await declared(name);
    const more = automation.documents ? ({ readings: 'true' } as const) : {};
    const client = await connect(terminal);
    const { items, skipped } = await readJudged(client, name, since, terminal, more);
    // Prompts and knowledge are read by their place in the repository.
    process.chdir(ROOT);
    const asked = { automation, candidate, mostUsd, minutes, sandbox: input.flag('sandbox') };
    const log = Object.assign((line: string) => terminal.err(line), {
      detail: (line: string) => terminal.err(line),
    });
    const told = {
      automation: name,
      candidate,
      since,
      skipped,
      ...(await run(spread(items, most), asked, log).catch(plainly)),
    };
    const kept = input.flag('keep') ? await keep(client, told) : undefined;
    if (input.json) printJson(terminal, kept ? { ...told, kept } : told);
    else terminal.out(report(told, terminal, input.flag('all')));
    if (kept) terminal.err(`Kept: ${client.at(kept.path)}`);
  },
};

/** A prompt or a step that is not there. @throws UsageError */
function plainly(error: unknown): never {
  throw error instanceof NotPossible ? new UsageError(`--candidate: ${error.message}`) : error;
}

type Kept = z.output<typeof rehearsalKeptSchema>;

async function keep(client: Client, { automation, skipped, leftOut, ...found }: Told): Promise<Kept> {
  const path = `/v1/automations/${encodeURIComponent(automation)}/rehearsals`;
  const left = skipped > 0 ? { ...leftOut, [NOT_KEPT]: skipped } : leftOut;
  const changed = found.changed.slice(0, MOST_CHANGES);
  const more = found.changed.length - changed.length;
  const body = { ...found, changed, leftOut: left, ...(more > 0 ? { more } : {}) };
  const { data } = await client.post<Kept>(path, JSON.stringify(body), {});
  return data;
}

const WEEK_MS = 7 * 86_400_000;

/** `route=v2,reply=v3` @throws UsageError */
function candidateIn(text: string | undefined): Record<string, string> {
  if (text === undefined) throw new UsageError('rehearse needs --candidate, as in:', rehearse.example);
  return Object.fromEntries(
    text.split(',').map((part) => {
      const [, step, version] = /^\s*([a-z][a-zA-Z0-9-]*)=(?:\1\.)?(v\d+)\s*$/.exec(part) ?? [];
      if (!step) throw new UsageError(`--candidate must be like route=v2, got '${part}'`);
      return [step, `${step}.${version}`];
    }),
  );
}

/** @throws UsageError */
function usdIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const usd = /^\d{1,4}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (usd <= 1000) return usd;
  throw new UsageError(`--budget must be an amount of USD up to 1000, got '${text}'`);
}

/** So many of them, at the same distance from each other. */
function spread<T>(all: readonly T[], most = all.length): readonly T[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, at) => all[Math.floor((at * all.length) / most)] as T);
}
