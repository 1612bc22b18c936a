import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepare } from '../../lambdas/prepare/prepare.ts';
import { automation, type Demo, ID } from '../support/fixtures.ts';

const text = (body: Demo) =>
  prepare({ id: ID, automation: 'demo', generation: 1, body, feedback: [] }, { automation }).text;

describe('the numbers of a text', () => {
  it.each([
    ['10²', '10^2'],
    ['10⁻³', '10^\u22123'],
    ['2 m² of cloth', '2 m^2 of cloth'],
    ['1½', '1 1/2'],
    ['½ price', '1/2 price'],
    ['3¼5', '3 1/4 5'],
    ['1⁄2', '1/2'],
    ['1³⁄₄', '1 3/4'],
    ['⅟3', '1/3'],
    ['10₂', '10_2'],
    ['H₂O', 'H2O'],
    ['①②③', '1 2 3'],
    ['5⒈', '5 1.'],
    ['⒈5', '1. 5'],
    ['2⑴', '2 (1)'],
    ['5㋀', '5 1月'],
    ['㎡5', 'm2 5'],
    ['🄁5', '0, 5'],
    ['１４．２０', '14.20'],
    ['𝟏𝟐', '12'],
    ['10\u000B20', '10\n20'],
    ['10\f20', '10\n20'],
    ['10\u001F20', '10 20'],
    ['1\u200B0', '10'],
  ])('are read as they are seen: %j', (written, read) => {
    expect(text({ text: written })).toBe(read);
  });

  it('never run together: each is read as the number it is, whatever stands beside it', () => {
    const plain = fc
      .stringMatching(/^[1-9]\d{0,3}$/)
      .map((digits) => ({ digits, numbers: [digits], plain: true }));
    const special = fc
      .constantFrom<[string, ...string[]]>(
        ...([
          ['²', '2'],
          ['⁷', '7'],
          ['₃', '3'],
          ['½', '1', '2'],
          ['⅔', '2', '3'],
          ['⑮', '15'],
          ['⑶', '3'],
          ['㉑', '21'],
          ['㋉', '10'],
          ['㏫', '12'],
          ['⒉', '2'],
          ['🄄', '3'],
        ] as [string, ...string[]][]),
      )
      .map(([digits, ...numbers]) => ({ digits, numbers, plain: false }));
    const between = fc.constantFrom('', ' ', '.', ',', '/', '\u200B', 'x', '\u0007');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.oneof(plain, special), between), { minLength: 1, maxLength: 8 }),
        (written) => {
          // Runs of raised or lowered digits are one number, and two plain ones beside each other are too.
          const tokens = written.filter(
            ([token], at) => at === 0 || token.plain !== written[at - 1]?.[0].plain,
          );
          const numbers = text({ text: tokens.map(([token, gap]) => token.digits + gap).join('') }).match(
            /\d+/g,
          );
          expect(numbers).toEqual(tokens.flatMap(([token]) => token.numbers));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the numbers of a page', () => {
  it.each([
    [
      'cells',
      '<table><tr><td>2</td><td>14.20</td></tr><tr><td>3</td><td>1</td></tr></table>',
      '2 | 14.20\n3 | 1',
    ],
    ['header cells', '<table><tr><th>1</th><th>2</th></tr></table>', '1 | 2'],
    ['cells without a table', '<td>2</td><td>14.20</td>', '2 | 14.20'],
    ['items', '<ul><li>1<li>2</ul>', '* 1\n* 2'],
    ['numbered items', '<ol start="4"><li>1</li><li>2</li></ol>', '4. 1\n5. 2'],
    ['terms', '<dl><dt>1<dd>2<dt>3<dd>4</dl>', '1\n2\n3\n4'],
    ['line breaks', '1<br>2', '1\n2'],
    ['blocks', '1<div>2</div>3<section>4</section>5', '1\n2\n3\n4\n5'],
    ['blocks by style', '<span style="display:block">1</span><span style="display:block">2</span>', '1\n2'],
    ['boxes by style', '<b style="display:inline-block">1</b><b style="display:inline-block">2</b>', '1 | 2'],
    ['options', '<select><option>1<option>2</select>', '1\n2'],
    ['powers', '10<sup>2</sup>', '10^2'],
    ['a number after a power', '10<sup>2</sup>5', '10^2 5'],
    ['indices', '10<sub>2</sub>', '10_2'],
    ['a price that was struck out', '<s>100</s>80', '100 80'],
    ['a price that replaces another', '<del>100</del><ins>80</ins>', '100 80'],
    ['characters made apart', '1&frac12; 10&sup2;', '1 1/2 10^2'],
    ['a picture between', '1<img src=x>2', '1 2'],
    ['a rule between', '1<hr>2', '1\n2'],
  ])('stay apart: %s', (_name, html, read) => {
    expect(text({ html }).replaceAll(/\n+/g, '\n')).toBe(read);
  });

  it('is one where a reader sees one', () => {
    expect(text({ html: '1<b>4</b>.<span>2</span>0<!-- x -->5 <a href="#">7</a>7' })).toBe('14.205 77');
  });
});
