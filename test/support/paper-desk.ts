import { pageApp } from '../../lambdas/approve/channels/page/page.ts';
import type { Reading } from '../../lambdas/contract/document.ts';
import type { ShownDocument } from '../../lambdas/contract/item/proposal-document.ts';
import { pictureKey } from '../../lambdas/tables/keys.ts';
import { ANN, APPROVAL, context, question } from './desk.ts';
import { proposal } from './fixtures.ts';
import { type Stub, stubServer } from './http.ts';
import type { Paper } from './paper.ts';
import { world } from './world.ts';

/* An invoice that came as a file, and the approval page about it at an address of its own, for a real browser. */

const KEY = 'items/invoice_reading/abc.json';

/** Asks about an invoice of two pages, a text and a scan; the last of its quotes stands on none of them. */
export function askAbout(paper: Paper, fields: Partial<ShownDocument> = {}, evidenceOn = 1): void {
  const scan = { ...paper.page, source: 'ocr', confidence: 0.93 } as const;
  const reading: Reading = { type: 'pdf', suspicions: [], pages: [paper.page, scan] };
  world.content.set(`bucket/${KEY}`, JSON.stringify(reading));
  for (const page of [1, 2])
    world.files.set(`bucket/${pictureKey(KEY, page)}`, { bytes: paper.png, contentType: 'image/png', at: 0 });
  const quotes = [
    'Total: EUR 432.00',
    "Please pay to IBAN FR14 2004 1010 0505 0001 3M02 606, Banque de la Presqu'île, Lyon",
    'Invoice no: AF-3391',
    'VAT number: FR40 303 265 045',
    'a line that nobody wrote',
  ];
  question(
    proposal({
      automation: 'invoice',
      label: 'invoice',
      summary: 'Post invoice AF-3391 of vendor V1003: EUR 432.00',
      brief: 'Reupholstery of four chairs, with collection and return.',
      reasons: ['a model copied it from a page: compare it with the page'],
      parameters: {
        ...{ vendor: 'V1003', number: 'AF-3391', gross: '432.00', currency: 'EUR', dueDate: '2026-12-18' },
        iban: 'FR1420041010050500013M02606',
      },
      documents: [{ ref: 'doc-1', name: 'invoice AF-3391.pdf', readingKey: KEY, pages: 2, ...fields }],
      evidence: quotes.map((quote) => ({ source: `document:doc-1#${evidenceOn}`, quote })),
    }),
  );
}

/** The page of whoever got Ann's link. */
export async function servedDesk(): Promise<Stub & { page: string }> {
  const stub = await stubServer(async (response, { method, path, headers }) => {
    const said = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
    const answer = await pageApp(context()).request(`${stub.url}${path}`, { method, headers: said });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  return { ...stub, page: `${stub.url}/approvals/${APPROVAL}?t=${ANN}` };
}
