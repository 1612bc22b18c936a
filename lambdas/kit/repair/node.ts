/** A value of a body as it was written: a number keeps its digits, `24.90` as well as `12345678901234567890`. */
export type Node =
  | { kind: 'object'; members: ReadonlyMap<string, Node> }
  | { kind: 'list'; items: readonly Node[] }
  | { kind: 'text'; text: string }
  | { kind: 'number'; source: string }
  | { kind: 'literal'; value: boolean | null };

/** The same as plain JSON. */
export function plain(node: Node): unknown {
  switch (node.kind) {
    case 'object':
      // Own fields whatever their names: `__proto__` is one.
      return Object.fromEntries([...node.members].map(([name, member]) => [name, plain(member)]));
    case 'list':
      return node.items.map(plain);
    case 'text':
      return node.text;
    case 'number':
      return Number(node.source);
    case 'literal':
      return node.value;
  }
}

/** A text, number or word that is JSON by itself. */
export function scalarIn(text: string): Node | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'string') return { kind: 'text', text: value };
    if (typeof value === 'number') return { kind: 'number', source: text.trim() };
    return { kind: 'literal', value: value as boolean | null };
  } catch {
    return undefined;
  }
}

/** Whether a number of JSON is that very number in a program too. */
export function isExact(source: string): boolean {
  const value = Number(source);
  if (!Number.isFinite(value)) return false;
  return digitsOf(source) === digitsOf(String(value));
}

/** Its significant digits and where the point stands, whatever way it is written. */
function digitsOf(source: string): string {
  const [, sign = '', whole = '', part = '', power = '0'] =
    /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(source) ?? [];
  const digits = `${whole}${part}`.replace(/^0+/, '');
  const short = digits.replace(/0+$/, '');
  if (short === '') return '0';
  return `${sign}${short}e${Number(power) - part.length + digits.length - short.length}`;
}

/** `/a/b~1c`, as RFC 6901 has it. */
export function under(pointer: string, name: string | number): string {
  return `${pointer}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** What stands at a pointer. */
export function nodeAt(root: Node, pointer: string): Node | undefined {
  if (pointer !== '' && !pointer.startsWith('/')) return undefined;
  let node: Node | undefined = root;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (node?.kind === 'object') node = node.members.get(name);
    else if (node?.kind === 'list') node = /^\d{1,6}$/.test(name) ? node.items[Number(name)] : undefined;
    else return undefined;
  }
  return node;
}
