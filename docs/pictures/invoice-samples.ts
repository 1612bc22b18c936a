import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXAMPLES } from '../../automations/invoice/examples.ts';
import type { InvoiceFacts } from '../../automations/invoice/shape.ts';
import { launchBrowser } from '../../test/support/browser.ts';
import { invoiceHtml } from '../../test/support/paper.ts';
import { ublOf } from '../../test/support/ubl.ts';

/* Makes the files that `automations/invoice/samples.jsonl` sends along: `npx node docs/pictures/invoice-samples.ts`. */

const folder = join(import.meta.dirname, '../../automations/invoice/samples');
const facts = EXAMPLES[0]?.body.invoice as InvoiceFacts;
await writeFile(join(folder, 'kos-2026-1004.xml'), ublOf({ ...facts, number: 'KOS-2026-1004' }));

const browser = await launchBrowser();
const page = await browser.newPage();
/** On a blanket order; as it was ordered and received; dearer than it was ordered, and not all of it there. */
const bills = [
  { number: 'AF-3391', order: 'PO-5120' },
  { number: 'AF-4101', order: 'PO-6002' },
  { number: 'AF-4102', order: 'PO-6004' },
];
for (const bill of bills) {
  await page.setContent(invoiceHtml(bill));
  // Of a page that counts a pixel as a point.
  const path = join(folder, `${bill.number.toLowerCase()}.pdf`);
  await page.pdf({ path, format: 'A4', scale: 4 / 3 });
}
await browser.close();
