import { MOST_TIMES, times } from '../test/support/reading-time.ts';
import { score } from './replies.ts';
import { atLeast, atMost, exactly, printVerdicts } from './verdicts.ts';

/*
 * `npm run bench:reading`: how much of the replies of test/data is read, and how long hostile texts take beside plain ones of their
 * length.
 */

const { samples, exact, lost, leftover } = score();
console.log(
  `${samples} replies: ${exact} exact (${Math.round((100 * exact) / samples)} %), ${lost.length} lost words, ${leftover.length} with leftovers`,
);
const HOSTILE: Record<string, ['text' | 'html', string]> = {
  'marks of falling class': ['text', `a${'\u0345'.repeat(250_000)}${'\u0327'.repeat(250_000)}`],
  'the same in a page': ['html', `<p>a${'\u0345'.repeat(250_000)}${'\u0327'.repeat(250_000)}</p>`],
  'open tags': ['html', '<p class="x y"><b id=z>'.repeat(20_000)],
  'rules and elements': [
    'html',
    `<style>${'.a .b .c{opacity:0}'.repeat(2000)}</style>${'<p class="a b c">'.repeat(10_000)}`,
  ],
};
let worst = 0;
for (const [name, [field, text]] of Object.entries(HOSTILE)) {
  const ratio = times(field, text);
  worst = Math.max(worst, ratio);
  console.log(`${name}: ${text.length.toLocaleString('en-US')} characters, ${ratio.toFixed(1)} × plain text`);
}
printVerdicts([
  atLeast('replies read exactly', exact / samples, 0.8, (share) => `${Math.round(share * 100)} %`),
  exactly('words lost', lost.length, 0),
  atMost('slowest hostile text, times a plain one', worst, MOST_TIMES, (value) => value.toFixed(1)),
]);
