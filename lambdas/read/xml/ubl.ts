import type {
  EInvoice,
  InvoiceAllowance,
  InvoiceLine,
  InvoiceParty,
  InvoiceVat,
} from '../../contract/einvoice.ts';
import { bare, defined, Finder, isTrue, needed } from './value.ts';
import type { Element } from './xml.ts';

/* UBL 2, as EN 16931 binds its terms to it (CEN/TS 16931-3-2). */

const SCHEMA = 'urn:oasis:names:specification:ubl:schema:xsd';
const find = new Finder({
  cac: `${SCHEMA}:CommonAggregateComponents-2`,
  cbc: `${SCHEMA}:CommonBasicComponents-2`,
});

export const isUbl = ({ namespace, name }: Element): boolean =>
  (name === 'Invoice' || name === 'CreditNote') && namespace === `${SCHEMA}:${name}-2`;

export function readUbl(root: Element): EInvoice {
  const credit = root.name === 'CreditNote';
  const currency = needed(find.text(root, 'cbc:DocumentCurrencyCode'));
  const means = find.all(root, 'cac:PaymentMeans');
  const taxes = find.all(root, 'cac:TaxTotal');
  const tax = inCurrency(taxes, currency) ?? taxes[0];
  const changes = find.all(root, 'cac:AllowanceCharge');
  const payee = find.first(root, 'cac:PayeeParty');
  const order = find.text(root, 'cac:OrderReference/cbc:ID');
  return defined<EInvoice>({
    syntax: 'ubl',
    number: needed(find.text(root, 'cbc:ID')),
    typeCode: find.text(root, `cbc:${root.name}TypeCode`) ?? (credit ? '381' : '380'),
    issueDate: needed(day(find.text(root, 'cbc:IssueDate'))),
    dueDate: day(find.text(root, 'cbc:DueDate') ?? find.text(root, 'cac:PaymentMeans/cbc:PaymentDueDate')),
    deliveryDate: day(find.text(root, 'cac:Delivery/cbc:ActualDeliveryDate')),
    currency,
    buyerReference: find.text(root, 'cbc:BuyerReference'),
    orderReference:
      find.first(root, 'cac:OrderReference/cbc:SalesOrderID') && NO_ORDER.test(order ?? '')
        ? undefined
        : order,
    contractReference: find.text(root, 'cac:ContractDocumentReference/cbc:ID'),
    despatchReference: find.text(root, 'cac:DespatchDocumentReference/cbc:ID'),
    receivingReference: find.text(root, 'cac:ReceiptDocumentReference/cbc:ID'),
    precedingInvoices: find.texts(root, 'cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID'),
    notes: find.texts(root, 'cbc:Note').map((note) => note.replace(/^#[A-Z]{3}#/, '').trim()),
    seller: party(find.first(root, 'cac:AccountingSupplierParty/cac:Party')),
    buyer: party(find.first(root, 'cac:AccountingCustomerParty/cac:Party')),
    payee: payee && party(payee),
    payment: defined({
      meansCode: find.text(means[0], 'cbc:PaymentMeansCode'),
      reference: find.text(means[0], 'cbc:PaymentID'),
      accounts: means.flatMap((it) => find.all(it, 'cac:PayeeFinancialAccount')).flatMap(account),
      terms: find.texts(root, 'cac:PaymentTerms/cbc:Note').join('\n') || undefined,
    }),
    allowances: changes.filter((it) => !isCharge(it)).map(allowance),
    charges: changes.filter(isCharge).map(allowance),
    lines: find.all(root, credit ? 'cac:CreditNoteLine' : 'cac:InvoiceLine').map(line),
    vat: find.all(tax, 'cac:TaxSubtotal').map(vat),
    totals: totals(root, tax),
  });
}

/** UBL wants the buyer's order wherever the seller's number stands: this is what writers put there if there is none. */
const NO_ORDER = /^(?:n\.?\/?a\.?|none|dummy\w*|unknown|[-0.]+)$/i;

const inCurrency = (taxes: readonly Element[], currency: string): Element | undefined =>
  taxes.find((it) => find.first(it, 'cbc:TaxAmount')?.attributes.get('currencyID') === currency);

const isCharge = (change: Element): boolean => isTrue(find.text(change, 'cbc:ChargeIndicator'));

/** `2026-03-01`, with or without a zone behind it. */
const day = (text: string | undefined): string | undefined => text?.slice(0, 10);

function totals(root: Element, tax: Element | undefined): EInvoice['totals'] {
  const sums = find.first(root, 'cac:LegalMonetaryTotal');
  return defined<EInvoice['totals']>({
    lineNet: find.decimal(sums, 'cbc:LineExtensionAmount'),
    allowances: find.decimal(sums, 'cbc:AllowanceTotalAmount'),
    charges: find.decimal(sums, 'cbc:ChargeTotalAmount'),
    net: needed(find.decimal(sums, 'cbc:TaxExclusiveAmount')),
    vat: find.decimal(tax, 'cbc:TaxAmount'),
    gross: needed(find.decimal(sums, 'cbc:TaxInclusiveAmount')),
    prepaid: find.decimal(sums, 'cbc:PrepaidAmount'),
    rounding: find.decimal(sums, 'cbc:PayableRoundingAmount'),
    due: needed(find.decimal(sums, 'cbc:PayableAmount')),
  });
}

function party(from: Element | undefined): InvoiceParty {
  const registrations = find.all(from, 'cac:PartyTaxScheme').map((it) => ({
    scheme: find.text(it, 'cac:TaxScheme/cbc:ID'),
    id: bare(find.text(it, 'cbc:CompanyID')),
  }));
  const address = find.first(from, 'cac:PostalAddress');
  return defined<InvoiceParty>({
    name:
      find.text(from, 'cac:PartyLegalEntity/cbc:RegistrationName') ??
      find.text(from, 'cac:PartyName/cbc:Name'),
    vatId: registrations.find(({ scheme }) => scheme === 'VAT')?.id,
    taxId: registrations.find(({ scheme }) => scheme !== 'VAT')?.id,
    registrationId: find.text(from, 'cac:PartyLegalEntity/cbc:CompanyID'),
    email: find.text(from, 'cac:Contact/cbc:ElectronicMail'),
    address:
      address &&
      defined<NonNullable<InvoiceParty['address']>>({
        lines: ['cbc:StreetName', 'cbc:AdditionalStreetName', 'cac:AddressLine/cbc:Line'].flatMap((path) =>
          find.texts(address, path),
        ),
        city: find.text(address, 'cbc:CityName'),
        postCode: find.text(address, 'cbc:PostalZone'),
        country: find.text(address, 'cac:Country/cbc:IdentificationCode'),
      }),
  });
}

function account(from: Element): EInvoice['payment']['accounts'] {
  const iban = bare(find.text(from, 'cbc:ID'));
  if (!iban) return [];
  const bic = bare(find.text(from, 'cac:FinancialInstitutionBranch/cbc:ID'));
  return [defined({ iban, bic, name: find.text(from, 'cbc:Name') })];
}

function allowance(from: Element): InvoiceAllowance {
  return defined<InvoiceAllowance>({
    amount: needed(find.decimal(from, 'cbc:Amount')),
    base: find.decimal(from, 'cbc:BaseAmount'),
    percent: find.decimal(from, 'cbc:MultiplierFactorNumeric'),
    reason: find.text(from, 'cbc:AllowanceChargeReason'),
    vatCategory: find.text(from, 'cac:TaxCategory/cbc:ID'),
    vatRate: find.decimal(from, 'cac:TaxCategory/cbc:Percent'),
  });
}

function line(from: Element): InvoiceLine {
  const quantity = find.first(from, 'cbc:InvoicedQuantity') ?? find.first(from, 'cbc:CreditedQuantity');
  const path = quantity && `cbc:${quantity.name}`;
  return defined<InvoiceLine>({
    id: needed(find.text(from, 'cbc:ID')),
    name: find.text(from, 'cac:Item/cbc:Name'),
    description: find.text(from, 'cac:Item/cbc:Description'),
    sellerItemId: find.text(from, 'cac:Item/cac:SellersItemIdentification/cbc:ID'),
    buyerItemId: find.text(from, 'cac:Item/cac:BuyersItemIdentification/cbc:ID'),
    orderLine: find.text(from, 'cac:OrderLineReference/cbc:LineID'),
    quantity: needed(path && find.decimal(from, path)),
    unit: quantity?.attributes.get('unitCode') || undefined,
    unitPrice: needed(find.decimal(from, 'cac:Price/cbc:PriceAmount')),
    priceQuantity: find.decimal(from, 'cac:Price/cbc:BaseQuantity'),
    net: needed(find.decimal(from, 'cbc:LineExtensionAmount')),
    vatCategory: find.text(from, 'cac:Item/cac:ClassifiedTaxCategory/cbc:ID'),
    vatRate: find.decimal(from, 'cac:Item/cac:ClassifiedTaxCategory/cbc:Percent'),
  });
}

function vat(from: Element): InvoiceVat {
  return defined<InvoiceVat>({
    category: needed(find.text(from, 'cac:TaxCategory/cbc:ID')),
    rate: find.decimal(from, 'cac:TaxCategory/cbc:Percent'),
    base: needed(find.decimal(from, 'cbc:TaxableAmount')),
    amount: needed(find.decimal(from, 'cbc:TaxAmount')),
  });
}
