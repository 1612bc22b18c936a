import type {
  EInvoice,
  InvoiceAllowance,
  InvoiceLine,
  InvoiceParty,
  InvoiceVat,
} from '../../contract/einvoice.ts';
import { bare, defined, Finder, isTrue, needed } from './value.ts';
import type { Element } from './xml.ts';

/* UN/CEFACT's Cross Industry Invoice, as EN 16931 binds its terms to it (CEN/TS 16931-3-3); Factur-X and ZUGFeRD carry it. */

const STANDARD = 'urn:un:unece:uncefact:data:standard';
const ROOT = `${STANDARD}:CrossIndustryInvoice:100`;
const find = new Finder({
  rsm: ROOT,
  ram: `${STANDARD}:ReusableAggregateBusinessInformationEntity:100`,
  udt: `${STANDARD}:UnqualifiedDataType:100`,
  qdt: `${STANDARD}:QualifiedDataType:100`,
});

export const isCii = ({ namespace, name }: Element): boolean =>
  name === 'CrossIndustryInvoice' && namespace === ROOT;

export function readCii(root: Element): EInvoice {
  const head = find.first(root, 'rsm:ExchangedDocument');
  const trade = find.first(root, 'rsm:SupplyChainTradeTransaction');
  const agreement = find.first(trade, 'ram:ApplicableHeaderTradeAgreement');
  const delivery = find.first(trade, 'ram:ApplicableHeaderTradeDelivery');
  const settlement = find.first(trade, 'ram:ApplicableHeaderTradeSettlement');
  const currency = needed(find.text(settlement, 'ram:InvoiceCurrencyCode'));
  const means = find.all(settlement, 'ram:SpecifiedTradeSettlementPaymentMeans');
  const changes = find.all(settlement, 'ram:SpecifiedTradeAllowanceCharge');
  const payee = find.first(settlement, 'ram:PayeeTradeParty');
  const number = (from: Element | undefined, name: string) =>
    find.text(from, `ram:${name}/ram:IssuerAssignedID`);
  return defined<EInvoice>({
    syntax: 'cii',
    number: needed(find.text(head, 'ram:ID')),
    typeCode: needed(find.text(head, 'ram:TypeCode')),
    issueDate: needed(day(head, 'ram:IssueDateTime')),
    dueDate: day(settlement, 'ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime'),
    deliveryDate: day(delivery, 'ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime'),
    currency,
    buyerReference: find.text(agreement, 'ram:BuyerReference'),
    orderReference: number(agreement, 'BuyerOrderReferencedDocument'),
    contractReference: number(agreement, 'ContractReferencedDocument'),
    despatchReference: number(delivery, 'DespatchAdviceReferencedDocument'),
    receivingReference: number(delivery, 'ReceivingAdviceReferencedDocument'),
    precedingInvoices: find.texts(settlement, 'ram:InvoiceReferencedDocument/ram:IssuerAssignedID'),
    notes: find.texts(head, 'ram:IncludedNote/ram:Content'),
    seller: party(find.first(agreement, 'ram:SellerTradeParty')),
    buyer: party(find.first(agreement, 'ram:BuyerTradeParty')),
    payee: payee && party(payee),
    payment: defined({
      meansCode: find.text(means[0], 'ram:TypeCode'),
      reference: find.text(settlement, 'ram:PaymentReference'),
      accounts: means.flatMap(account),
      terms: find.texts(settlement, 'ram:SpecifiedTradePaymentTerms/ram:Description').join('\n') || undefined,
    }),
    allowances: changes.filter((it) => !isCharge(it)).map(allowance),
    charges: [
      ...changes.filter(isCharge).map(allowance),
      ...find.all(settlement, 'ram:SpecifiedLogisticsServiceCharge').map(freight),
    ],
    lines: find.all(trade, 'ram:IncludedSupplyChainTradeLineItem').filter(counts).map(line),
    vat: find.all(settlement, 'ram:ApplicableTradeTax').map(vat),
    totals: totals(settlement, currency),
  });
}

const isCharge = (change: Element): boolean => isTrue(find.text(change, 'ram:ChargeIndicator/udt:Indicator'));

/** Days are `20260301` here, whichever of the two name spaces of dates they are in. */
function day(from: Element | undefined, path: string): string | undefined {
  const written =
    find.text(from, `${path}/udt:DateTimeString`) ?? find.text(from, `${path}/qdt:DateTimeString`);
  return written?.replace(/^(\d{4})(\d{2})(\d{2}).*$/, '$1-$2-$3');
}

function totals(settlement: Element | undefined, currency: string): EInvoice['totals'] {
  const sums = find.first(settlement, 'ram:SpecifiedTradeSettlementHeaderMonetarySummation');
  const taxes = find.all(sums, 'ram:TaxTotalAmount');
  const tax = taxes.find(({ attributes }) => attributes.get('currencyID') === currency) ?? taxes[0];
  return defined<EInvoice['totals']>({
    lineNet: find.decimal(sums, 'ram:LineTotalAmount'),
    allowances: find.decimal(sums, 'ram:AllowanceTotalAmount'),
    charges: find.decimal(sums, 'ram:ChargeTotalAmount'),
    net: needed(find.decimal(sums, 'ram:TaxBasisTotalAmount')),
    vat: tax && find.decimal({ ...tax, children: [tax] }, 'ram:TaxTotalAmount'),
    gross: needed(find.decimal(sums, 'ram:GrandTotalAmount')),
    prepaid: find.decimal(sums, 'ram:TotalPrepaidAmount'),
    rounding: find.decimal(sums, 'ram:RoundingAmount'),
    due: needed(find.decimal(sums, 'ram:DuePayableAmount')),
  });
}

function party(from: Element | undefined): InvoiceParty {
  const registration = (scheme: string): string | undefined =>
    bare(
      find
        .all(from, 'ram:SpecifiedTaxRegistration/ram:ID')
        .find(({ attributes }) => attributes.get('schemeID') === scheme)?.text,
    );
  const address = find.first(from, 'ram:PostalTradeAddress');
  return defined<InvoiceParty>({
    name: find.text(from, 'ram:Name'),
    vatId: registration('VA'),
    taxId: registration('FC'),
    registrationId: find.text(from, 'ram:SpecifiedLegalOrganization/ram:ID'),
    email: find.text(from, 'ram:DefinedTradeContact/ram:EmailURIUniversalCommunication/ram:URIID'),
    address:
      address &&
      defined<NonNullable<InvoiceParty['address']>>({
        lines: ['ram:LineOne', 'ram:LineTwo', 'ram:LineThree'].flatMap((path) => find.texts(address, path)),
        city: find.text(address, 'ram:CityName'),
        postCode: find.text(address, 'ram:PostcodeCode'),
        country: find.text(address, 'ram:CountryID'),
      }),
  });
}

function account(means: Element): EInvoice['payment']['accounts'] {
  const from = find.first(means, 'ram:PayeePartyCreditorFinancialAccount');
  const iban = bare(find.text(from, 'ram:IBANID') ?? find.text(from, 'ram:ProprietaryID'));
  if (!iban) return [];
  const bic = bare(find.text(means, 'ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID'));
  return [defined({ iban, bic, name: find.text(from, 'ram:AccountName') })];
}

function allowance(from: Element): InvoiceAllowance {
  return defined<InvoiceAllowance>({
    amount: needed(find.decimal(from, 'ram:ActualAmount')),
    base: find.decimal(from, 'ram:BasisAmount'),
    percent: find.decimal(from, 'ram:CalculationPercent'),
    reason: find.text(from, 'ram:Reason'),
    vatCategory: find.text(from, 'ram:CategoryTradeTax/ram:CategoryCode'),
    vatRate: find.decimal(from, 'ram:CategoryTradeTax/ram:RateApplicablePercent'),
  });
}

/** What ZUGFeRD's extended profile says of carriage. */
function freight(from: Element): InvoiceAllowance {
  return defined<InvoiceAllowance>({
    amount: needed(find.decimal(from, 'ram:AppliedAmount')),
    reason: find.text(from, 'ram:Description'),
    vatCategory: find.text(from, 'ram:AppliedTradeTax/ram:CategoryCode'),
    vatRate: find.decimal(from, 'ram:AppliedTradeTax/ram:RateApplicablePercent'),
  });
}

/** Lines that group or inform have no price; the totals leave them out. */
const counts = (from: Element): boolean =>
  !/^(?:GROUP|INFORMATION)$/.test(
    find.text(from, 'ram:AssociatedDocumentLineDocument/ram:LineStatusReasonCode') ?? '',
  );

function line(from: Element): InvoiceLine {
  const product = find.first(from, 'ram:SpecifiedTradeProduct');
  const agreement = find.first(from, 'ram:SpecifiedLineTradeAgreement');
  const delivery = find.first(from, 'ram:SpecifiedLineTradeDelivery');
  const settlement = find.first(from, 'ram:SpecifiedLineTradeSettlement');
  return defined<InvoiceLine>({
    id: needed(find.text(from, 'ram:AssociatedDocumentLineDocument/ram:LineID')),
    name: find.text(product, 'ram:Name'),
    description: find.text(product, 'ram:Description'),
    sellerItemId: find.text(product, 'ram:SellerAssignedID'),
    buyerItemId: find.text(product, 'ram:BuyerAssignedID'),
    orderLine: find.text(agreement, 'ram:BuyerOrderReferencedDocument/ram:LineID'),
    quantity: needed(find.decimal(delivery, 'ram:BilledQuantity')),
    unit: find.first(delivery, 'ram:BilledQuantity')?.attributes.get('unitCode') || undefined,
    unitPrice: needed(find.decimal(agreement, 'ram:NetPriceProductTradePrice/ram:ChargeAmount')),
    priceQuantity: find.decimal(agreement, 'ram:NetPriceProductTradePrice/ram:BasisQuantity'),
    net: needed(
      find.decimal(settlement, 'ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount'),
    ),
    vatCategory: find.text(settlement, 'ram:ApplicableTradeTax/ram:CategoryCode'),
    vatRate: find.decimal(settlement, 'ram:ApplicableTradeTax/ram:RateApplicablePercent'),
  });
}

function vat(from: Element): InvoiceVat {
  return defined<InvoiceVat>({
    category: needed(find.text(from, 'ram:CategoryCode')),
    rate: find.decimal(from, 'ram:RateApplicablePercent'),
    base: needed(find.decimal(from, 'ram:BasisAmount')),
    amount: needed(find.decimal(from, 'ram:CalculatedAmount')),
  });
}
