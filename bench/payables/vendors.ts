import type { Language } from './languages.ts';

/* Whom the generated invoices come from: companies that do not exist, with accounts whose check digits hold. */

export interface Vendor {
  id: string;
  name: string;
  street: string;
  language: Language;
  currency: string;
  vatId: string;
  iban: string;
  /** Further accounts on file. @default none */
  ibans?: readonly string[];
  /** Percent, as most of its lines are taxed. */
  rate: string;
  termsDays: number;
  /** How it numbers its invoices: `#` is a digit. */
  numbers: string;
  goods: readonly Good[];
}

export interface Good {
  article: string;
  name: string;
  cents: number;
}

export const US = { name: 'Signal and Sons GmbH', vatId: 'DE298765432' };
/** Who is neither a vendor of ours nor we. */
export const STRANGER = { name: 'Quick Delivery Ltd', vatId: 'DE999000111' };
export const OTHER_BUYER = { name: 'Lantern Works GmbH', vatId: 'DE129274202' };

/** With check digits that hold: by ISO 7064, modulo 97. */
export function ibanOf(country: string, account: string): string {
  const digits = [...`${account}${country}00`].map((sign) => Number.parseInt(sign, 36)).join('');
  return `${country}${String(98n - (BigInt(digits) % 97n)).padStart(2, '0')}${account}`;
}

const goods = (prefix: string, names: readonly (readonly [string, number])[]): Good[] =>
  names.map(([name, cents], at) => ({ article: `${prefix}-${110 + at * 15}`, name, cents }));

export const VENDORS: readonly Vendor[] = [
  {
    ...{ id: 'V2001', name: 'Northgate Paper GmbH', street: 'Hafenweg 12, 28195 Bremen', language: 'de' },
    ...{ currency: 'EUR', vatId: 'DE812871812', iban: ibanOf('DE', '290500001001234567'), rate: '19' },
    ...{ termsDays: 30, numbers: 'NP-2026-####' },
    goods: goods('NP', [
      ['Kopierpapier A4, 5 Pakete', 2490],
      ['Briefumschlag C6, 500 Stück', 1875],
      ['Ordner schmal, grau', 345],
      ['Etiketten 70 x 36', 1290],
    ]),
  },
  {
    ...{ id: 'V2002', name: 'Bluefield Tools Ltd', street: '4 Mill Lane, Leeds', language: 'en' },
    ...{ currency: 'GBP', vatId: 'GB927364512', iban: ibanOf('GB', 'NWBK60161331926820'), rate: '20' },
    ...{ termsDays: 30, numbers: 'BT#####' },
    goods: goods('BT', [
      ['Safety gloves, pair', 690],
      ['Steel shelf, 180 cm', 8450],
      ['Folding ladder', 11_200],
      ['Marking tape, yellow', 425],
    ]),
  },
  {
    ...{ id: 'V2003', name: 'Papeterie du Quai SARL', street: '8 quai des Brumes, Nantes', language: 'fr' },
    ...{ currency: 'EUR', vatId: 'FR61954506077', iban: ibanOf('FR', '20041010050500013M02701'), rate: '20' },
    ...{ termsDays: 30, numbers: 'FA-26####' },
    goods: goods('PQ', [
      ['Chemises cartonnées, lot de 50', 1520],
      ['Encre noire pour imprimante', 4390],
      ['Agrafeuse de bureau', 1160],
    ]),
  },
  {
    ...{ id: 'V2004', name: 'Kantoor & Zonen B.V.', street: 'Kade 31, Rotterdam', language: 'nl' },
    ...{ currency: 'EUR', vatId: 'NL856789012B01', iban: ibanOf('NL', 'ABNA0417164311'), rate: '21' },
    ...{ termsDays: 14, numbers: '2026/####' },
    goods: goods('KZ', [
      ['Bureaulamp, wit', 3995],
      ['Bureaustoel, grijs', 18_900],
      ['Vergadertafel, klein', 24_500],
    ]),
  },
  {
    ...{ id: 'V2005', name: 'Riverside Cleaning Ltd', street: '17 Station Road, Bristol', language: 'en' },
    ...{ currency: 'GBP', vatId: 'GB318274655', iban: ibanOf('GB', 'BARC20201530093459'), rate: '20' },
    ...{ termsDays: 14, numbers: 'RC-####' },
    goods: goods('RC', [
      ['Window cleaning, per floor', 7500],
      ['Office cleaning, per hour', 2350],
      ['Carpet cleaning, per room', 4800],
    ]),
  },
  {
    ...{ id: 'V2006', name: 'Alpenblick Catering GmbH', street: 'Lindengasse 5, Wien', language: 'de' },
    ...{ currency: 'EUR', vatId: 'ATU57890123', iban: ibanOf('AT', '1904300234573201'), rate: '10' },
    ...{ termsDays: 14, numbers: 'R26-####' },
    goods: goods('AC', [
      ['Mittagsplatte für 10 Personen', 11_900],
      ['Kaffee, Kanne', 1450],
      ['Obstkorb', 2890],
    ]),
  },
  {
    ...{ id: 'V2007', name: 'Oficina Clara SL', street: 'Calle Sol 44, Valencia', language: 'es' },
    ...{ currency: 'EUR', vatId: 'ESB83456789', iban: ibanOf('ES', '21000418450200051332'), rate: '21' },
    ...{ termsDays: 30, numbers: 'OC-####-26' },
    goods: goods('OC', [
      ['Pizarra blanca, 120 cm', 6480],
      ['Rotuladores, juego de 8', 980],
      ['Silla apilable', 3570],
    ]),
  },
  {
    ...{ id: 'V2008', name: 'Summit Print AB', street: 'Storgatan 9, Uppsala', language: 'en' },
    ...{ currency: 'SEK', vatId: 'SE556677889901', iban: ibanOf('SE', '50000000058398257467'), rate: '25' },
    ...{ termsDays: 30, numbers: 'SP######' },
    goods: goods('SP', [
      ['Business cards, box of 250', 14_900],
      ['Poster A2', 8900],
      ['Brochure, 12 pages', 2450],
    ]),
  },
  {
    ...{ id: 'V2009', name: 'Werkstatt Oker KG', street: 'Am Anger 3, Goslar', language: 'de' },
    ...{ currency: 'EUR', vatId: 'DE143593636', iban: ibanOf('DE', '259500110002223334'), rate: '19' },
    ...{ termsDays: 30, numbers: 'WO####' },
    goods: goods('WO', [
      ['Schrauben M6, 100 Stück', 895],
      ['Regalboden, verzinkt', 2240],
      ['Montage, je Stunde', 5400],
    ]),
  },
  {
    ...{ id: 'V2010', name: 'Harbour Lights BVBA', street: 'Dok 7, Antwerpen', language: 'nl' },
    ...{ currency: 'EUR', vatId: 'BE0417497106', iban: ibanOf('BE', '510007547061'), rate: '21' },
    ...{ termsDays: 30, numbers: 'HL-26-####' },
    goods: goods('HL', [
      ['Ledlamp E27, doos van 10', 4250],
      ['Verlengsnoer, 5 m', 1195],
      ['Noodverlichting', 7380],
    ]),
  },
];
