import { html } from 'hono/html';
import type { ProposalDocument } from '../../../../contract/item/proposal-document.ts';
import { shownText } from '../../../../kit/text.ts';
import type { Markup } from '../../../../pages/layout.ts';

/** What was read where approvers corrected a model before: with the model's own reading, so that both can be compared with the page. */
export function hintsPart({ hinted = [], question }: ProposalDocument): Markup | string {
  if (hinted.length === 0) return '';
  const lines = hinted.map(
    ({ field, label, instead }) =>
      html`<li><b>${question?.edits[field]?.label ?? field}</b>: read at <q>${shownText(label)}</q>. A model copied <q>${shownText(instead)}</q>.</li>`,
  );
  return html`<section class="note" id="hints" aria-label="What was learnt"><p>Learnt from earlier corrections of this sender:</p>
<ul>${lines}</ul></section>`;
}
