import type { Written, WrittenLine } from './written.ts';

const NAMES = 'urn:oasis:names:specification:ubl:schema:xsd';

export interface Words {
  note?: string;
  /** Of lines that have no name of their own. */
  description?: string;
}

/** An invoice as UBL, or a credit note (381), with a note and a description in a stranger's words. */
export function ublOf(invoice: Written, { note = '', description = 'Folding chair' }: Words = {}): string {
  const { number, typeCode, issueDate, dueDate, currency, seller, buyer, payment, vat, totals } = invoice;
  const root = typeCode === '381' ? 'CreditNote' : 'Invoice';
  const money = (name: string, amount: string | undefined) =>
    amount === undefined ? '' : `<cbc:${name} currencyID="${currency}">${amount}</cbc:${name}>`;
  const party = (role: string, vatId: string | undefined, name: string) =>
    `<cac:${role}><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>${vatId ?? ''}</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme><cac:PartyLegalEntity><cbc:RegistrationName>${escaped(name)}</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:${role}>`;
  const category = (id: string | undefined, rate: string | undefined) =>
    `${tag('ID', id)}${tag('Percent', rate)}<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>`;
  const change = (is: boolean) => (it: Written['allowances'][number]) =>
    `<cac:AllowanceCharge><cbc:ChargeIndicator>${is}</cbc:ChargeIndicator>${money('Amount', it.amount)}<cac:TaxCategory>${category(it.vatCategory, it.vatRate)}</cac:TaxCategory></cac:AllowanceCharge>`;
  const line = (it: WrittenLine, at: number) =>
    `<cac:${root}Line><cbc:ID>${at + 1}</cbc:ID><cbc:${root === 'Invoice' ? 'Invoiced' : 'Credited'}Quantity unitCode="${it.unit ?? 'C62'}">${it.quantity}</cbc:${root === 'Invoice' ? 'Invoiced' : 'Credited'}Quantity>${money('LineExtensionAmount', it.net)}${it.orderLine ? `<cac:OrderLineReference><cbc:LineID>${it.orderLine}</cbc:LineID></cac:OrderLineReference>` : ''}<cac:Item>${tag('Name', it.name ?? description)}${it.sellerItemId ? `<cac:SellersItemIdentification><cbc:ID>${it.sellerItemId}</cbc:ID></cac:SellersItemIdentification>` : ''}${it.vatCategory === undefined ? '' : `<cac:ClassifiedTaxCategory>${category(it.vatCategory, it.vatRate)}</cac:ClassifiedTaxCategory>`}</cac:Item><cac:Price>${money('PriceAmount', it.unitPrice)}${tag('BaseQuantity', it.priceQuantity)}</cac:Price></cac:${root}Line>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<${root} xmlns="${NAMES}:${root}-2" xmlns:cac="${NAMES}:CommonAggregateComponents-2" xmlns:cbc="${NAMES}:CommonBasicComponents-2">
${tag('ID', number)}${tag('IssueDate', issueDate)}${tag('DueDate', dueDate)}
${tag(`${root}TypeCode`, typeCode)}${tag('Note', note || undefined)}${tag('DocumentCurrencyCode', currency)}
${invoice.orderReference ? `<cac:OrderReference>${tag('ID', invoice.orderReference)}</cac:OrderReference>` : ''}
${party('AccountingSupplierParty', seller.vatId, seller.name ?? 'Kiesel Office Supply GmbH')}${party('AccountingCustomerParty', buyer.vatId, buyer.name ?? 'Signal and Sons GmbH')}
${payment.accounts.map(({ iban }) => `<cac:PaymentMeans>${tag('PaymentMeansCode', payment.meansCode ?? '58')}<cac:PayeeFinancialAccount><cbc:ID>${iban}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>`).join('')}
${[...invoice.allowances.map(change(false)), ...invoice.charges.map(change(true))].join('\n')}
<cac:TaxTotal>${money('TaxAmount', totals.vat)}${vat
    .map(
      (it) =>
        `<cac:TaxSubtotal>${money('TaxableAmount', it.base)}${money('TaxAmount', it.amount)}<cac:TaxCategory>${category(it.category, it.rate)}</cac:TaxCategory></cac:TaxSubtotal>`,
    )
    .join('')}</cac:TaxTotal>
<cac:LegalMonetaryTotal>${money('LineExtensionAmount', totals.lineNet)}${money('TaxExclusiveAmount', totals.net)}${money('TaxInclusiveAmount', totals.gross)}${money('AllowanceTotalAmount', totals.allowances)}${money('ChargeTotalAmount', totals.charges)}${money('PrepaidAmount', totals.prepaid)}${money('PayableRoundingAmount', totals.rounding)}${money('PayableAmount', totals.due)}</cac:LegalMonetaryTotal>
${invoice.lines.map(line).join('\n')}
</${root}>`;
}

const tag = (name: string, value: string | undefined): string =>
  value === undefined ? '' : `<cbc:${name}>${escaped(value)}</cbc:${name}>`;

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
