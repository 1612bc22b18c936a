import { html } from 'hono/html';
import { NO_PAPERS, type Papers } from '../../approve/channels/page/documents/section.ts';
import { evidencePart, valuesPart } from '../../approve/channels/page/question.ts';
import { agentsPart } from '../../approve/channels/page/reading/agents.ts';
import { compensationPart } from '../../approve/channels/page/reading/banners.ts';
import { comparedPart } from '../../approve/channels/page/reading/compared.ts';
import { hintsPart } from '../../approve/channels/page/reading/hints.ts';
import { degradedPart } from '../../approve/channels/page/reading/looked.ts';
import { repairsPart } from '../../approve/channels/page/reading/repairs.ts';
import { briefPart, itemPart, removedPart, showsPart } from '../../approve/channels/page/shows.ts';
import type { ProposalDocument } from '../../contract/item/proposal-document.ts';
import type { Markup } from '../../pages/layout.ts';

interface Shown {
  /** Of its heading, where a page holds more than one proposal. */
  id?: string;
  papers?: Papers;
  /** Where pages are. */
  baseUrl?: string;
  /** Time zone of its approvers. */
  zone?: string | undefined;
}

/** All that the approval page shows of a proposal. */
export function contentPart(document: ProposalDocument, shown: Shown = {}): Markup {
  const { reversible, risk, confidence, reasons } = document;
  const { id, papers = NO_PAPERS, baseUrl = '', zone } = shown;
  return html`${compensationPart(document, baseUrl, zone)}
${document.compensates ? '' : briefPart(document)}
<p class="marks">${reversible ? 'It can be undone.' : 'It cannot be undone.'} Risk: ${risk}.
Confidence: ${confidence === null ? 'not measured' : `${Math.round(confidence * 100)} %`}.</p>
<h2>Why a person is asked</h2>
<ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>
${degradedPart(document)}
${hintsPart(document)}
${showsPart(document, id)}
${itemPart(document)}
${removedPart(document)}
${repairsPart(document)}
${comparedPart(document)}
${papers.part}
${agentsPart(document)}
${evidencePart(document, papers)}
<details><summary>All values</summary>${valuesPart(document)}</details>`;
}
