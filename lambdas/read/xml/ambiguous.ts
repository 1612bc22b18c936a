import type { Element } from './xml.ts';

/*
 * Whether an invoice says one thing only. A schema would refuse two totals; we read what comes, and another program may take the
 * second where we take the first. A sum in another currency than the invoice's is a sum that nobody checks.
 */

/** Of each of these an element has one, in UBL or CII. */
const ONCE: ReadonlySet<string> = new Set([
  ...['IssueDate', 'DueDate', 'InvoiceTypeCode', 'CreditNoteTypeCode', 'DocumentCurrencyCode'],
  ...['AccountingSupplierParty', 'AccountingCustomerParty', 'PayeeParty', 'Party', 'PayeeFinancialAccount'],
  ...['LegalMonetaryTotal', 'LineExtensionAmount', 'TaxExclusiveAmount', 'TaxInclusiveAmount'],
  ...['AllowanceTotalAmount', 'ChargeTotalAmount', 'PrepaidAmount', 'PayableRoundingAmount', 'PayableAmount'],
  ...['TaxableAmount', 'TaxAmount', 'CompanyID', 'InvoicedQuantity', 'CreditedQuantity', 'PriceAmount'],
  ...['ExchangedDocument', 'SupplyChainTradeTransaction', 'ApplicableHeaderTradeAgreement'],
  ...['ApplicableHeaderTradeSettlement', 'SellerTradeParty', 'BuyerTradeParty', 'PayeeTradeParty'],
  ...['InvoiceCurrencyCode', 'IssueDateTime', 'PayeePartyCreditorFinancialAccount', 'IBANID'],
  ...['SpecifiedTradeSettlementHeaderMonetarySummation', 'LineTotalAmount', 'TaxBasisTotalAmount'],
  ...['GrandTotalAmount', 'TotalPrepaidAmount', 'RoundingAmount', 'DuePayableAmount', 'BilledQuantity'],
]);
/** These have one number only; parties may have several. */
const NUMBERED: ReadonlySet<string> = new Set([
  ...['Invoice', 'CreditNote', 'ExchangedDocument', 'PayeeFinancialAccount', 'SpecifiedTaxRegistration'],
]);
const REGISTRATIONS: ReadonlySet<string> = new Set(['PartyTaxScheme', 'SpecifiedTaxRegistration']);
/** VAT may be told in the currency that the seller accounts for it in, too. */
const IN_TWO_CURRENCIES: ReadonlySet<string> = new Set(['TaxAmount', 'TaxTotalAmount']);

/** Linear in the size of the invoice. */
export function isAmbiguous(root: Element, currency: string): boolean {
  const rest = [root];
  for (let element = rest.pop(); element; element = rest.pop()) {
    if (repeats(element)) return true;
    const named = element.attributes.get('currencyID');
    if (named !== undefined && named !== currency && !IN_TWO_CURRENCIES.has(element.name)) return true;
    for (const child of element.children) rest.push(child);
  }
  return false;
}

function repeats({ name: of, children }: Element): boolean {
  const seen = new Set<string>();
  for (const child of children) {
    const { name } = child;
    const mark = REGISTRATIONS.has(name) ? `${name} ${schemeOf(child)}` : name;
    if (ONCE.has(name) || mark !== name || (name === 'ID' && NUMBERED.has(of))) {
      if (seen.has(mark)) return true;
      seen.add(mark);
    }
  }
  return false;
}

/** Of UBL it is an element of its own, of CII an attribute of the number. */
function schemeOf({ children }: Element): string {
  const scheme = children
    .find(({ name }) => name === 'TaxScheme')
    ?.children.find(({ name }) => name === 'ID');
  const number = children.find(({ name }) => name === 'ID');
  return (scheme?.text ?? number?.attributes.get('schemeID') ?? '').trim();
}
