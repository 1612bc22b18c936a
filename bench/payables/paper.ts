import { encodePng } from '../../lambdas/read/image/png.ts';
import { openPdf } from '../../lambdas/read/pdf/document.ts';
import { render } from '../../lambdas/read/pdf/render.ts';
import { ciiOf } from '../../test/support/cii.ts';
import { line, pdfFile, stream } from '../../test/support/pdf.ts';
import { ublOf } from '../../test/support/ubl.ts';
import type { Bundle } from './bundle.ts';
import { grouped, type Language, WORDS, writtenAmount, writtenDay } from './languages.ts';
import type { Page } from './layouts.ts';

/* A bundle's invoice as the file that comes in. */

const SCAN_DPI = 200;

export interface Sent {
  name: string;
  bytes: Uint8Array;
}

export async function fileOf(bundle: Bundle): Promise<Sent> {
  const { n, layout, invoice } = bundle;
  const name = `invoice-${String(n).padStart(3, '0')}`;
  switch (layout.kind) {
    case 'ubl':
      return { name: `${name}.xml`, bytes: Buffer.from(ublOf(invoice)) };
    case 'cii':
      return { name: `${name}.xml`, bytes: Buffer.from(ciiOf(invoice)) };
    case 'pdf':
      return { name: `${name}.pdf`, bytes: pdfFile({ pages: pagesOf(bundle) }) };
    case 'factur-x':
      return { name: `${name}.pdf`, bytes: withData(pagesOf(bundle), ciiOf(invoice)) };
    case 'scan':
      return { name: `${name}.png`, bytes: await pictureOf(pagesOf(bundle)) };
  }
}

function withData(pages: string[], xml: string): Buffer {
  return pdfFile({
    pages,
    catalog: '/Names<</EmbeddedFiles<</Names[(factur-x.xml) 100001 0 R]>>>>/AF[100001 0 R]',
    objects: [
      stream('/Type/EmbeddedFile/Subtype/text#2Fxml', Buffer.from(xml)),
      '<</Type/Filespec/F(factur-x.xml)/UF(factur-x.xml)/AFRelationship/Alternative/EF<</F 100000 0 R>>>>',
    ],
  });
}

async function pictureOf(pages: string[]): Promise<Uint8Array> {
  const pdf = await openPdf(pdfFile({ pages }));
  try {
    return await pdf.withPage(0, async (page, size) =>
      encodePng(
        render(pdf.engine, page, {
          view: { page: size, turn: 0, skew: 0 },
          scale: SCAN_DPI / 72,
          grey: true,
        }),
      ),
    );
  } finally {
    pdf.close();
  }
}

/** The left edges of columns, by how many there are. */
const EDGES: Readonly<Record<number, readonly number[]>> = {
  4: [60, 300, 390, 480],
  5: [60, 130, 340, 410, 490],
};
const FRONT_EDGES = [60, 130, 390, 480];

interface Row {
  text: string;
  x?: number;
}

function pagesOf(bundle: Bundle): string[] {
  const { layout, vendor, invoice, paper } = bundle;
  const page = layout.page;
  if (!page) throw new Error(`the layout '${layout.name}' has no page`);
  const words = WORDS[vendor.language];
  const title = { invoice: words.invoice, 'credit-note': words.creditNote, reminder: words.reminder }[paper];
  const sheet = new Sheet();
  sheet.row([{ text: invoice.seller.name ?? vendor.name }], 16);
  sheet.row([{ text: vendor.street }], 9);
  if (page.foot === 'top') for (const text of footOf(bundle)) sheet.row([{ text }], 9);
  sheet.gap();
  sheet.row([{ text: invoice.buyer.name ?? '' }]);
  sheet.gap();
  sheet.row([{ text: title }], 15);
  for (const row of headOf(bundle, page)) sheet.row(row);
  sheet.gap();
  if (paper === 'reminder') sheet.row([{ text: words.remind }]);
  else for (const row of tableOf(bundle, page)) sheet.row(row);
  if (page.twoPages) sheet.turn();
  sheet.gap();
  for (const row of totalsOf(bundle, page)) sheet.row(row);
  sheet.gap();
  if (page.foot === 'below') for (const text of footOf(bundle)) sheet.row([{ text }], 9);
  return sheet.pages;
}

class Sheet {
  readonly #pages: string[][] = [[]];
  #y = 790;

  get pages(): string[] {
    return this.#pages.map((lines) => lines.join('\n'));
  }

  row(cells: readonly Row[], size = 10): void {
    for (const { text, x = 60 } of cells) this.#pages.at(-1)?.push(line(text, x, this.#y, size));
    this.#y -= Math.max(17, size + 6);
  }

  gap(): void {
    this.#y -= 14;
  }

  turn(): void {
    this.#pages.push([]);
    this.#y = 790;
  }
}

function headOf({ vendor, invoice, customer, delivered }: Bundle, { days, head }: Page): Row[][] {
  const words = WORDS[vendor.language];
  const day = (iso: string) => writtenDay(vendor.language, days, iso);
  const facts: [string, string][] = [
    [words.number, invoice.number],
    [words.date, day(invoice.issueDate)],
    ...(invoice.dueDate ? [[words.due, day(invoice.dueDate)] as [string, string]] : []),
    ...(invoice.orderReference ? [[words.order, invoice.orderReference] as [string, string]] : []),
    [words.customer, customer],
    [words.delivered, day(delivered)],
  ];
  const said = facts.map(([name, value]) => `${name}: ${value}`);
  if (head === 'one line')
    return [said.slice(0, 2), said.slice(2, 4), said.slice(4)].map((it) => [{ text: it.join('   ') }]);
  if (head === 'table') return facts.map(([name, value]) => [{ text: name }, { text: value, x: 230 }]);
  return said.map((text) => [{ text, x: head === 'right' ? 330 : 60 }]);
}

function tableOf({ vendor, invoice }: Bundle, { columns }: Page): Row[][] {
  const { language } = vendor;
  const words = WORDS[language];
  const edges = columns[0] === 'quantity' ? FRONT_EDGES : (EDGES[columns.length] ?? []);
  const row = (cells: Readonly<Record<(typeof columns)[number], string>>) =>
    columns.map((column, at) => ({ text: cells[column], x: edges[at] ?? 60 }));
  return [
    row(words.columns),
    ...invoice.lines.map((it) =>
      row({
        ...{ article: it.sellerItemId ?? '', description: it.name ?? '', quantity: it.quantity },
        ...{ price: writtenAmount(language, it.unitPrice), amount: writtenAmount(language, it.net) },
      }),
    ),
    ...invoice.charges.map(({ amount }) => [
      { text: words.freight, x: edges[columns.indexOf('description')] ?? 60 },
      { text: writtenAmount(language, amount), x: edges.at(-1) ?? 490 },
    ]),
  ];
}

function totalsOf({ vendor, invoice }: Bundle, { totals }: Page): Row[][] {
  const words = WORDS[vendor.language];
  const money = (amount: string) => `${invoice.currency} ${written(vendor.language, amount)}`;
  const [name, value] = totals === 'right' ? [340, 470] : [60, 200];
  const rates = invoice.vat.map(({ rate, amount }): [string, string] => [
    `${words.vat} ${rate ?? '0'} %`,
    amount,
  ]);
  const rows: [string, string][] = [
    [words.net, invoice.totals.net],
    ...rates,
    [words.total, invoice.totals.gross],
  ];
  return rows.map(([label, amount]) => [
    { text: label, x: name },
    { text: money(amount), x: value },
  ]);
}

const written = (language: Language, amount: string) => writtenAmount(language, amount);

function footOf({ vendor, invoice }: Bundle): string[] {
  const words = WORDS[vendor.language];
  const [account] = invoice.payment.accounts;
  return [
    `${words.pay} IBAN ${grouped(account?.iban ?? '')}`,
    `${words.sellerVat}: ${invoice.seller.vatId}`,
    `${words.buyerVat}: ${invoice.buyer.vatId}`,
  ];
}
