import { escaped } from './ubl.ts';
import type { Written, WrittenLine } from './written.ts';

const STANDARD = 'urn:un:unece:uncefact:data:standard';

/** An invoice as Cross Industry Invoice, which Factur-X carries in a PDF. */
export function ciiOf(invoice: Written): string {
  const { number, typeCode, issueDate, dueDate, currency, payment, totals } = invoice;
  return `<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="${STANDARD}:CrossIndustryInvoice:100" xmlns:ram="${STANDARD}:ReusableAggregateBusinessInformationEntity:100" xmlns:udt="${STANDARD}:UnqualifiedDataType:100">
<rsm:ExchangedDocument>${tag('ID', number)}${tag('TypeCode', typeCode)}${day('IssueDateTime', issueDate)}</rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>
${invoice.lines.map(lineOf).join('\n')}
<ram:ApplicableHeaderTradeAgreement>${party('SellerTradeParty', invoice.seller)}${party('BuyerTradeParty', invoice.buyer)}${invoice.orderReference ? `<ram:BuyerOrderReferencedDocument>${tag('IssuerAssignedID', invoice.orderReference)}</ram:BuyerOrderReferencedDocument>` : ''}</ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeDelivery/>
<ram:ApplicableHeaderTradeSettlement>${tag('InvoiceCurrencyCode', currency)}
${payment.accounts.map(({ iban }) => `<ram:SpecifiedTradeSettlementPaymentMeans>${tag('TypeCode', payment.meansCode ?? '58')}<ram:PayeePartyCreditorFinancialAccount>${tag('IBANID', iban)}</ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>`).join('')}
${invoice.vat.map((it) => `<ram:ApplicableTradeTax>${tag('CalculatedAmount', it.amount)}<ram:TypeCode>VAT</ram:TypeCode>${tag('BasisAmount', it.base)}${tag('CategoryCode', it.category)}${tag('RateApplicablePercent', it.rate)}</ram:ApplicableTradeTax>`).join('')}
${[...invoice.allowances.map(change(false)), ...invoice.charges.map(change(true))].join('')}
${dueDate ? `<ram:SpecifiedTradePaymentTerms>${day('DueDateDateTime', dueDate)}</ram:SpecifiedTradePaymentTerms>` : ''}
<ram:SpecifiedTradeSettlementHeaderMonetarySummation>${tag('LineTotalAmount', totals.lineNet)}${tag('ChargeTotalAmount', totals.charges)}${tag('AllowanceTotalAmount', totals.allowances)}${tag('TaxBasisTotalAmount', totals.net)}${totals.vat === undefined ? '' : `<ram:TaxTotalAmount currencyID="${currency}">${totals.vat}</ram:TaxTotalAmount>`}${tag('RoundingAmount', totals.rounding)}${tag('GrandTotalAmount', totals.gross)}${tag('TotalPrepaidAmount', totals.prepaid)}${tag('DuePayableAmount', totals.due)}</ram:SpecifiedTradeSettlementHeaderMonetarySummation>
</ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>`;
}

const tag = (name: string, value: string | undefined): string =>
  value === undefined ? '' : `<ram:${name}>${escaped(value)}</ram:${name}>`;

const day = (name: string, value: string): string =>
  `<ram:${name}><udt:DateTimeString format="102">${value.replaceAll('-', '')}</udt:DateTimeString></ram:${name}>`;

const party = (role: string, { name = 'A company', vatId }: Written['seller']): string =>
  `<ram:${role}>${tag('Name', name)}${vatId ? `<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">${vatId}</ram:ID></ram:SpecifiedTaxRegistration>` : ''}</ram:${role}>`;

const tax = (name: string, category: string | undefined, rate: string | undefined): string =>
  category === undefined
    ? ''
    : `<ram:${name}><ram:TypeCode>VAT</ram:TypeCode>${tag('CategoryCode', category)}${tag('RateApplicablePercent', rate)}</ram:${name}>`;

const change = (is: boolean) => (it: Written['allowances'][number]) =>
  `<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>${is}</udt:Indicator></ram:ChargeIndicator>${tag('ActualAmount', it.amount)}${tax('CategoryTradeTax', it.vatCategory, it.vatRate)}</ram:SpecifiedTradeAllowanceCharge>`;

function lineOf(it: WrittenLine, at: number): string {
  const order = it.orderLine
    ? `<ram:BuyerOrderReferencedDocument>${tag('LineID', it.orderLine)}</ram:BuyerOrderReferencedDocument>`
    : '';
  const per = it.priceQuantity ? tag('BasisQuantity', it.priceQuantity) : '';
  return `<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument>${tag('LineID', String(at + 1))}</ram:AssociatedDocumentLineDocument><ram:SpecifiedTradeProduct>${tag('SellerAssignedID', it.sellerItemId)}${tag('Name', it.name ?? 'Folding chair')}</ram:SpecifiedTradeProduct><ram:SpecifiedLineTradeAgreement>${order}<ram:NetPriceProductTradePrice>${tag('ChargeAmount', it.unitPrice)}${per}</ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement><ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="${it.unit ?? 'C62'}">${it.quantity}</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery><ram:SpecifiedLineTradeSettlement>${tax('ApplicableTradeTax', it.vatCategory, it.vatRate)}<ram:SpecifiedTradeSettlementLineMonetarySummation>${tag('LineTotalAmount', it.net)}</ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>`;
}
