import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { EInvoice } from '../../lambdas/contract/einvoice.ts';
import { readDocument } from '../../lambdas/read/read-document.ts';
import type { Written } from '../../test/support/written.ts';
import type { Bundle, OrderLine } from './bundle.ts';
import { FAULTS, type FaultName, faulty } from './faults.ts';
import { US, type Vendor } from './vendors.ts';

/*
 * Public e-invoices as if they were ours: addressed to us, with an order that fits, and their seller on file. What else they say is
 * theirs. Each comes once more for each of these faults.
 */

const FAULTS_OF_DATA: readonly FaultName[] = [
  ...(['digits of the total swapped', 'a line is missing', 'totals of nothing'] as const),
  ...(['VAT of another rate', 'a price above the order', 'more than was received'] as const),
  ...(['another account', 'another buyer', 'a closed order', 'an order that nobody placed'] as const),
];
const FIRST = 1000;

export interface Shared {
  bundle: Bundle;
  file: string;
}

/** @param folder with XML in folders of its own */
export async function sharedEInvoices(folder: string): Promise<Shared[]> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.xml$/.test(name),
  );
  const found: Shared[] = [];
  for (const file of files.sort()) {
    const invoice = await readInvoice(join(folder, file));
    if (!invoice) continue;
    // Whose seller nobody can know is a person's, whatever else is wrong with it.
    const faults = invoice.seller.vatId ? FAULTS_OF_DATA : [];
    const kinds: (FaultName | undefined)[] = [undefined, ...faults];
    for (const fault of kinds) {
      const bundle = bundleOf(FIRST + found.length, invoice);
      if (fault && !changes(bundle, fault)) continue;
      found.push({ file: basename(file), bundle: fault ? faulty(bundle, fault) : bundle });
    }
  }
  return found;
}

/** Those that no reader refuses. */
async function readInvoice(path: string): Promise<EInvoice | undefined> {
  const policy = { types: ['xml' as const], mostBytes: 20_000_000, mostPages: 50 };
  const read = await readDocument(readFileSync(path), { policy });
  if ('refusal' in read) return undefined;
  read.close();
  return read.reading.structured;
}

/** Whether the fault is one of this invoice: it says something else with it. */
const changes = (bundle: Bundle, fault: FaultName): boolean =>
  JSON.stringify({ ...bundle, ...FAULTS[fault](bundle) }) !== JSON.stringify(bundle);

function bundleOf(n: number, it: EInvoice): Bundle {
  const number = `PO-8${n}`;
  const vendor = vendorOf(it);
  return {
    ...{ n, vendor, paper: it.typeCode === '381' ? 'credit-note' : 'invoice' },
    layout: { name: it.syntax, kind: it.syntax },
    ...{ customer: '', delivered: '' },
    // Each file comes several times: its number tells them apart, as nothing else does.
    invoice: { ...writtenOf(it), number: `${it.number}/${n}`, orderReference: number },
    order: {
      ...{ number, vendor: vendor.id, currency: it.currency, closed: false },
      // Nobody orders less than nothing.
      lines: it.lines.map(orderLineOf).filter(({ quantity, cents }) => quantity > 0 && cents >= 0),
    },
  };
}

function writtenOf({ lines, seller, payment, ...rest }: EInvoice): Written {
  const { vatId, name } = seller;
  return {
    ...rest,
    seller: { ...(vatId ? { vatId } : {}), ...(name ? { name } : {}) },
    buyer: US,
    payment: { ...payment },
    lines: lines.map(({ buyerItemId: _, description: __, id: ___, ...line }, at) => ({
      ...line,
      orderLine: String(at + 1),
    })),
  };
}

function orderLineOf(line: EInvoice['lines'][number], at: number): OrderLine {
  const each = Number(line.unitPrice) / Number(line.priceQuantity ?? '1');
  const quantity = Number(line.quantity);
  return {
    ...{ line: String(at + 1), article: line.sellerItemId ?? '', description: line.name ?? '' },
    ...{ cents: each * 100, quantity, received: quantity, billed: 0 },
  };
}

/** On file with what the invoice says of it: only whoever changes it afterwards is another. */
function vendorOf({ seller, payment, currency }: EInvoice): Vendor {
  return {
    ...{ id: `V-${(seller.vatId ?? '0').replaceAll(/\W/g, '')}`, name: seller.name ?? '', street: '' },
    ...{
      language: 'de',
      currency,
      vatId: seller.vatId ?? '',
      rate: '19',
      termsDays: 30,
      numbers: '',
      goods: [],
    },
    iban: payment.accounts[0]?.iban ?? '',
    ibans: payment.accounts.slice(1).map(({ iban }) => iban),
  };
}
