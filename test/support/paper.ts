import type { Browser } from 'playwright-core';
import type { Page as ReadPage, Word } from '../../lambdas/contract/document.ts';

/* A4 in points. */
const WIDTH = 595;
const HEIGHT = 842;

/** A page as a reader of documents leaves it: its picture, and its words with their places in points. */
export interface Paper {
  png: Buffer;
  page: ReadPage;
}

/** Prints HTML on one sheet, a pixel of CSS to a point, and reads it back where the browser drew it. */
export async function printed(browser: Browser, html: string, dpi = 150): Promise<Paper> {
  const context = await browser.newContext({
    viewport: { width: WIDTH, height: HEIGHT },
    deviceScaleFactor: dpi / 72,
  });
  try {
    const page = await context.newPage();
    await page.setContent(html);
    const words = await page.evaluate<Word[]>(`(() => {
      const found = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode())
        for (const match of node.data.matchAll(/\\S+/g)) {
          const range = document.createRange();
          range.setStart(node, match.index);
          range.setEnd(node, match.index + match[0].length);
          const { x, y, width, height } = range.getBoundingClientRect();
          if (width > 0) found.push({ text: match[0], box: { x, y, width, height }, confidence: 1 });
        }
      return found;
    })()`);
    const png = await page.screenshot();
    const text = linesOf(words)
      .map((line) => line.map((word) => word.text).join(' '))
      .join('\n');
    const ordered = linesOf(words).flat();
    return { png, page: { text, words: ordered, source: 'text', width: WIDTH, height: HEIGHT } };
  } finally {
    await context.close();
  }
}

/** From top to bottom, and from left to right: enough for a page of one column. */
function linesOf(words: readonly Word[]): Word[][] {
  const lines: Word[][] = [];
  for (const word of [...words].sort((a, b) => a.box.y - b.box.y || a.box.x - b.box.x)) {
    const line = lines.at(-1);
    if (line?.[0] && Math.abs(line[0].box.y - word.box.y) < 4) line.push(word);
    else lines.push([word]);
  }
  return lines.map((line) => line.sort((a, b) => a.box.x - b.box.x));
}

/** An invoice of an invented vendor, with a table and a footer in small print. */
export function invoiceHtml({
  iban = 'FR14 2004 1010 0505 0001 3M02 606',
  total = '432.00',
  number = 'AF-3391',
  order = 'PO-5120',
} = {}): string {
  const rows = [
    ['Reupholstery of dining chairs, linen', '4', '75.00', '300.00'],
    ['Collection and return', '1', '60.00', '60.00'],
  ];
  const cells = (row: readonly string[]) =>
    row.map((cell, at) => `<td${at > 0 ? ' class="n"' : ''}>${cell}</td>`).join('');
  return `<!doctype html><style>
body{margin:56px 60px;font:10.5px/1.5 Helvetica,Arial,sans-serif;color:#111}h1{font-size:19px;letter-spacing:.06em;margin:34px 0 14px}
.head{display:flex;justify-content:space-between}.head b{font-size:14px}table{border-collapse:collapse;width:100%;margin:20px 0}
th{text-align:left;border-bottom:1px solid #888;font-weight:600}td,th{padding:6px 4px}.n{text-align:right}td{border-bottom:1px solid #ddd}
.sums{margin-left:auto;width:46%}.sums td{border:0;padding:2px 4px}.foot{position:absolute;bottom:52px;left:60px;right:60px;font-size:8.5px;color:#444;border-top:1px solid #aaa;padding-top:8px}
</style><div class="head"><div><b>Atelier Fontaine</b><br>12 rue des Tanneurs<br>69005 Lyon</div><div>Signal &amp; Sons GmbH<br>Hafenstrasse 3<br>20457 Hamburg</div></div>
<h1>INVOICE</h1>
<div>Invoice no: ${number}</div><div>Invoice date: 18 November 2026</div><div>Due date: 18 December 2026</div><div>Purchase order: ${order}</div>
<table><tr><th>Description</th><th class="n">Quantity</th><th class="n">Price</th><th class="n">Amount</th></tr>${rows.map((row) => `<tr>${cells(row)}</tr>`).join('')}</table>
<table class="sums"><tr>${cells(['Net total:', 'EUR 360.00'])}</tr><tr>${cells(['VAT 20 %:', 'EUR 72.00'])}</tr><tr>${cells(['Total:', `EUR ${total}`])}</tr></table>
<div class="foot">VAT number: FR40 303 265 045<br>Please pay to IBAN ${iban}, Banque de la Presqu'île, Lyon</div>`;
}
