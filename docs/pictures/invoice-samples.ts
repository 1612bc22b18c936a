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
await page.setContent(invoiceHtml());
// Of a page that counts a pixel as a point.
await page.pdf({ path: join(folder, 'af-3391.pdf'), format: 'A4', scale: 4 / 3 });
await browser.close();
