import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filled, MOST_TIMES, times } from '../support/reading-time.ts';

/* Tags, entities, attributes, comments and styles that other parsers take the square of. */
const PIECES = [
  ...[
    '<div>',
    '</p>',
    '<',
    '<!--',
    '-->',
    '<a b="',
    '<table><tr><td>',
    '&amp',
    '&#x41;',
    '&',
    '<b></i>',
    '<ul><li>',
    '<p>',
  ],
  ...[
    '<b>',
    '</b>',
    '<p><b style="color:red">',
    '<b><p></b>',
    '<td></div>',
    '<blockquote type=cite>',
    '</blockquote>',
    '<br>',
  ],
  ...[
    '<a a=1 b=2 c=3 d=4>',
    ' a',
    ' style="display:none"',
    '<p class="a b c">',
    '<p class="x y"><b id=z>',
    '<title>',
    '</title>',
  ],
  ...[
    '<style>',
    '</style>',
    '<style>.a{color:red}</style>',
    '.a .b .c{display:none}',
    '.a,',
    '.a{',
    '}',
    '@media screen{',
    '/*',
    '*/',
    '\\',
    '"',
  ],
  ...[
    '<script>',
    '</script>',
    '<textarea>',
    '<svg>',
    '<![CDATA[',
    ']]>',
    '<?',
    '<!',
    '\0',
    '1<sup>2</sup>',
    '<td>1</td>',
    '<pre> \n',
    '<li>1',
  ],
  ...['<p style="', ';', 'a:b;', '(', "'", '<ol><li>', '<font color=#fff>', 'x', ' ', 'a\u0345\u0327'],
];
const SIZE = 100_000;
const SHEET = `<style>${'.a .b .c,.b.c,b{opacity:0}'.repeat(400)}</style>${'<p class="a b c"><b class=c>'.repeat(2000)}`;

describe('a hostile page', () => {
  it.each(PIECES)('made of %j alone takes little longer than a plain one', (piece) => {
    expect(times('html', filled(piece, SIZE))).toBeLessThan(MOST_TIMES);
  });

  it('of many rules and many elements that they are about takes little longer than a plain one', () => {
    expect(times('html', SHEET)).toBeLessThan(MOST_TIMES);
  });

  it('of any mixture of those takes little longer than a plain one', () => {
    const mixture = fc.array(fc.tuple(fc.constantFrom(...PIECES), fc.integer({ min: 1, max: 3000 })), {
      minLength: 2,
      maxLength: 12,
    });
    fc.assert(
      fc.property(mixture, fc.boolean(), (runs, inStyle) => {
        const part = runs.map(([piece, count]) => piece.repeat(inStyle ? 1 + (count % 3) : count)).join('');
        expect(times('html', filled(part, SIZE))).toBeLessThan(MOST_TIMES);
      }),
      { numRuns: 25 },
    );
  });

  it.each(['a\u0345', '&#x345;'])('of 400,000 marks %j takes little longer than a plain one', (first) => {
    const marks = `<p>${first.repeat(40_000)}${'&#x327;\u0345\u0327'.repeat(20_000)}</p>`;
    expect(times('html', marks)).toBeLessThan(MOST_TIMES);
  });
});
