/* What stands on invoices before the values, and how those are written. */

export type Language = 'de' | 'en' | 'es' | 'fr' | 'nl';

export interface Words {
  invoice: string;
  creditNote: string;
  reminder: string;
  number: string;
  date: string;
  due: string;
  order: string;
  customer: string;
  delivered: string;
  sellerVat: string;
  buyerVat: string;
  columns: { article: string; description: string; quantity: string; price: string; amount: string };
  freight: string;
  net: string;
  vat: string;
  total: string;
  pay: string;
  remind: string;
}

export const WORDS: Readonly<Record<Language, Words>> = {
  de: {
    ...{ invoice: 'Rechnung', creditNote: 'Gutschrift', reminder: 'Mahnung', number: 'Rechnungsnummer' },
    ...{ date: 'Rechnungsdatum', due: 'Zahlbar bis', order: 'Ihre Bestellung', customer: 'Kundennummer' },
    ...{ delivered: 'Lieferdatum', sellerVat: 'USt-IdNr.', buyerVat: 'Ihre USt-IdNr.' },
    columns: {
      ...{ article: 'Artikel', description: 'Bezeichnung', quantity: 'Menge', price: 'Einzelpreis' },
      amount: 'Betrag',
    },
    ...{
      freight: 'Fracht',
      net: 'Nettobetrag',
      vat: 'MwSt.',
      total: 'Gesamtbetrag',
      pay: 'Bitte zahlen Sie auf',
    },
    remind: 'Unsere Rechnung ist noch offen. Bitte zahlen Sie bald.',
  },
  en: {
    ...{ invoice: 'Invoice', creditNote: 'Credit note', reminder: 'Payment reminder', number: 'Invoice no' },
    ...{ date: 'Invoice date', due: 'Due date', order: 'Purchase order', customer: 'Customer no' },
    ...{ delivered: 'Delivery date', sellerVat: 'VAT number', buyerVat: 'Your VAT number' },
    columns: {
      ...{ article: 'Item', description: 'Description', quantity: 'Quantity', price: 'Price' },
      amount: 'Amount',
    },
    ...{ freight: 'Carriage', net: 'Net total', vat: 'VAT', total: 'Total', pay: 'Please pay to' },
    remind: 'Our invoice is overdue. Please pay it at once.',
  },
  es: {
    ...{ invoice: 'Factura', creditNote: 'Abono', reminder: 'Recordatorio de pago', number: 'Factura n.' },
    ...{ date: 'Fecha de factura', due: 'Vencimiento', order: 'Su pedido', customer: 'Cliente n.' },
    ...{ delivered: 'Fecha de entrega', sellerVat: 'NIF-IVA', buyerVat: 'Su NIF-IVA' },
    columns: {
      ...{ article: 'Ref.', description: 'Concepto', quantity: 'Cantidad', price: 'Precio' },
      amount: 'Importe',
    },
    ...{
      freight: 'Portes',
      net: 'Base imponible',
      vat: 'IVA',
      total: 'Total factura',
      pay: 'Pago a la cuenta',
    },
    remind: 'Nuestra factura sigue pendiente de pago.',
  },
  fr: {
    ...{ invoice: 'Facture', creditNote: 'Avoir', reminder: 'Rappel de paiement', number: 'Facture no' },
    ...{ date: 'Date de facture', due: 'Échéance', order: 'Votre commande', customer: 'Client no' },
    ...{ delivered: 'Date de livraison', sellerVat: 'TVA intracommunautaire', buyerVat: 'Votre no TVA' },
    columns: {
      ...{ article: 'Réf.', description: 'Désignation', quantity: 'Quantité', price: 'Prix unitaire' },
      amount: 'Montant',
    },
    ...{ freight: 'Port', net: 'Total HT', vat: 'TVA', total: 'Total TTC', pay: 'Compte' },
    remind: 'Notre facture reste impayée à ce jour.',
  },
  nl: {
    ...{ invoice: 'Factuur', creditNote: 'Creditnota', reminder: 'Herinnering', number: 'Factuurnummer' },
    ...{ date: 'Factuurdatum', due: 'Vervaldatum', order: 'Uw bestelling', customer: 'Klantnummer' },
    ...{ delivered: 'Leverdatum', sellerVat: 'BTW-nummer', buyerVat: 'Uw BTW-nummer' },
    columns: {
      ...{ article: 'Artikel', description: 'Omschrijving', quantity: 'Aantal', price: 'Prijs' },
      amount: 'Bedrag',
    },
    ...{
      freight: 'Verzendkosten',
      net: 'Totaal excl. btw',
      vat: 'BTW',
      total: 'Totaal incl. btw',
      pay: 'Rekening',
    },
    remind: 'Onze factuur is nog niet betaald.',
  },
};

const POINTS: Readonly<Record<Language, [thousands: string, decimals: string]>> = {
  ...{ en: [',', '.'], de: ['.', ','], nl: ['.', ','], es: ['.', ','], fr: [' ', ','] },
};

/** `1234.50` as it is written there. */
export function writtenAmount(language: Language, amount: string): string {
  const [thousands, decimals] = POINTS[language];
  const [whole = '', part = ''] = amount.split('.');
  return `${whole.replaceAll(/(?<=\d)(?=(?:\d{3})+$)/g, thousands)}${decimals}${part}`;
}

export type DayForm = 'iso' | 'points' | 'slashes' | 'words';

const MONTHS: Readonly<Record<Language, string>> = {
  de: 'Januar Februar März April Mai Juni Juli August September Oktober November Dezember',
  en: 'January February March April May June July August September October November December',
  es: 'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre',
  fr: 'janvier février mars avril mai juin juillet août septembre octobre novembre décembre',
  nl: 'januari februari maart april mei juni juli augustus september oktober november december',
};

export function writtenDay(language: Language, form: DayForm, iso: string): string {
  const [year = '', month = '', day = ''] = iso.split('-');
  if (form === 'iso') return iso;
  if (form === 'points') return `${day}.${month}.${year}`;
  if (form === 'slashes') return `${day}/${month}/${year}`;
  const name = MONTHS[language].split(' ')[Number(month) - 1];
  const dot = language === 'de' ? '.' : '';
  return `${Number(day)}${dot} ${name} ${year}`;
}

/** In fours, as on paper. */
export const grouped = (iban: string): string => iban.replaceAll(/(.{4})(?=.)/g, '$1 ');
