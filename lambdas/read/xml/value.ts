import { Refused } from '../refusal.ts';
import { childrenOf, type Element } from './xml.ts';

/** Finds elements by paths such as `cac:Party/cbc:Name`; the prefixes are those of `namespaces`, not those of the file. */
export class Finder {
  readonly #namespaces: Readonly<Record<string, string>>;

  constructor(namespaces: Readonly<Record<string, string>>) {
    this.#namespaces = namespaces;
  }

  all(from: Element | undefined, path: string): Element[] {
    let found = from ? [from] : [];
    for (const step of path.split('/')) {
      const [prefix = '', name = ''] = step.split(':');
      found = found.flatMap((element) => childrenOf(element, this.#namespaces[prefix] ?? '', name));
    }
    return found;
  }

  first(from: Element | undefined, path: string): Element | undefined {
    return this.all(from, path)[0];
  }

  text(from: Element | undefined, path: string): string | undefined {
    return said(this.first(from, path)?.text);
  }

  texts(from: Element | undefined, path: string): string[] {
    return this.all(from, path).flatMap((element) => said(element.text) ?? []);
  }

  decimal(from: Element | undefined, path: string): string | undefined {
    const text = this.text(from, path);
    return text === undefined ? undefined : decimal(text);
  }
}

/** Lines without the white space around them. Undefined if nothing is left. */
function said(text: string | undefined): string | undefined {
  const lines = (text ?? '').split('\n').map((line) => line.replaceAll(/\s+/g, ' ').trim());
  return lines.filter(Boolean).join('\n') || undefined;
}

/** One way of writing each number: `007.50` is `7.5`. Throws `Refused` for what is none. */
export function decimal(text: string): string {
  // Before the pattern, which takes the square of the length.
  if (text.length > 60) throw new Refused('damaged');
  const parts = /^([+-]?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(text);
  const [, sign, whole = '', fraction = ''] = parts ?? [];
  if (!parts || !/\d/.test(text)) throw new Refused('damaged');
  const digits = `${whole || '0'}${fraction ? `.${fraction}` : ''}`;
  return sign === '-' && digits !== '0' ? `-${digits}` : digits;
}

/** As XML Schema writes it. */
export const isTrue = (text: string | undefined): boolean => text === 'true' || text === '1';

/** What every invoice has. */
export function needed<T>(value: T | undefined): T {
  if (value === undefined) throw new Refused('incomplete-invoice');
  return value;
}

/** An identifier as it is compared: without the spaces that people read it by. */
export const bare = (identifier: string | undefined): string | undefined =>
  identifier?.replaceAll(/\s+/g, '') || undefined;

/** The fields that are there. */
export function defined<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
