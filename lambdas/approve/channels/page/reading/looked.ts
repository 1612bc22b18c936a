import { html } from 'hono/html';
import type { Evidence } from '../../../../contract/item/proposal.ts';
import type { ProposalDocument } from '../../../../contract/item/proposal-document.ts';
import { shownText } from '../../../../kit/text.ts';
import type { Markup } from '../../../../pages/layout.ts';
import { timeMark } from '../../../../pages/time.ts';

/** What was missing when the item was thought about: whoever decides can look there. */
export function degradedPart({ degraded = [] }: Pick<ProposalDocument, 'degraded'>): Markup | string {
  if (degraded.length === 0) return '';
  const missing = degraded.map(({ step, reason }) => html`<li><b>${step}</b>: ${reason}</li>`);
  return html`<section class="note" id="degraded" aria-label="What was missing"><p>This was thought about without an answer to:</p>
<ul>${missing}</ul></section>`;
}

/** Fields that a source answered, with its name and when; undefined of evidence that comes from elsewhere. */
export function lookedFigure(
  { source: named, quote }: Evidence,
  { looked = [] }: Pick<ProposalDocument, 'looked'>,
  zone?: string,
): Markup | undefined {
  const answer = looked.find(({ lookup, found }) => lookup === named && found);
  if (!answer) return undefined;
  const lines = quote.split('\n').map((line) => {
    const at = line.indexOf(': ');
    return html`<tr><th scope="row">${shownText(line.slice(0, at))}</th><td>${shownText(line.slice(at + 2))}</td></tr>`;
  });
  return html`<figure class="looked"><table class="values"><tbody>${lines}</tbody></table>
<figcaption>${answer.lookup}, as ‘${answer.source}’ answered ${timeMark(answer.at, { zone })}</figcaption></figure>`;
}
