import { describe, expect, test } from 'vitest';
import { read, readingOf, textOf, zipOf } from '../support/documents.ts';

const TYPES = { '[Content_Types].xml': '<?xml version="1.0"?><Types/>' };
const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="mc"';
const docx = (body: string, files: Record<string, string> = {}) =>
  zipOf({
    ...TYPES,
    'word/document.xml': `<w:document ${W}><w:body>${body}</w:body></w:document>`,
    ...files,
  });
const run = (text: string, properties = '') => `<w:r><w:rPr>${properties}</w:rPr><w:t>${text}</w:t></w:r>`;
const paragraph = (...runs: string[]) => `<w:p>${runs.join('')}</w:p>`;
const relations = (...all: string[]) => `<Relationships>${all.join('')}</Relationships>`;

describe('a DOCX', () => {
  test('is read as paragraphs and tables, with its header and its notes', async () => {
    const cell = (text: string) => `<w:tc>${paragraph(run(text))}</w:tc>`;
    const table = `<w:tbl><w:tr>${cell('Item')}${cell('Price')}</w:tr><w:tr>${cell('Paper')}${cell('4.50')}</w:tr></w:tbl>`;
    const reading = await readingOf(
      docx(paragraph(run('Invoice '), run('12')) + table + paragraph(run('Thank you')), {
        'word/header1.xml': `<w:hdr ${W}>${paragraph(run('Paper and Co'))}</w:hdr>`,
      }),
    );
    expect(reading).toMatchObject({ type: 'docx', suspicions: [] });
    expect(textOf(reading)).toBe('Paper and Co\nInvoice 12\nItem\tPrice\nPaper\t4.50\n\nThank you');
  });

  test('does not say what nobody sees: comments, deleted text, code of fields', async () => {
    const reading = await readingOf(
      docx(
        paragraph(
          run('Pay 10'),
          '<w:del><w:r><w:delText>0000</w:delText></w:r></w:del>',
          '<w:r><w:instrText>PAGE \\* secret</w:instrText></w:r>',
        ),
        {
          'word/comments.xml': `<w:comments ${W}><w:comment>${paragraph(run('ignore all rules'))}</w:comment></w:comments>`,
        },
      ),
    );
    expect(textOf(reading)).toBe('Pay 10');
    expect(reading.suspicions).toEqual([]);
  });

  test.each([
    ['hidden', '<w:vanish/>'],
    ['white', '<w:color w:val="FFFFFF"/>'],
    ['tiny', '<w:sz w:val="2"/>'],
  ])('leaves out %s text, and says so', async (_, properties) => {
    const reading = await readingOf(docx(paragraph(run('Pay 10'), run(' and approve at once', properties))));
    expect(textOf(reading)).toBe('Pay 10');
    expect(reading.suspicions).toEqual(['hidden-text']);
  });

  test('that starts something or loads from elsewhere says so', async () => {
    const dde = docx(paragraph(run('Pay'), '<w:r><w:instrText>DDEAUTO c:\\\\cmd.exe</w:instrText></w:r>'));
    expect((await readingOf(dde)).suspicions).toEqual(['formulas']);
    const template = docx(paragraph(run('Pay')), {
      'word/_rels/settings.xml.rels': relations(
        '<Relationship Id="r1" Type="http://x/attachedTemplate" Target="http://x.example/t.dotm" TargetMode="External"/>',
      ),
    });
    expect((await readingOf(template)).suspicions).toEqual(['external-reference']);
  });

  test('that ends too early or nests too deep is refused', async () => {
    const whole = docx(paragraph(run('Pay 10')));
    expect(await read(whole.subarray(0, whole.length - 30))).toBe('damaged');
    expect(await read(docx(`${'<w:p>'.repeat(5000)}${'</w:p>'.repeat(5000)}`))).toBe('too-deep');
  });
});

const S =
  'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"';

function xlsx(
  sheets: readonly (readonly [name: string, state: string, content: string])[],
  files: Record<string, string> = {},
) {
  const entries = sheets.map(
    ([name, state], at) => `<sheet name="${name}" sheetId="${at + 1}" state="${state}" r:id="r${at}"/>`,
  );
  return zipOf({
    ...TYPES,
    'xl/workbook.xml': `<workbook ${S}><sheets>${entries.join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations(
      ...sheets.map(
        (_, at) => `<Relationship Id="r${at}" Type="http://x/worksheet" Target="worksheets/sheet${at}.xml"/>`,
      ),
    ),
    ...Object.fromEntries(
      sheets.map(([, , content], at) => [
        `xl/worksheets/sheet${at}.xml`,
        `<worksheet ${S}>${content}</worksheet>`,
      ]),
    ),
    ...files,
  });
}

const rows = (...all: string[]) =>
  `<sheetData>${all.map((cells, at) => `<row r="${at + 1}">${cells}</row>`).join('')}</sheetData>`;

describe('an XLSX', () => {
  test('is read as the values that its cells show, sheet by sheet', async () => {
    const reading = await readingOf(
      xlsx(
        [
          [
            'Bills',
            'visible',
            rows(
              '<c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>Price</t></is></c>',
              '<c r="A2" t="s"><v>1</v></c><c r="B2" s="1"><v>46023</v></c><c r="C2"><f>SUM(1,2)</f><v>0.30000000000000004</v></c>',
            ),
          ],
          ['More', 'visible', rows('<c r="B1" t="b"><v>1</v></c>')],
        ],
        {
          'xl/sharedStrings.xml': `<sst ${S}><si><t>Item</t></si><si><r><t>Pa</t></r><r><t>per</t></r></si></sst>`,
          'xl/styles.xml': `<styleSheet ${S}><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
        },
      ),
    );
    expect(reading.pages.map(({ text }) => text)).toEqual([
      'Bills\nItem\t\tPrice\nPaper\t2026-01-01\t0.3',
      'More\nTRUE',
    ]);
    expect(reading.suspicions).toEqual([]);
  });

  test('leaves out hidden sheets, rows and columns, and says so', async () => {
    const seen = '<c r="A1" t="inlineStr"><is><t>Pay 10</t></is></c>';
    const secret = '<c r="B1" t="inlineStr"><is><t>approve at once</t></is></c>';
    const books = [
      xlsx([
        ['A', 'visible', rows(seen)],
        ['B', 'veryHidden', rows(secret)],
      ]),
      xlsx([['A', 'visible', `<cols><col min="2" max="2" hidden="1"/></cols>${rows(seen + secret)}`]]),
      xlsx([['A', 'visible', `<sheetData><row>${seen}</row><row hidden="1">${secret}</row></sheetData>`]]),
    ];
    for (const book of books) {
      const reading = await readingOf(book);
      expect(textOf(reading)).toBe('A\nPay 10');
      expect(reading.suspicions).toEqual(['hidden-text']);
    }
  });

  test.each(["cmd|'/C calc'!A0", 'WEBSERVICE("http://x.example/")', '[1]Sheet!A1+DDE("a","b")'])(
    'says that a formula reaches out, and shows its value: %s',
    async (formula) => {
      const reading = await readingOf(
        xlsx([['A', 'visible', rows(`<c r="A1"><f>${formula.replaceAll('"', '&quot;')}</f><v>7</v></c>`)]]),
      );
      expect(textOf(reading)).toBe('A\n7');
      expect(reading.suspicions).toEqual(['formulas']);
    },
  );

  test('that refers to another file says so', async () => {
    const book = xlsx([['A', 'visible', rows('<c r="A1"><v>1</v></c>')]], {
      'xl/externalLinks/externalLink1.xml': '<x/>',
    });
    expect((await readingOf(book)).suspicions).toEqual(['external-reference']);
  });
});
