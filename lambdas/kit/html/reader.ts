import type { Tokenizer } from 'htmlparser2';
import { Cascade, type Place } from './cascade.ts';
import { Layout } from './layout.ts';
import { couldHide, isSeen, type Look, lookOf, PLAIN } from './look.ts';
import { Tree } from './tree.ts';

type Callbacks = ConstructorParameters<typeof Tokenizer>[1];

const words = (list: string) => new Set(list.split(' '));
const VOID = words('area base br col embed hr img input link meta param source track wbr');
/** Every page has these, and no reader expects to see them. */
const SILENT = words('script style title');
/** Shown by no mail program, or only instead of something else. */
const NEVER = words('template noscript noembed noframes iframe object datalist audio video canvas');
const PARAGRAPHS = words('p h1 h2 h3 h4 h5 h6 ul ol dl table blockquote pre');
const LINES = words(
  'address article aside body caption center dd details dialog dir div dt fieldset figcaption figure footer form header hr html legend li main menu nav option section summary tbody tfoot thead tr',
);
const APART = words('s strike del ins button label select input img kbd q');
const KEPT = words('style class id hidden bgcolor background color text open type cite start media dir');
/** Classes of mail programs around what was written before. */
const QUOTE =
  /(?:^|[\s_-])(?:gmail_quote|yahoo_quoted|protonmail_quote|moz-cite|zmail_extra|tutanota_quote)/i;
const ATTRIBUTION = /(?:^|\s)(?:gmail_attr|moz-cite-prefix|outlookmessageheader)(?:\s|$)/i;

interface Element extends Omit<Place, 'above'> {
  above?: Element | undefined;
  look: Look;
  attributes: ReadonlyMap<string, string>;
  seen: boolean;
  silent: boolean;
  pre: boolean;
  quote: boolean;
  /** 2 and 1: empty line, line; 0: stands in the line; -1: a box of its own in the line. */
  block: number;
  count?: number;
}

/** Reads start tags with those attributes that say something here. */
abstract class Tags implements Callbacks {
  source = '';
  #tag = '';
  #name = '';
  #value = '';
  #attributes = new Map<string, string>();

  onopentagname(start: number, end: number): void {
    this.#tag = this.source.slice(start, end).toLowerCase();
    this.#attributes = new Map();
  }
  onattribname(start: number, end: number): void {
    this.#name = this.source.slice(start, Math.min(end, start + 20)).toLowerCase();
    this.#value = '';
  }
  onattribdata(start: number, end: number): void {
    if (KEPT.has(this.#name)) this.#value += this.source.slice(start, end);
  }
  onattribentity(code: number): void {
    if (KEPT.has(this.#name)) this.#value += String.fromCodePoint(code);
  }
  onattribend(): void {
    if (KEPT.has(this.#name) && !this.#attributes.has(this.#name))
      this.#attributes.set(this.#name, this.#value);
  }
  onopentagend(): void {
    this.opened(this.#tag, this.#attributes);
  }
  onselfclosingtag(): void {
    this.opened(this.#tag, this.#attributes);
  }
  onclosetag(start: number, end: number): void {
    this.ended(this.source.slice(start, end).toLowerCase());
  }
  ontext(start: number, end: number): void {
    this.said(this.source.slice(start, end));
  }
  ontextentity(code: number): void {
    this.said(String.fromCodePoint(code));
  }
  oncomment(_start: number, _end: number, _offset: number): void {}
  oncdata(): void {}
  ondeclaration(): void {}
  onprocessinginstruction(): void {}
  onend(): void {}

  protected abstract opened(tag: string, attributes: ReadonlyMap<string, string>): void;
  protected abstract ended(tag: string): void;
  protected abstract said(text: string): void;
}

/** Style sheets may stand below what they are about: they are read first. */
export class Sheets extends Tags {
  readonly cascade = new Cascade();
  #css: string[] | undefined;
  #media = '';

  protected opened(tag: string, attributes: ReadonlyMap<string, string>): void {
    if (tag !== 'style') return;
    this.#css = [];
    this.#media = attributes.get('media') ?? '';
  }
  protected said(text: string): void {
    this.#css?.push(text);
  }
  protected ended(): void {
    this.onend();
  }
  override onend(): void {
    const css = this.#css?.join('');
    this.#css = undefined;
    if (css) this.cascade.add(this.#media ? `@media ${this.#media.replaceAll(/[{};]/g, '')} {${css}}` : css);
  }
}

/** Most of what nobody sees that is kept, to be looked through for instructions. */
const MOST_UNSEEN = 20_000;

/** Walks through a page and writes down what a reader sees of it. */
export class Reader extends Tags {
  readonly #cascade: Cascade;
  readonly #layout = new Layout();
  readonly #tree = new Tree<Element>(
    (element) => this.#close(element),
    (element) => this.#element(element.tag, element.attributes),
  );
  #hidden = 0;
  #turned = 0;
  #preheader = '';
  #silent = '';

  constructor(cascade: Cascade) {
    super();
    this.#cascade = cascade;
  }

  /** `turned`: characters that stand on the page in another order than in the text. */
  read(): { text: string; hidden: number; preheader: string; silent: string; turned: number } {
    // Rules that hide somebody, and it is not known whom.
    const unknown = this.#cascade.unknown.some((rule) =>
      couldHide(new Map([...rule].map(([name, { value }]) => [name, value]))),
    );
    const hidden = this.#hidden + (unknown ? 1 : 0);
    return {
      text: this.#layout.toString(),
      hidden,
      preheader: this.#preheader,
      silent: this.#silent,
      turned: this.#turned,
    };
  }

  protected opened(tag: string, attributes: ReadonlyMap<string, string>): void {
    if (tag === 'br') {
      this.#layout.br();
      return;
    }
    this.#tree.before(tag);
    const element = this.#element(tag, attributes);
    this.#begin(element);
    if (!VOID.has(tag)) this.#tree.push(element);
    else this.#close(element);
  }

  #element(tag: string, attributes: ReadonlyMap<string, string>): Element {
    const above = this.#tree.top;
    const classes = (attributes.get('class') ?? '').split(/\s+/, 20).filter(Boolean);
    const place = { tag, id: attributes.get('id'), classes, above };
    const styles = this.#cascade.of(place, attributes.get('style'));
    const look = lookOf(above?.look ?? PLAIN, styles, attributes);
    const shut = attributes.has('hidden') || (tag === 'dialog' && !attributes.has('open')) || NEVER.has(tag);
    const named = SILENT.has(tag) || (above?.silent ?? false);
    const seenLook = shut || named ? { ...look, gone: true } : look;
    if (tag === 'bdo' || /override/.test(styles.get('unicode-bidi') ?? '')) this.#turned += 1;
    const pre = tag === 'pre' || tag === 'textarea' || (above?.pre ?? false);
    return {
      ...place,
      attributes,
      look: seenLook,
      seen: isSeen(seenLook),
      silent: named,
      pre: /^pre/.test(styles.get('white-space') ?? '') || pre,
      quote:
        tag === 'blockquote' &&
        (attributes.get('type') === 'cite' ||
          attributes.has('cite') ||
          QUOTE.test(attributes.get('class') ?? '')),
      block: blockOf(tag, styles),
    };
  }

  #begin(element: Element): void {
    if (!element.seen) return;
    const { tag, block, above } = element;
    if (block > 0) this.#layout.block(block as 1 | 2);
    if (block < 0) this.#layout.cell();
    if (element.quote) this.#layout.quotes += 1;
    if (ATTRIBUTION.test(element.attributes.get('class') ?? '')) this.#layout.attribution();
    if (tag === 'sup') this.#layout.mark('^');
    else if (tag === 'sub') this.#layout.mark('_');
    else if (APART.has(tag)) this.#layout.apart();
    if (tag !== 'li') return;
    if (above?.tag === 'ol')
      above.count = (above.count ?? Number.parseInt(above.attributes.get('start') ?? '1', 10) - 1) + 1;
    this.#layout.text(above?.tag === 'ol' ? `${above.count || 1}. ` : '* ', true);
  }

  #close({ tag, seen, block, quote }: Element): void {
    if (!seen) return;
    if (quote) this.#layout.quotes -= 1;
    if (block > 0) this.#layout.block(block as 1 | 2);
    if (block < 0) this.#layout.cell();
    if (tag === 'sup' || tag === 'sub' || APART.has(tag)) this.#layout.apart();
  }

  protected ended(tag: string): void {
    if (tag === 'br') this.#layout.br();
    else this.#tree.end(tag);
  }

  protected said(text: string): void {
    const { top } = this.#tree;
    if (!top || top.seen) this.#layout.text(text, top?.pre ?? false);
    else if (top.silent) this.#keepSilent(text);
    else this.#hide(text);
  }

  #hide(text: string): void {
    const characters = text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
    if (characters === 0) return;
    if (this.#layout.isEmpty && this.#preheader.length < MOST_UNSEEN) this.#preheader += text;
    else this.#hidden += characters;
  }

  override oncomment(start: number, end: number): void {
    const text = this.source.slice(start, Math.min(end, start + MOST_UNSEEN));
    // A browser ends such a comment earlier, and shows the rest.
    if (/^-?>|--!>/.test(text)) this.#hidden += text.length;
    this.#keepSilent(text);
  }

  #keepSilent(text: string): void {
    if (this.#silent.length < MOST_UNSEEN && !/^(?:script|style)$/.test(this.#tree.top?.tag ?? ''))
      this.#silent += `${text}\n`;
  }
}

function blockOf(tag: string, styles: ReadonlyMap<string, string>): number {
  const display = styles.get('display') ?? '';
  if (PARAGRAPHS.has(tag)) return display === 'inline' ? 0 : 2;
  if (tag === 'td' || tag === 'th') return -1;
  if (
    /^(?:block|flex|grid|list-item|table|table-row|flow-root)$/.test(display) ||
    /absolute|fixed/.test(styles.get('position') ?? '')
  )
    return 1;
  if (/^inline-|table-cell/.test(display) || /left|right/.test(styles.get('float') ?? '')) return -1;
  return LINES.has(tag) && display !== 'inline' ? 1 : 0;
}
