/* The open elements, as a browser nests them. Each step takes constant time. */

export interface Node {
  tag: string;
}

interface Open<N extends Node> {
  node: N;
  key: string;
  /** What its parts are looked up under. */
  scope: number;
  table: number;
}

const FORMATTING = new Set('a b big code em font i nobr s small strike strong tt u'.split(' '));
const CELLS = new Set(['td', 'th', 'caption']);
const ROWS = new Set(['td', 'th', 'caption', 'tr', 'tbody', 'thead', 'tfoot', 'colgroup']);
const BLOCKS = new Set(
  'address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr main menu nav ol p pre section table ul'.split(
    ' ',
  ),
);

/** What a start tag ends, and what it does not look beyond. */
const ENDS: Readonly<Record<string, readonly [readonly string[], readonly string[]]>> = {
  ...{ li: [['li'], ['ul', 'ol', 'menu']], dt: [['dt', 'dd'], ['dl']], dd: [['dt', 'dd'], ['dl']] },
  ...{
    td: [
      ['td', 'th'],
      ['tr', 'table'],
    ],
    th: [
      ['td', 'th'],
      ['tr', 'table'],
    ],
    tr: [['tr'], ['table']],
  },
  ...{ tbody: [['tbody', 'thead', 'tfoot'], ['table']], thead: [['tbody', 'thead', 'tfoot'], ['table']] },
  ...{ tfoot: [['tbody', 'thead', 'tfoot'], ['table']], option: [['option'], ['select']] },
};
/** How far up such an end is looked for: nobody leaves more open. */
const LOOK_UP = 20;
/** Formatting that goes on behind the end of a block in which it was left open. */
const MOST_REOPENED = 8;

export class Tree<N extends Node> {
  readonly #open: Open<N>[] = [];
  readonly #counts = new Map<string, number>();
  readonly #closed: (node: N) => void;
  readonly #again: (node: N) => N;
  #scopes = 0;

  /** `closed` is told of each end, `again` makes a formatting element anew where it stands now. */
  constructor(closed: (node: N) => void, again: (node: N) => N) {
    this.#closed = closed;
    this.#again = again;
  }

  get top(): N | undefined {
    return this.#open.at(-1)?.node;
  }

  /** Ends what the start of such an element ends. */
  before(tag: string): void {
    const [ends, until] =
      ENDS[tag] ?? (BLOCKS.has(tag) ? [['p'], ['td', 'th', 'caption', 'table']] : [[], []]);
    if (ends.length === 0) return;
    for (let up = 1; up <= Math.min(LOOK_UP, this.#open.length); up += 1) {
      const open = this.#open.at(-up)?.node.tag ?? '';
      if (until.includes(open)) return;
      if (ends.includes(open)) {
        this.#pop(this.#open.length - up);
        return;
      }
    }
  }

  push(node: N): void {
    const { tag } = node;
    const { scope = 0, table = 0 } = this.#open.at(-1) ?? {};
    const own = tag === 'table' || CELLS.has(tag);
    if (own) this.#scopes += 1;
    const inner = { scope: own ? this.#scopes : scope, table: tag === 'table' ? this.#scopes : table };
    const key = `${tag === 'table' ? inner.table : ROWS.has(tag) ? table : scope}/${tag}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    this.#open.push({ node, key, ...inner });
  }

  /** Ends the element of that name, and what stands open in it. An end without a beginning is none. */
  end(tag: string): void {
    const { scope = 0, table = 0 } = this.#open.at(-1) ?? {};
    const key = `${tag === 'table' || ROWS.has(tag) ? table : scope}/${tag}`;
    if ((this.#counts.get(key) ?? 0) === 0) return;
    let at = this.#open.length - 1;
    while (at > 0 && this.#open[at]?.key !== key) at -= 1;
    this.#pop(at);
  }

  #pop(at: number): void {
    const [ended, ...inside] = this.#open.splice(at);
    if (!ended) return;
    for (const { node, key } of [ended, ...inside].reverse()) {
      this.#counts.set(key, (this.#counts.get(key) ?? 1) - 1);
      this.#closed(node);
    }
    // A cell keeps its formatting to itself.
    if (ROWS.has(ended.node.tag) || ended.node.tag === 'table') return;
    const left = inside.filter(({ node }) => FORMATTING.has(node.tag)).slice(-MOST_REOPENED);
    for (const { node } of left) this.push(this.#again(node));
  }
}
