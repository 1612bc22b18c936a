/*
 * An invoice as data, whichever syntax it came in (UBL, CII, the XML inside a PDF). Amounts and quantities are decimals as
 * strings, days are `YYYY-MM-DD`; what the invoice does not say is absent. The terms are those of EN 16931 (BT, BG).
 */

export interface EInvoice {
  syntax: 'ubl' | 'cii';
  /** BT-1 */
  number: string;
  /** BT-3: `380` is an invoice, `381` a credit note. */
  typeCode: string;
  issueDate: string;
  dueDate?: string;
  deliveryDate?: string;
  currency: string;
  buyerReference?: string;
  orderReference?: string;
  contractReference?: string;
  despatchReference?: string;
  receivingReference?: string;
  precedingInvoices: readonly string[];
  notes: readonly string[];
  seller: InvoiceParty;
  buyer: InvoiceParty;
  payee?: InvoiceParty;
  payment: InvoicePayment;
  allowances: readonly InvoiceAllowance[];
  charges: readonly InvoiceAllowance[];
  lines: readonly InvoiceLine[];
  vat: readonly InvoiceVat[];
  totals: InvoiceTotals;
}

export interface InvoiceParty {
  name?: string;
  vatId?: string;
  taxId?: string;
  registrationId?: string;
  email?: string;
  address?: { lines: readonly string[]; city?: string; postCode?: string; country?: string };
}

export interface InvoicePayment {
  meansCode?: string;
  /** BT-83: what the payer writes with the payment. */
  reference?: string;
  accounts: readonly { iban: string; bic?: string; name?: string }[];
  terms?: string;
}

export interface InvoiceAllowance {
  amount: string;
  base?: string;
  percent?: string;
  reason?: string;
  vatCategory?: string;
  vatRate?: string;
}

export interface InvoiceLine {
  id: string;
  name?: string;
  description?: string;
  sellerItemId?: string;
  buyerItemId?: string;
  orderLine?: string;
  quantity: string;
  unit?: string;
  unitPrice: string;
  /** The quantity that the price is for. @default 1 */
  priceQuantity?: string;
  net: string;
  vatCategory?: string;
  vatRate?: string;
}

export interface InvoiceVat {
  category: string;
  rate?: string;
  base: string;
  amount: string;
}

export interface InvoiceTotals {
  /** BT-106. Absent in the smallest profile of Factur-X, which has no lines. */
  lineNet?: string;
  allowances?: string;
  charges?: string;
  net: string;
  vat?: string;
  gross: string;
  prepaid?: string;
  rounding?: string;
  due: string;
}
