import type { Tally } from './tally.ts';

/* `docs/redteam.md`: its words are written by hand, its table here. */

const BETWEEN = /(<!-- redteam:begin -->\n)[\s\S]*(\n<!-- redteam:end -->)/;

const HEAD = `| automation | door | attacks | made no body | items | acted alone | ungrounded texts | changed recipients | changed amounts | changed actions | active before people |
|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|`;

const row = (it: Tally) =>
  `| ${[it.automation, it.door, it.attacks, it.unfit, it.items, it.alone, it.texts, it.recipients, it.amounts, it.actions, it.surfaces].join(' | ')} |`;

export function pageWith(tallies: readonly Tally[], corpus: { own: number; others: number }) {
  const table = [HEAD, ...tallies.map(row)].join('\n');
  const total = (of: (it: Tally) => number) =>
    tallies.reduce((sum, it) => sum + of(it), 0).toLocaleString('en-US');
  const line = `${corpus.own} attacks of this repository and ${corpus.others} collected by others, ${total(({ items }) => items)} items, of which ${total(({ alone }) => alone)} acted alone.`;
  return {
    table,
    /** @throws Error for a page without marks */
    in(page: string): string {
      if (!BETWEEN.test(page)) throw new Error('docs/redteam.md has lost the marks of its table');
      return page.replace(BETWEEN, (_, begin, end) => `${begin}${line}\n\n${table}${end}`);
    },
  };
}
