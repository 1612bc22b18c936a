import type { InvoiceFacts } from '../../automations/invoice/shape.ts';

const NAMES = 'urn:oasis:names:specification:ubl:schema:xsd';

/** An invoice as UBL, with a note and a description in a stranger's words. */
export function ublOf(facts: InvoiceFacts, { note = '', description = 'Folding chair' } = {}): string {
  const { number, typeCode, issueDate, dueDate, currency, seller, buyer, payment, lines, vat, totals } =
    facts;
  const money = (name: string, amount: string | undefined) =>
    amount === undefined ? '' : `<cbc:${name} currencyID="${currency}">${amount}</cbc:${name}>`;
  const party = (role: string, vatId: string | undefined, name: string) =>
    `<cac:${role}><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>${vatId ?? ''}</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme><cac:PartyLegalEntity><cbc:RegistrationName>${name}</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:${role}>`;
  const category = (id: string | undefined, rate: string | undefined) =>
    `<cbc:ID>${id ?? 'S'}</cbc:ID><cbc:Percent>${rate ?? '0'}</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="${NAMES}:Invoice-2" xmlns:cac="${NAMES}:CommonAggregateComponents-2" xmlns:cbc="${NAMES}:CommonBasicComponents-2">
<cbc:ID>${number}</cbc:ID><cbc:IssueDate>${issueDate}</cbc:IssueDate>${dueDate ? `<cbc:DueDate>${dueDate}</cbc:DueDate>` : ''}
<cbc:InvoiceTypeCode>${typeCode}</cbc:InvoiceTypeCode>${note ? `<cbc:Note>${escaped(note)}</cbc:Note>` : ''}<cbc:DocumentCurrencyCode>${currency}</cbc:DocumentCurrencyCode>
${party('AccountingSupplierParty', seller.vatId, 'Kiesel Office Supply GmbH')}${party('AccountingCustomerParty', buyer.vatId, 'Signal and Sons GmbH')}
${payment.accounts.map(({ iban }) => `<cac:PaymentMeans><cbc:PaymentMeansCode>58</cbc:PaymentMeansCode><cac:PayeeFinancialAccount><cbc:ID>${iban}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>`).join('')}
<cac:TaxTotal>${money('TaxAmount', totals.vat)}${vat
    .map(
      (it) =>
        `<cac:TaxSubtotal>${money('TaxableAmount', it.base)}${money('TaxAmount', it.amount)}<cac:TaxCategory>${category(it.category, it.rate)}</cac:TaxCategory></cac:TaxSubtotal>`,
    )
    .join('')}</cac:TaxTotal>
<cac:LegalMonetaryTotal>${money('LineExtensionAmount', totals.lineNet)}${money('TaxExclusiveAmount', totals.net)}${money('TaxInclusiveAmount', totals.gross)}${money('PayableAmount', totals.due)}</cac:LegalMonetaryTotal>
${lines
  .map(
    (line, at) =>
      `<cac:InvoiceLine><cbc:ID>${at + 1}</cbc:ID><cbc:InvoicedQuantity unitCode="C62">${line.quantity}</cbc:InvoicedQuantity>${money('LineExtensionAmount', line.net)}<cac:Item><cbc:Name>${escaped(description)}</cbc:Name><cac:ClassifiedTaxCategory>${category(line.vatCategory, line.vatRate)}</cac:ClassifiedTaxCategory></cac:Item><cac:Price>${money('PriceAmount', line.unitPrice)}</cac:Price></cac:InvoiceLine>`,
  )
  .join('\n')}
</Invoice>`;
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
