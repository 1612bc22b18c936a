import { daysIn, lineWith } from '../find.ts';
import { OUR_NAMES, OUR_VAT_IDS } from '../policy.ts';

/*
 * Whether what was copied is what it is taken for. A number of the page may be the customer's or the order's, and a day that of the
 * delivery: no system of record knows better, so the words before the value have to say it.
 */

/** Words for an invoice, a day, and what a number or day beside them is of: English, German, French, Dutch, Spanish, Italian. */
const INVOICE =
  /invoice|rechnung|facture|factuur|factura|fattura|\bbill\b|credit ?note|gutschrift|avoir|credit ?nota|abono|nota di credito|beleg/;
const CREDIT =
  /credit ?(?:note|memo|nota)|gutschrift|\bavoir\b|\babono\b|nota (?:de|di) credito|nota de abono|storno/;
const DAY = /date|datum|fecha|\bdata\b|\bdated\b|\bvom\b|\bdu\b|\bdel\b|\bof\b|\bvan\b/;
const OTHER =
  /customer|kunde|client|klant|account|konto|order|bestell|commande|pedido|ordine|deliver|liefer|livraison|lever|entrega|consegna|ship|versand|projec|projekt|contract|vertrag|contrat|phone|\btel\b|\bfax\b|page|seite/;
const OTHER_DAY =
  /\bdue\b|payable|faellig|fallig|zahlbar|echeance|limite|verval|betaal|vencim|scadenza|period|zeitraum|leistung|service|until|\bbis\b|\bto\b|\bau\b/;

/** A longer line is prose, and names nothing that code could tell. */
const LONGEST = 300;

/** Whether the number stands behind a word for an invoice, and behind none for something else. */
export function numberAnchored(text: string, number: string): boolean {
  return labelsOf(text, (part) => lineWith(part, 'id', number) !== undefined).some(
    (label) => INVOICE.test(label) && !OTHER.test(label),
  );
}

/** Whether the page is a credit note, by its heading or the words before its number: paid as a bill it would be paid twice. */
export function isCreditNote(text: string, number: string): boolean {
  const labels = labelsOf(text, (part) => lineWith(part, 'id', number) !== undefined);
  const headings = text.split(/[\n\t]/).map(plainOf);
  return (
    labels.some((label) => CREDIT.test(label)) ||
    headings.some((line) => line.split(' ').length <= MOST_OF_HEADING && CREDIT.test(line))
  );
}

const MOST_OF_HEADING = 3;

/** Whether the day stands behind a word for the day of an invoice, or for a day of nothing else. */
export function dayAnchored(text: string, day: string): boolean {
  return labelsOf(text, (part) => daysIn(part).includes(day)).some(
    (label) => (INVOICE.test(label) || DAY.test(label)) && !OTHER.test(label) && !OTHER_DAY.test(label),
  );
}

/** Whether a page says that it is for us. Nobody copies the buyer, and an order of ours may stand on anybody's invoice. */
export function namesUs(text: string): boolean {
  const words = ` ${plainOf(text)} `;
  return (
    OUR_VAT_IDS.some((id) => lineWith(text, 'id', id) !== undefined) ||
    OUR_NAMES.some((name) => words.includes(` ${plainOf(name)} `))
  );
}

/** Lines with something in them, but for prose. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '' && line.length <= LONGEST);
}

/** What stands before the value in each line that holds it; in a table, what stands above. */
export function labelsOf(text: string, holds: (part: string) => boolean): string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.flatMap((line, at) => {
    if (line.length > LONGEST || !holds(line)) return [];
    const cells = line.split('\t');
    const cell = cells.findIndex(holds);
    const before = wordsBefore(cells[cell] ?? line, holds) || wordsOf(cells[cell - 1] ?? '');
    const above = (lines[at - 1] ?? '').split('\t');
    const heading = above.length === cells.length ? wordsOf(above[cell] ?? '') : '';
    // Beside it says more than above it: the row above may be another value of the same kind.
    return [before || heading].filter((label) => label !== '');
  });
}

/** The words directly before the value: those behind the last figure that is not part of it. */
function wordsBefore(cell: string, holds: (part: string) => boolean): string {
  let start = 0;
  while (start < cell.length && holds(cell.slice(start + 1))) start += 1;
  // `05.10.` is `5.10.` as well.
  while (/\d/.test(cell[start - 1] ?? '')) start -= 1;
  return wordsOf(cell.slice(0, start).replace(/^.*\d/, ''));
}

function wordsOf(text: string): string {
  return /\d/.test(text) ? '' : plainOf(text);
}

/** Words without case, marks and signs, with one blank between them. */
export function plainOf(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
