import { html } from 'hono/html';
import type { Comparison } from '../../../../contract/item/proposal.ts';
import type { ProposalDocument } from '../../../../contract/item/proposal-document.ts';
import { shownText } from '../../../../kit/text.ts';
import type { Markup } from '../../../../pages/layout.ts';

/** More rows are named, and not shown: nobody compares them here. */
const MOST_ROWS = 60;

/** What code compared, row by row: those that differ say so in words. Empty where nothing was compared. */
export function comparedPart({ evidence }: Pick<ProposalDocument, 'evidence'>): Markup | string {
  const compared = evidence.flatMap(({ source, table }) => (table ? [{ source, table }] : []));
  if (compared.length === 0) return '';
  return html`${compared.map(
    ({ source, table }) => html`<section class="compared"><h2>${shownText(capital(source))}</h2>
${tableOf(table)}
${table.rows.length > MOST_ROWS ? html`<p class="soft">${table.rows.length - MOST_ROWS} further rows are not shown.</p>` : ''}</section>`,
  )}`;
}

function tableOf({ head, rows }: Comparison): Markup {
  return html`<table><thead><tr>${head.map((name) => html`<th scope="col">${shownText(name)}</th>`)}</tr></thead>
<tbody>${rows
    .slice(0, MOST_ROWS)
    .map(
      ({ cells, differs }) =>
        html`<tr${differs ? html` class="differs"` : ''}>${cells.map((cell, at) =>
          at === 0
            ? html`<th scope="row">${shownText(cell)}</th>`
            : html`<td data-of="${shownText(head[at] ?? '')}">${shownText(cell)}</td>`,
        )}</tr>`,
    )}</tbody></table>`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
