import { html } from 'hono/html';
import type { Box, Reading } from '../../../../contract/document.ts';
import type { ProposalDocument, ShownDocument } from '../../../../contract/item/proposal-document.ts';
import { errorFacts } from '../../../../kit/errors.ts';
import { getContent } from '../../../../kit/objects.ts';
import { logger } from '../../../../kit/telemetry.ts';
import { shownText } from '../../../../kit/text.ts';
import type { Markup } from '../../../../pages/layout.ts';
import { markedText } from '../shows.ts';
import { MOST_PAPERS, type Paper, papersOf, placeOf, type Quote, titleOf } from './papers.ts';
import { MOST_BYTES, type Room, textPart } from './text.ts';

/*
 * The documents of an item as its approver sees them: each page as a picture with the evidence boxed, and each quote cut out of
 * the page, large enough for a telephone. SVG draws the boxes: its places are attributes, and need no style that the page's policy
 * would have to allow.
 */

/** The section of an item's documents, and which evidence it shows. */
export interface Papers {
  part: Markup | string;
  holds(source: string): boolean;
}

export const NO_PAPERS: Papers = { part: '', holds: () => false };

/** Everything of it comes from the bucket: a document that is gone leaves the rest of the page as it is. */
export async function papersPart(
  bucket: string,
  { documents = [], evidence }: ProposalDocument,
  approval: { id: string; token: string },
): Promise<Papers> {
  if (documents.length === 0) return NO_PAPERS;
  const read = await Promise.all(documents.map((document) => readingOf(bucket, document)));
  const known = read.filter((it) => it !== undefined);
  const { marked, others } = papersOf(known, evidence);
  const room: Room = { bytes: MOST_BYTES };
  const urlOf = ({ document, page }: Paper) =>
    `${approval.id}/pages/${document.ref}/${page}${approval.token ? `?t=${encodeURIComponent(approval.token)}` : ''}`;
  const [first] = others;
  const shown = marked.length > 0 || !first ? marked : [first];
  const rest = others.filter((paper) => !shown.includes(paper));
  const part = html`<section class="papers" aria-labelledby="papers"><h2 id="papers">${documents.length === 1 ? 'The document' : `The ${documents.length} documents`}</h2>
${known.length < documents.length ? html`<p class="fault">A document is no longer kept: decide only if you know it.</p>` : ''}
${shown.map((paper) => paperPart(paper, urlOf(paper), room))}
${
  rest.length > 0
    ? html`<details><summary>${rest.length === 1 ? 'One more page' : `${rest.length} more pages`}${marked.length > 0 ? ', without evidence' : ''}</summary>
${rest.slice(0, MOST_PAPERS).map((paper) => paperPart(paper, urlOf(paper), room))}
${rest.length > MOST_PAPERS ? html`<p class="soft">${rest.length - MOST_PAPERS} further pages are not shown.</p>` : ''}</details>`
    : ''
}</section>`;
  const holds = (source: string) => {
    const place = placeOf(source);
    return marked.some(({ document, page }) => document.ref === place?.ref && page === place.page);
  };
  return { part, holds };
}

async function readingOf(
  bucket: string,
  document: ShownDocument,
): Promise<{ document: ShownDocument; reading: Reading } | undefined> {
  try {
    return { document, reading: await getContent<Reading>(bucket, document.readingKey) };
  } catch (error) {
    logger.warn('document not shown', { reason: errorFacts(error).message });
    return undefined;
  }
}

function paperPart(paper: Paper, url: string, room: Room): Markup {
  const { document, page, read, quotes } = paper;
  const title = titleOf(document, page);
  const size = sizeOf(paper);
  return html`<figure class="paper"><figcaption>${title}${read.source === 'ocr' ? scanned(read.confidence, seenOf(paper)) : ''}</figcaption>
${quotes.length > 0 ? html`<ol class="quotes">${quotes.map((quote) => quotePart(quote, size, url))}</ol>` : ''}
${size ? picturePart(title, size, quotes, url) : textPart(read.text, room)}</figure>`;
}

function scanned(confidence: number | undefined, seen: { agrees: boolean } | undefined): Markup {
  const sure = confidence === undefined ? '' : ` (${Math.round(confidence * 100)} % sure)`;
  return html`. A scan, read by machine${sure}${
    seen
      ? seen.agrees
        ? ' and again by a model, with the same result'
        : html` and again by a model. <strong>The two readings differ: compare the values with the page</strong>`
      : ''
  }`;
}

/** Whether a model read the page after OCR. */
function seenOf({ document, page }: Paper): { agrees: boolean } | undefined {
  return document.seen?.find((it) => it.page === page);
}

interface Size {
  width: number;
  height: number;
}

/** Undefined where a page has no look, as in a mail. */
function sizeOf({ read: { width, height } }: Paper): Size | undefined {
  return width && height ? { width, height } : undefined;
}

/** One line of evidence, as it looks on the page, and as it was read. */
function quotePart({ at, text, boxes }: Quote, size: Size | undefined, url: string): Markup {
  const [box] = boxes;
  return html`<li value="${at}"><q>${markedText(shownText(text), [])}</q>${
    size && box
      ? cutout(box, boxes, size, url)
      : size
        ? html` <span class="soft">not found on the page: look for it</span>`
        : ''
  }</li>`;
}

/** Space around a cut-out, and its least width, in points. */
const AROUND = 9;
const LEAST_CUTOUT = 230;

function cutout(first: Box, boxes: readonly Box[], { width, height }: Size, url: string): Markup {
  const last = boxes.at(-1) ?? first;
  const x = Math.max(0, Math.min(...boxes.map((box) => box.x)) - 2 * AROUND);
  const y = Math.max(0, Math.min(first.y, last.y) - AROUND);
  const right = Math.min(width, Math.max(...boxes.map((box) => box.x + box.width)) + 2 * AROUND);
  const bottom = Math.min(height, Math.max(...boxes.map((box) => box.y + box.height)) + AROUND);
  return html`<svg class="cutout" viewBox="${view(x, y, Math.max(right - x, LEAST_CUTOUT), bottom - y)}" aria-hidden="true"><image href="${url}" width="${width}" height="${height}" preserveAspectRatio="none"/>${boxes.map(rect)}</svg>`;
}

function picturePart(title: string, { width, height }: Size, quotes: readonly Quote[], url: string): Markup {
  const found = quotes.filter(({ boxes }) => boxes.length > 0);
  const alt = `The page as a picture: ${title}.${
    found.length > 0
      ? ` ${found.length} of the quotes above ${found.length === 1 ? 'is' : 'are'} boxed on it.`
      : ''
  }`;
  return html`<a class="sheet" href="${url}" target="_blank" rel="noopener"><span><img src="${url}" alt="${alt}" width="${Math.round(width)}" height="${Math.round(height)}" loading="lazy">
${
  found.length > 0
    ? html`<svg viewBox="${view(0, 0, width, height)}" preserveAspectRatio="none" aria-hidden="true">${found.map(({ at, boxes }) => html`${boxes.map(rect)}${numeral(at, boxes[0], width)}`)}</svg>`
    : ''
}</span><span class="soft">Open the page alone</span></a>`;
}

function view(...numbers: number[]): string {
  return numbers.map(rounded).join(' ');
}

/** A little larger than the ink. */
function rect({ x, y, width, height }: Box): Markup {
  return html`<rect x="${rounded(x - 2)}" y="${rounded(y - 2)}" width="${rounded(width + 4)}" height="${rounded(height + 4)}" rx="2"/>`;
}

/** The quote's number, at the left of its box where there is room, else at its right. */
function numeral(at: number, box: Box | undefined, pageWidth: number): Markup | string {
  if (!box) return '';
  const radius = 6;
  const left = box.x - radius - 4;
  const x = left > radius ? left : Math.min(box.x + box.width + radius + 4, pageWidth - radius);
  const y = box.y + box.height / 2;
  return html`<circle cx="${rounded(x)}" cy="${rounded(y)}" r="${radius}"/><text x="${rounded(x)}" y="${rounded(y + 2.8)}">${at}</text>`;
}

function rounded(number: number): number {
  return Math.round(number * 100) / 100;
}
