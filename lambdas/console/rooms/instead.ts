import { html } from 'hono/html';
import type { Automation } from '../../contract/automation.ts';
import type { Markup } from '../../pages/layout.ts';
import {
  type Done,
  type LearntView,
  type StepView,
  similarSteps,
  similarView,
} from '../../reports/similar.ts';
import { type SurrogateView, surrogateView } from '../../reports/surrogate.ts';
import { counted, usd, whole } from '../../reports/words.ts';
import { readSurrogate } from '../../tables/surrogates/surrogates.ts';
import { timeMark } from '../words.ts';

/* What answers in a model's place: similar questions, and a surrogate. Of an automation that has neither, nothing is read. */

export interface Instead {
  similar: readonly StepView[];
  /** Undefined where none is declared. */
  surrogate: SurrogateView | undefined;
}

export async function insteadOf(table: string, automation: Automation): Promise<Instead> {
  const { name, steps } = automation;
  const of = { automation: name, step: 'route' };
  const [similar, surrogate] = await Promise.all([
    similarView(table, automation, similarSteps(automation)),
    steps?.route?.surrogate ? readSurrogate(table, of).then((row) => surrogateView(name, row)) : undefined,
  ]);
  return { similar, surrogate };
}

/** @param mayKnow why operators switched it: in their words, for each other */
export function insteadPart({ similar, surrogate }: Instead, mayKnow: boolean): Markup | string {
  if (similar.length === 0 && surrogate === undefined) return '';
  return html`<section class="panel known" aria-labelledby="instead"><h2 id="instead">Answers without a model</h2>
<dl>${similar.map((step) => html`<div><dt>${step.step}: similar questions</dt><dd>${similarPart(step, mayKnow)}</dd></div>`)}
${surrogate === undefined ? '' : html`<div><dt>route: surrogate</dt><dd>${surrogatePart(surrogate, mayKnow)}</dd></div>`}</dl></section>`;
}

function similarPart({ state, off, on, learnt, earlier }: StepView, mayKnow: boolean): Markup {
  return html`<b>${state}</b>${offPart(off, mayKnow)}${!off && on ? html`; began anew on ${timeMark(on.at)}` : ''}
${learnt.length === 0 ? html`<p>Nothing was compared yet.</p>` : ''}
${learnt.map((it) => html`<p>${it.prompt ?? 'A prompt of before'}: ${scoreWords(it, state)}</p>${listPart([shownWords(it), ...doneWords(it.done)])}`)}
${earlier ? html`<p>Before it began anew</p>${listPart(doneWords(earlier))}` : ''}`;
}

function listPart(texts: readonly string[]): Markup {
  return html`<ul>${texts.map((text) => html`<li>${text}</li>`)}</ul>`;
}

/** Bounds lie near what may be: whole percents would hide on which side. */
function tenths(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function scoreWords({ least, done }: LearntView, state: StepView['state']): string {
  const is = state === 'off' ? 'was' : 'is';
  if (least !== undefined) return `from a score of ${least.toFixed(2)} on an answer ${is} used`;
  // The bound held before, and an audit has shown since that it does not.
  return done.used > 0 ? 'no answer is used any more' : `no answer ${is} used yet`;
}

function shownWords({ shown, fewest, wrongAtMost, compared, wrong }: LearntView): string {
  const all = `${counted(compared, 'comparison')}, ${whole(wrong)} differed`;
  if (!shown) return all;
  const takes = shown.comparisons < fewest ? `; it takes ${whole(fewest)} without an error` : '';
  return `${all}; from ${shown.score.toFixed(2)} on ${tenths(shown.wrong)} wrong, at most ${tenths(shown.high)}, where ${tenths(wrongAtMost)} may be${takes}`;
}

function doneWords({ used, audited, auditedWrong, savedUsd }: Done): string[] {
  const money =
    savedUsd === undefined
      ? ''
      : savedUsd < 0
        ? `, ${usd(-savedUsd)} more spent than saved`
        : `, ${usd(savedUsd)} saved`;
  return [
    `${counted(used, 'answer')} used${money}`,
    `${counted(audited, 'answer')} audited, ${whole(auditedWrong)} of them wrong`,
  ];
}

function surrogatePart({ state, off, closed, model, tried, done }: SurrogateView, mayKnow: boolean): Markup {
  const names = Object.keys(closed);
  return html`<b>${state}</b>${offPart(off, mayKnow)}
${model ? html`<p>${counted(model.labels, 'label')} from ${counted(model.examples, 'example')}, learned on ${timeMark(model.at)}</p>` : html`<p>Nothing was learned yet.</p>`}
${listPart([
  ...(model
    ? [
        `${tenths(model.held.share)} answered, ${tenths(model.held.agreement)} as the model, at least ${tenths(model.held.low)}`,
      ]
    : []),
  ...(names.length > 0 ? [`does not answer ${names.join(', ')}`] : []),
  `${counted(tried.n, 'answer')} tried since, ${whole(tried.wrong)} of them wrong`,
])}
${done ? html`<p>${counted(done.used, 'answer')} used until ${timeMark(done.until)}${done.savedUsd === undefined ? '' : `, ${usd(done.savedUsd)} saved`}</p>` : ''}`;
}

function offPart(off: StepView['off'], mayKnow: boolean): Markup | string {
  if (!off) return '';
  const isOurs = off.by === 'signalbox';
  return html` since ${timeMark(off.at)}, ${isOurs ? 'by itself' : 'by an operator'}${isOurs || mayKnow ? `: ${off.reason}` : ''}`;
}
