import { html } from 'hono/html';
import { NO_PAPERS } from '../../approve/channels/page/documents/section.ts';
import { evidencePart, valuesPart } from '../../approve/channels/page/question.ts';
import { repairsPart } from '../../approve/channels/page/reading/repairs.ts';
import { briefPart, itemPart, removedPart, showsPart } from '../../approve/channels/page/shows.ts';
import type { ProposalDocument } from '../../contract/item/proposal-document.ts';
import type { Markup } from '../../pages/layout.ts';

/** All that the approval page shows of a proposal. `id`: where a page holds more than one; `papers`: its documents. */
export function contentPart(document: ProposalDocument, id?: string, papers = NO_PAPERS): Markup {
  const { reversible, risk, confidence, reasons } = document;
  return html`${briefPart(document)}
<p class="marks">${reversible ? 'It can be undone.' : 'It cannot be undone.'} Risk: ${risk}.
Confidence: ${confidence === null ? 'not measured' : `${Math.round(confidence * 100)} %`}.</p>
<h2>Why a person is asked</h2>
<ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>
${showsPart(document, id)}
${itemPart(document)}
${removedPart(document)}
${repairsPart(document)}
${papers.part}
${evidencePart(document, papers)}
<details><summary>All values</summary>${valuesPart(document)}</details>`;
}
