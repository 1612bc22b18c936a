import type {
  EInvoice,
  InvoiceAllowance,
  InvoiceLine,
  InvoiceParty,
  InvoiceVat,
} from '../../contract/einvoice.ts';

/* An e-invoice as a text: for whoever reads, and as the words that the gate grounds in. Every value stands as it is. */

type Said = readonly (readonly [label: string, value: string | undefined])[];

export function told(invoice: EInvoice): string {
  const { payment, totals } = invoice;
  const head: Said = [
    [invoice.typeCode === '381' ? 'Credit note' : 'Invoice', invoice.number],
    ['Type', invoice.typeCode],
    ['Issue date', invoice.issueDate],
    ['Due date', invoice.dueDate],
    ['Delivery date', invoice.deliveryDate],
    ['Currency', invoice.currency],
    ['Buyer reference', invoice.buyerReference],
    ['Order', invoice.orderReference],
    ['Contract', invoice.contractReference],
    ['Despatch advice', invoice.despatchReference],
    ['Receiving advice', invoice.receivingReference],
    ...invoice.precedingInvoices.map((number) => ['Preceding invoice', number] as const),
    ...invoice.notes.map((note) => ['Note', note] as const),
  ];
  const paid: Said = [
    ['Payment means', payment.meansCode],
    ['Payment reference', payment.reference],
    ...payment.accounts.flatMap(
      ({ iban, bic, name }): Said => [
        ['Account', iban],
        ['BIC', bic],
        ['Account name', name],
      ],
    ),
    ['Payment terms', payment.terms],
  ];
  const sums: Said = [
    ['Sum of lines', totals.lineNet],
    ['Sum of allowances', totals.allowances],
    ['Sum of charges', totals.charges],
    ['Total without VAT', totals.net],
    ['VAT', totals.vat],
    ['Total with VAT', totals.gross],
    ['Prepaid', totals.prepaid],
    ['Rounding', totals.rounding],
    ['Amount due', totals.due],
  ];
  const parts = [
    lines(head),
    party('Seller', invoice.seller),
    party('Buyer', invoice.buyer),
    ...(invoice.payee ? [party('Payee', invoice.payee)] : []),
    lines(paid),
    ...invoice.lines.map(line),
    ...invoice.allowances.map((it) => change('Allowance', it)),
    ...invoice.charges.map((it) => change('Charge', it)),
    ...invoice.vat.map(tax),
    lines(sums),
  ];
  return parts.filter(Boolean).join('\n\n');
}

const lines = (said: Said): string =>
  said.flatMap(([label, value]) => (value === undefined ? [] : `${label}: ${value}`)).join('\n');

function party(role: string, { name, vatId, taxId, registrationId, email, address }: InvoiceParty): string {
  return lines([
    [role, name],
    ...(address?.lines ?? []).map((it) => ['Address', it] as const),
    ['Post code', address?.postCode],
    ['City', address?.city],
    ['Country', address?.country],
    ['VAT id', vatId],
    ['Tax id', taxId],
    ['Registration', registrationId],
    ['Email', email],
  ]);
}

function line(it: InvoiceLine): string {
  return lines([
    ['Line', it.id],
    ['Item', it.name],
    ['Description', it.description],
    ["Seller's item", it.sellerItemId],
    ["Buyer's item", it.buyerItemId],
    ['Order line', it.orderLine],
    ['Quantity', it.unit ? `${it.quantity} ${it.unit}` : it.quantity],
    ['Unit price', it.priceQuantity ? `${it.unitPrice} per ${it.priceQuantity}` : it.unitPrice],
    ['Net', it.net],
    ['VAT category', it.vatCategory],
    ['VAT rate', it.vatRate],
  ]);
}

function change(kind: string, it: InvoiceAllowance): string {
  return lines([
    [kind, it.amount],
    ['Of', it.base],
    ['Percent', it.percent],
    ['Reason', it.reason],
    ['VAT category', it.vatCategory],
    ['VAT rate', it.vatRate],
  ]);
}

function tax({ category, rate, base, amount }: InvoiceVat): string {
  return lines([
    ['VAT category', category],
    ['Rate', rate],
    ['Taxable amount', base],
    ['VAT amount', amount],
  ]);
}
