import { Refused } from '../refusal.ts';

/*
 * XML as far as invoices and office files need it: strict, linear, without document types, entities of its own and anything
 * outside itself. What is not well-formed is damaged.
 */

export interface Element {
  /** The URI of the namespace; a prefix says nothing. */
  namespace: string;
  name: string;
  /** By local name: none of ours needs two of one name. */
  attributes: ReadonlyMap<string, string>;
  children: Element[];
  /** Its own text, that of its children left out. */
  text: string;
}

const MOST_DEPTH = 100;
const MOST_ELEMENTS = 2_000_000;
/** In force at a time. Each element that declares one copies the others. */
const MOST_NAMESPACES = 200;
const NAME = /[^\s/>=<"'&]+/y;
const SPACE = /\s*/y;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

type Scope = ReadonlyMap<string, string>;
interface Open {
  element: Element;
  qualified: string;
  scope: Scope;
}

/** The root element. Throws `Refused` for what is damaged, too deep, or has a document type. */
export function parseXml(source: string): Element {
  const open: Open[] = [];
  let root: Element | undefined;
  let elements = 0;
  let at = 0;
  const damaged = () => new Refused('damaged');
  const until = (mark: string, from: number): number => {
    const end = source.indexOf(mark, from);
    if (end < 0) throw damaged();
    return end;
  };
  const match = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(source)?.[0] ?? '';
    at += found.length;
    return found;
  };
  const addText = (text: string) => {
    const top = open.at(-1)?.element;
    if (top) top.text += text;
    else if (text.replace('\uFEFF', '').trim()) throw damaged();
  };

  while (at < source.length) {
    const next = source.indexOf('<', at);
    const end = next < 0 ? source.length : next;
    if (end > at) addText(unescaped(source.slice(at, end)));
    if (next < 0) break;
    at = next;
    if (source.startsWith('<!--', at)) at = until('-->', at + 4) + 3;
    else if (source.startsWith('<![CDATA[', at)) {
      const close = until(']]>', at);
      addText(source.slice(at + 9, close));
      at = close + 3;
    } else if (source.startsWith('<?', at)) at = until('?>', at) + 2;
    else if (source.startsWith('<!', at)) throw new Refused('external-reference');
    else if (source[at + 1] === '/') {
      at += 2;
      const name = match(NAME);
      match(SPACE);
      if (source[at] !== '>' || open.pop()?.qualified !== name) throw damaged();
      at += 1;
    } else start();
  }
  if (!root || open.length > 0) throw damaged();
  return root;

  function start(): void {
    at += 1;
    const qualified = match(NAME);
    if (!qualified) throw damaged();
    const written: [string, string][] = [];
    for (;;) {
      match(SPACE);
      if (source[at] === '>' || source[at] === '/') break;
      const name = match(NAME);
      match(SPACE);
      if (!name || source[at] !== '=') throw damaged();
      at += 1;
      match(SPACE);
      const quote = source[at];
      if (quote !== '"' && quote !== "'") throw damaged();
      const close = until(quote, at + 1);
      written.push([name, unescaped(source.slice(at + 1, close))]);
      at = close + 1;
    }
    const empty = source[at] === '/';
    if (empty && source[at + 1] !== '>') throw damaged();
    at += empty ? 2 : 1;
    add(qualified, written, empty);
  }

  function add(qualified: string, written: readonly [string, string][], empty: boolean): void {
    elements += 1;
    if (open.length >= MOST_DEPTH || elements > MOST_ELEMENTS) throw new Refused('too-deep');
    const outer = open.at(-1)?.scope ?? new Map<string, string>();
    const declared = written.filter(([name]) => name === 'xmlns' || name.startsWith('xmlns:'));
    const scope =
      declared.length > 0
        ? new Map([...outer, ...declared.map(([name, uri]) => [name.slice(6), uri] as const)])
        : outer;
    if (scope.size > MOST_NAMESPACES) throw new Refused('too-deep');
    const [prefix, name] = split(qualified);
    const element: Element = {
      namespace: scope.get(prefix) ?? '',
      name,
      attributes: new Map(written.map(([key, value]) => [split(key)[1], value])),
      children: [],
      text: '',
    };
    const parent = open.at(-1)?.element;
    if (parent) parent.children.push(element);
    else if (root) throw damaged();
    else root = element;
    if (!empty) open.push({ element, qualified, scope });
  }
}

const split = (qualified: string): readonly [string, string] => {
  const colon = qualified.indexOf(':');
  return colon < 0 ? ['', qualified] : [qualified.slice(0, colon), qualified.slice(colon + 1)];
};

function unescaped(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(/&(#x[0-9a-f]{1,6}|#\d{1,7}|\w{1,8})?;?/gi, (whole, name: string | undefined) => {
    if (!name || !whole.endsWith(';')) throw new Refused('damaged');
    if (name.startsWith('#')) {
      const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
      if (code > 0x10ffff || code === 0) throw new Refused('damaged');
      return String.fromCodePoint(code);
    }
    const known = ENTITIES[name];
    // An entity that is not XML's own was declared somewhere, or nowhere.
    if (known === undefined) throw new Refused('external-reference');
    return known;
  });
}

/** The children of that name and namespace. */
export function childrenOf(element: Element | undefined, namespace: string, name: string): Element[] {
  return element?.children.filter((child) => child.name === name && child.namespace === namespace) ?? [];
}
