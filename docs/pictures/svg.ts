/* What the pictures are drawn with: boxes, arrows, words. Colours follow the reader's light or dark setting. */

const STYLE = `
.ground{fill:#fff}.band{fill:#eef2f7}.group{fill:none;stroke:#8592a3;stroke-dasharray:5 4}
.stage{fill:#fff;stroke:#1f4e8c;stroke-width:1.6}.queue,.wait{fill:#fdf3d7;stroke:#9a6b00;stroke-width:1.4}
.outside{fill:none;stroke:#55606f;stroke-width:1.4}.rest{fill:#f3e9e9;stroke:#8c2f2f;stroke-width:1.4}.end{fill:#e5f2e8;stroke:#1d6b3a;stroke-width:1.4}
.line{fill:none;stroke:#3d4856;stroke-width:1.6}.head{fill:#3d4856}
text{font:14px system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;fill:#1b2430}
.name{font-weight:650;font-size:15px}.small{font-size:12px;fill:#48525f}.title{font-weight:650;font-size:13px;fill:#48525f}
@media(prefers-color-scheme:dark){
.ground{fill:#0f141b}.band{fill:#1a222d}.group{stroke:#7c8a9b}
.stage{fill:#0f141b;stroke:#7fb0ee}.queue,.wait{fill:#3a2f10;stroke:#e0b64f}
.outside{stroke:#a9b4c2}.rest{fill:#3a1f1f;stroke:#f0a3a3}.end{fill:#15301f;stroke:#86d3a0}
.line{stroke:#b9c3cf}.head{fill:#b9c3cf}
text{fill:#e8ecf1}.small,.title{fill:#b3bdc9}}`;

/** `x y width height` */
type Place = string;
/** `x y, x y, …` */
type Points = string;
type Kind = 'stage' | 'queue' | 'outside' | 'rest' | 'end' | 'wait';
type Anchor = 'start' | 'middle' | 'end';

export class Picture {
  readonly #width: number;
  readonly #height: number;
  readonly #title: string;
  readonly #description: string;
  readonly #parts: string[] = [];

  /** @param description the picture in sentences, for whoever hears it */
  constructor(width: number, height: number, title: string, description = '') {
    this.#width = width;
    this.#height = height;
    this.#title = title;
    this.#description = description;
  }

  /** A region, with its title in the upper left corner. */
  region(kind: 'band' | 'group', at: Place, title = ''): void {
    const [x, y, w, h] = numbers(at);
    this.#parts.push(`<rect class="${kind}" x="${x}" y="${y}" width="${w}" height="${h}" rx="10"/>`);
    if (title) this.text(x + 12, y + 19, title, 'title', 'start');
  }

  /** A box with its name and, below it, smaller lines. */
  box(kind: Kind, at: Place, name: string, ...lines: string[]): void {
    const [x, y, w, h] = numbers(at);
    const radius = kind === 'queue' ? h / 2 : 6;
    this.#parts.push(`<rect class="${kind}" x="${x}" y="${y}" width="${w}" height="${h}" rx="${radius}"/>`);
    const top = y + h / 2 + 5 - lines.length * 8;
    this.text(x + w / 2, top, name, 'name');
    lines.forEach((line, index) => {
      this.text(x + w / 2, top + 17 + index * 15, line, 'small');
    });
  }

  /** A line through the points with an arrow at its end; its words stand at `label`. */
  arrow(points: Points, words = '', label: Points = '0 0', anchor: Anchor = 'start'): void {
    const path = points.split(', ').map((point, index) => `${index === 0 ? 'M' : 'L'}${point}`);
    this.#parts.push(`<path class="line" d="${path.join('')}" marker-end="url(#head)"/>`);
    const [x, y] = numbers(label);
    if (words) this.text(x, y, words, 'small', anchor);
  }

  text(
    x: number,
    y: number,
    words: string,
    kind: 'name' | 'small' | 'title',
    anchor: Anchor = 'middle',
  ): void {
    this.#parts.push(
      `<text class="${kind}" x="${x}" y="${y}" text-anchor="${anchor}">${escaped(words)}</text>`,
    );
  }

  toString(): string {
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${this.#width} ${this.#height}" width="${this.#width}" height="${this.#height}" role="img" aria-label="${this.#title}">
<title>${this.#title}</title>${this.#description ? `\n<desc>${escaped(this.#description)}</desc>` : ''}
<style>${STYLE}</style>
<defs><marker id="head" markerWidth="9" markerHeight="9" refX="8" refY="4.5" orient="auto"><path class="head" d="M0 0.5L9 4.5L0 8.5z"/></marker></defs>
<rect class="ground" width="${this.#width}" height="${this.#height}" rx="12"/>
${this.#parts.join('\n')}
</svg>
`;
  }
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function numbers(text: string): [number, number, number, number] {
  const [a = 0, b = 0, c = 0, d = 0] = text.split(' ').map(Number);
  return [a, b, c, d];
}
