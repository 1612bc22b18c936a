import { html } from 'hono/html';
import { valuesPart } from '../../approve/channels/page/question.ts';
import { stepsPart } from '../../approve/channels/page/shows.ts';
import type { AuditAnswer } from '../../contract/audits/sample.ts';
import type { Markup } from '../../pages/layout.ts';
import { isSeveral, wordsOf } from './choices.ts';
import type { Opened } from './open.ts';

/** What was done, beside what somebody said. Only for whoever has answered. */
export function donePart({ automation, sample, document }: Opened, by: string): Markup {
  const mine = sample.answers.find((answer) => answer.by === by);
  const others = mine?.differs ?? [];
  const action = document && isSeveral(automation) ? ` (${document.action})` : '';
  const same = mine && mine.label === sample.label && mine.verdict === sample.verdict && others.length === 0;
  const told = others.length > 0 ? ` You gave another ${others.join(' and ')}.` : '';
  const acted = sample.verdict === 'act';
  const done = `${sample.label}, ${acted ? `acted alone${action}` : 'refused alone'}`;
  const steps = acted
    ? 'The first that fails stops those after it.'
    : 'They were proposed, and none was done.';
  return html`<div class="note" role="status"><p>You said: <b>${mine ? saidWords(automation, mine) : 'nothing'}</b>.</p>
<p>What was done: <b>${done}</b>${mine && mine.verdict !== 'unsure' ? (same ? ', as you said.' : `: not as you said. It counts as wrong.${told}`) : '.'}</p>
${document ? html`${stepsPart(document, steps)}<details><summary>All values</summary>${valuesPart(document)}</details>` : ''}</div>`;
}

/** The label and the form's words, as one sentence: `Billing, it is right to refuse it`. Whoever cannot tell need not name a label. */
function saidWords(automation: Opened['automation'], said: AuditAnswer): string {
  const words = wordsOf(automation, said);
  if (said.label === '') return words;
  return `${said.label}, ${words.replace(/^(?!I\b)./, (first) => first.toLowerCase())}`;
}
