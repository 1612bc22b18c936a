import type { EInvoice } from '../../contract/einvoice.ts';
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
  ...['InvoiceCurrencyCode', 'IssueDateTime', 'TypeCode', 'PayeePartyCreditorFinancialAccount', 'IBANID'],
  ...['SpecifiedTradeSettlementHeaderMonetarySummation', 'LineTotalAmount', 'TaxBasisTotalAmount'],
  ...['GrandTotalAmount', 'TotalPrepaidAmount', 'RoundingAmount', 'DuePayableAmount', 'BilledQuantity'],
]);
/** These have one number only; parties may have several. */
const NUMBERED: ReadonlySet<string> = new Set([
  ...['Invoice', 'CreditNote', 'ExchangedDocument', 'PayeeFinancialAccount', 'SpecifiedTaxRegistration'],
]);
const REGISTRATIONS: ReadonlySet<string> = new Set(['PartyTaxScheme', 'SpecifiedTaxRegistration']);
/** VAT may be told once more, in the currency that the seller accounts for it in. */
const IN_TWO_CURRENCIES: ReadonlySet<string> = new Set(['TaxAmount', 'TaxTotalAmount']);
const TOTALS: ReadonlySet<string> = new Set(['TaxTotal', 'SpecifiedTradeSettlementHeaderMonetarySummation']);

/** Several accounts may take the money, in one way: by transfer, or by direct debit. */
const WAYS: ReadonlyMap<string, string> = new Map([
  ['PaymentMeans', 'PaymentMeansCode'],
  ['SpecifiedTradeSettlementPaymentMeans', 'TypeCode'],
]);

/** Linear in the size of the invoice. */
export function isAmbiguous(root: Element, { currency, typeCode }: EInvoice): boolean {
  // A credit note that says of itself that it is an invoice would be paid.
  if (root.name === 'CreditNote' && typeCode === '380') return true;
  const vat = { own: false, other: false };
  const ways = new Set<string>();
  const rest = [root];
  for (let element = rest.pop(); element; element = rest.pop()) {
    if (repeats(element)) return true;
    for (const child of element.children) {
      const named = child.attributes.get('currencyID');
      if (TOTALS.has(element.name) && IN_TWO_CURRENCIES.has(child.name))
        vat[named === undefined || named === currency ? 'own' : 'other'] = true;
      else if (named !== undefined && named !== currency) return true;
      if (WAYS.get(element.name) === child.name) ways.add(child.text.trim());
      rest.push(child);
    }
  }
  return (vat.other && !vat.own) || ways.size > 1;
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
