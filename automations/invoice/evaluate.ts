import type { Implementation, StepRunner } from '../../lambdas/contract/automation.ts';
import type { Routed } from '../../lambdas/contract/item/envelope.ts';
import type { Proposed } from '../../lambdas/contract/item/proposal.ts';
import { compare } from '../../lambdas/kit/numbers/money.ts';
import { handOver, type InvoiceRequest } from './automation.ts';
import { billOf, type Judged } from './bill/bill.ts';
import { doubtsAbout, faultsIn } from './checks.ts';
import { copy, extractPrompt } from './copied/extract.ts';
import { copiedFaults, copiedInvoice, unproven } from './copied/facts.ts';
import { corrected } from './copied/hints.ts';
import { factsOf, ordersIn } from './facts.ts';
import { read } from './match/decimals.ts';
import { type Match, match, UNMATCHED } from './match/match.ts';
import routeV1 from './prompts/route.v1.md';
import { type Order, order, type Vendor, vendor } from './records.ts';
import type { InvoiceFacts } from './shape.ts';
import { unseenIn } from './shown.ts';
import { type Identified, identified, questionOf } from './vendors.ts';

type Item = Routed<InvoiceRequest>;

export const implementation: Implementation<InvoiceRequest, Proposed> = {
  prompts: { route: { version: 'route.v1', text: routeV1 }, extract: extractPrompt },
  async evaluate(item, step) {
    if (item.label === 'reminder') return handOver(item, 'a reminder: nothing is posted for it');
    if (item.label === 'receipt') return handOver(item, 'a receipt: it was paid already');
    const data = dataOf(item);
    if (data === 'several') return handOver(item, 'more than one invoice came with it');
    if (data) return billOf(item, await ofData(item, data, step));
    const said = await copy(item, step);
    if (typeof said === 'string') return handOver(item, said);
    const { who } = await recordsOf(copiedInvoice(said, item.label), step);
    const found = await corrected(said, who, step);
    const invoice = copiedInvoice(found, item.label);
    const known = await recordsOf(invoice, step);
    const faults = [...known.faults, ...copiedFaults(found)];
    const open = unproven(item, found, known, faults);
    const judged: Judged = { ...known, invoice, basis: 'copied by a model', faults: [...faults, ...open] };
    return billOf(item, { ...judged, brief: found.brief });
  },
};

/** The one e-invoice of an item, from its body or its documents. */
function dataOf({ body, documents = [] }: Item): InvoiceFacts | 'several' | undefined {
  const found: InvoiceFacts[] = [
    ...(body.invoice ? [body.invoice] : []),
    ...documents.flatMap(({ structured }) => (structured ? [factsOf(structured)] : [])),
  ];
  return found.length > 1 ? 'several' : found[0];
}

/** Nothing of it is a model's: data, compared with itself and with what is on file. */
async function ofData(item: Item, invoice: InvoiceFacts, step: StepRunner): Promise<Judged> {
  const known = await recordsOf(invoice, step);
  const faults = [
    ...faultsIn(invoice),
    ...known.faults,
    ...unseenIn({ ...item, text: item.whole ?? item.text }, invoice),
  ];
  return { ...known, invoice, basis: 'data', faults };
}

interface Records {
  who: Identified;
  orders: readonly string[];
  match: Match;
  faults: readonly string[];
}

/** What the systems of record say of it: at most one call for its vendor, and one for each order. */
async function recordsOf(invoice: InvoiceFacts, step: StepRunner): Promise<Records> {
  const question = questionOf(invoice);
  const known = question ? await step.lookup(vendor, question) : null;
  const who = identified(invoice, known?.vendors ?? []);
  const orders = ordersIn(invoice.orderReference);
  if (!who.vendor) return { who, orders, match: UNMATCHED, faults: who.doubts };
  const doubts = [...who.doubts, ...doubtsAbout(invoice, who.vendor)];
  if (invoice.typeCode === '381') return { who, orders, match: UNMATCHED, faults: doubts };
  const found = await ordersOf(orders, who.vendor, step);
  const existing = found.filter((one) => one !== null);
  const held = existing.length > 0 ? match(invoice, existing, who.vendor.id) : UNMATCHED;
  const missing = existing.length < found.length ? ['there is no such order'] : [];
  const without = orders.length === 0 ? withoutOrder(invoice, who.vendor) : [];
  return { who, orders, match: held, faults: [...doubts, ...missing, ...without, ...held.faults] };
}

function ordersOf(numbers: readonly string[], { id }: Vendor, step: StepRunner): Promise<(Order | null)[]> {
  return Promise.all(numbers.map((number) => step.lookup(order, { number, vendor: id })));
}

function withoutOrder({ totals }: InvoiceFacts, { withoutOrder: most }: Vendor): string[] {
  if (most === undefined) return ['it names no order, and its vendor needs one'];
  return compare(read(totals.gross), read(most)) < 0
    ? []
    : ['it names no order, and its vendor may bill as much only with one'];
}
