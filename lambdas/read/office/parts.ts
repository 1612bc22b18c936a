import { decoded } from '../../kit/encoding/encoding.ts';
import { type Element, parseXml } from '../xml/xml.ts';
import type { Zip } from './zip.ts';

/* Parts of an office file: XML in a zip archive, and what they say of one another. */

/** The main part of the file, whichever of the two standards it follows. */
export function partOf(zip: Zip, name: string): Element | undefined {
  const bytes = zip.entry(name);
  return bytes && parseXml(decoded(bytes).replace(/^\ufeff/, ''));
}

export interface Relation {
  id: string;
  type: string;
  target: string;
  external: boolean;
}

/** What a part refers to. Paths are from the root of the archive. */
export function relationsOf(zip: Zip, part: string): Relation[] {
  const slash = part.lastIndexOf('/') + 1;
  const folder = part.slice(0, slash);
  const root = partOf(zip, `${folder}_rels/${part.slice(slash)}.rels`);
  return (root?.children ?? []).map(({ attributes }) => {
    const target = attributes.get('Target') ?? '';
    return {
      id: attributes.get('Id') ?? '',
      type: (attributes.get('Type') ?? '').replace(/^.*\//, ''),
      target: target.startsWith('/') ? target.slice(1) : resolved(`${folder}${target}`),
      external: attributes.get('TargetMode') === 'External',
    };
  });
}

function resolved(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** Links in a text are nothing; what is loaded when the file is opened is. */
const LOADED =
  /^(?:attachedTemplate|oleObject|externalLink|externalLinkPath|frame|subDocument|image|afchunk|connections?)$/i;

export const loadsFromOutside = (relations: readonly Relation[]): boolean =>
  relations.some(({ type, external }) => external && LOADED.test(type));

/** All elements below, the element itself included, in their order. */
export function* within(element: Element): Generator<Element> {
  yield element;
  for (const child of element.children) yield* within(child);
}

export const child = (element: Element | undefined, name: string): Element | undefined =>
  element?.children.find((it) => it.name === name);

export const children = (element: Element | undefined, name: string): Element[] =>
  element?.children.filter((it) => it.name === name) ?? [];
