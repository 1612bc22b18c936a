import type * as z from 'zod/mini';
import type { similarLearntSchema, similarSchema } from '../../lambdas/api/openapi/reports/similar-schema.ts';
import type { Command, Input } from '../command.ts';
import { connect } from '../connect.ts';
import { UsageError } from '../errors.ts';
import { age, count, usd } from '../format.ts';
import { paint, printJson, type Terminal } from '../terminal.ts';

type Similar = z.output<typeof similarSchema>;
type Learnt = z.output<typeof similarLearntSchema>;
type Step = Learnt['steps'][number];

export const similar: Command = {
  name: 'similar',
  summary: 'Answers to similar questions: what is learnt, used, saved; on or off',
  usage: `signalbox similar <automation> [step] [options]
       … similar <automation> <step> --on|--off --reason "…"

  --on           it learns anew, and uses no such answer until comparisons
                 have shown again that few enough would be wrong
  --off          every question is asked of a model
  --reason TEXT  why, for the next operator: 3 to 300 characters

Without --on and --off it tells of each step that may use such answers what
comparisons have shown, from which score on answers are used, how many were,
how many audits found wrong, what that saved, and why it is off.

A step switches itself off when audits show more wrong answers than its
'wrongAtMost' allows. It is heard within ten seconds. For a token with the
role operator.`,
  example: ['similar', 'support-triage'],
  arguments: ['automation', 'step?'],
  options: { on: 'flag', off: 'flag', reason: 'text' },
  async run(input, terminal) {
    const path = `/v1/automations/${encodeURIComponent(input.argument(0) ?? '')}/similar`;
    const order = orderOf(input);
    const client = await connect(terminal);
    if (order) {
      const { data, json } = await client.post<Similar>(path, JSON.stringify(order), {});
      if (input.json) return printJson(terminal, json);
      const state = data.on
        ? paint(terminal, 'green', 'learns anew which similar questions may share an answer')
        : paint(terminal, 'yellow', 'asks a model about every question');
      return terminal.out(`${data.automation} ${data.step}: ${state}`);
    }
    const { data, json } = await client.get<Learnt>(path, { step: input.argument(1) });
    if (input.json) return printJson(terminal, json);
    terminal.out(told(data, terminal));
  },
};

function orderOf(input: Input): object | undefined {
  const on = input.flag('on');
  const reason = input.option('reason');
  const step = input.argument(1);
  if (!on && !input.flag('off')) {
    if (reason !== undefined) throw new UsageError('--reason is for --on or --off');
    return undefined;
  }
  if (on && input.flag('off')) throw new UsageError('say either --on or --off');
  if (step === undefined) throw new UsageError('say which step, after the automation');
  if (reason === undefined) throw new UsageError('--reason is missing: say why, for the next operator');
  return { step, on, reason };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function told({ automation, steps }: Learnt, terminal: Terminal): string {
  if (steps.length === 0) return `${automation}: no step uses answers to similar questions`;
  return steps.flatMap((step) => linesOf(automation, step, terminal)).join('\n');
}

function linesOf(
  automation: string,
  { step, state, off, on, learnt, earlier }: Step,
  terminal: Terminal,
): string[] {
  const ago = (at: string | undefined) => `${age(at, terminal.now())} ago`;
  const colour = state === 'answers' ? 'green' : 'yellow';
  return [
    `${automation}, ${step}: ${paint(terminal, colour, state)}`,
    ...(off ? [`  off: ${off.by}, ${ago(off.at)}: ${off.reason}`] : []),
    ...(on ? [`  began anew: ${on.by}, ${ago(on.at)}: ${on.reason}`] : []),
    ...(learnt.length === 0 ? ['  nothing was compared yet'] : []),
    ...learnt.flatMap((it) => [
      `  ${[it.prompt, it.models?.[0]].filter(Boolean).join(' with ') || 'prompt not known'}, last asked ${ago(it.lastAt)}: ${scoreWords(it, state)}`,
      `    compared: ${count(it.compared)} of ${count(it.asked)} questions, the first ${ago(it.since)}; the model differed: ${count(it.wrong)}`,
      ...(it.shown ? [`    ${shownWords(it, it.shown)}`] : []),
      `    ${doneWords(it.done, it.usedSince && `, the first ${ago(it.usedSince)}`)}`,
    ]),
    ...(earlier ? [`  before it began anew: ${doneWords(earlier)}`] : []),
  ];
}

type OfPrompt = Step['learnt'][number];

function scoreWords({ least, done }: OfPrompt, state: Step['state']): string {
  if (least === undefined) return done.used > 0 ? 'uses no answer any more' : 'uses no answer yet';
  return `${state === 'off' ? 'used' : 'uses'} answers from a score of ${least.toFixed(2)} on`;
}

function shownWords(
  { least, fewest, wrongAtMost }: OfPrompt,
  { score, comparisons, wrong, high }: NonNullable<OfPrompt['shown']>,
): string {
  const bound = `from ${score.toFixed(2)} on ${percent(wrong)} wrong, at most ${percent(high)} by ${count(comparisons)} comparisons; ${percent(wrongAtMost)} may be`;
  return least === undefined && comparisons < fewest
    ? `shown so far: ${bound}, which takes ${count(fewest)} without an error`
    : `shown: ${bound}`;
}

function doneWords({ used, audited, auditedWrong, savedUsd }: OfPrompt['done'], since = ''): string {
  const saved = savedUsd === undefined ? '' : `; saved: ${savedUsd < 0 ? '-' : ''}${usd(Math.abs(savedUsd))}`;
  return `used: ${count(used)}${since}; audited: ${count(audited)}, of them wrong: ${count(auditedWrong)}${saved}`;
}
