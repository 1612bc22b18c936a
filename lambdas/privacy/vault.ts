import {
  kindsOf,
  type PersonalKind,
  type PrivacyPolicy,
  type Token,
  type TokenBook,
} from '../contract/item/privacy.ts';
import { detectUnder, type Recogniser } from './detect/detect.ts';
import type { Span } from './detect/span.ts';
import { KnownValues } from './known.ts';
import { LOOKALIKE, mapValues, nameOf, nearTokens, putBack } from './tokens.ts';

/** How texts are looked at besides patterns: for items, which strangers write, and not for what an approver types. */
export interface Eyes {
  /** Finds names and addresses. */
  recognise?: Recogniser | undefined;
  /** What a reader sees in a text. @default the text */
  plain?: ((text: string) => string) | undefined;
}

/**
 * The tokens of one item. The same value has the same token wherever it stands, also in later generations: a vault begins with what
 * the item's last one held. `back` undoes what `hide` did.
 */
export class Vault {
  readonly policy: PrivacyPolicy;
  readonly #itemId: string;
  readonly #eyes: Eyes;
  readonly #tokens: Token[] = [];
  readonly #known = new Map<string | number, Token>();
  readonly #values = new KnownValues();
  readonly #count = new Map<string, number>();
  /** What was found, by name of the field and text, while a value is being hidden. */
  readonly #found = new Map<string, readonly Span[]>();

  /** @param before what an earlier vault of the item held */
  constructor(itemId: string, policy: PrivacyPolicy, before?: TokenBook, eyes: Eyes = {}) {
    this.#itemId = itemId;
    this.policy = policy;
    this.#eyes = eyes;
    for (const token of before?.tokens ?? []) this.#add(token);
  }

  /** What it holds now. */
  get book(): TokenBook {
    return { itemId: this.#itemId, tokens: [...this.#tokens] };
  }

  /** Puts values back, wherever their tokens stand. */
  back<T>(value: T): T {
    return putBack(value, { tokens: this.#tokens });
  }

  /** Somebody else found this value: it is replaced as a whole word wherever it stands. */
  know(kind: PersonalKind, value: string): void {
    this.#tokenOf(kind.toUpperCase(), value);
    this.#values.add(value);
  }

  /** A value with tokens for all that is found in it, and for what is known. Names of fields count as well. */
  hide<T>(value: T): T {
    // All of it is looked at before anything is replaced: what one field shows is hidden in every other.
    this.#learn(value);
    const hidden = mapValues(
      value,
      (one, name) => (typeof one === 'number' ? this.#ofNumber(one) : this.#ofText(one, name)),
      // What a stranger writes elsewhere must not rename a field.
      (name) => (this.#find(name, '').length > 0 ? this.#ofText(name, '') : name),
    ) as T;
    this.#found.clear();
    return hidden;
  }

  #learn(value: unknown): void {
    mapValues(value, (one, name) => {
      if (typeof one === 'number') this.#learnNumber(one, name);
      else {
        this.#learnText(one, name);
        const seen = this.#plain(one);
        if (seen !== one) this.#learnText(seen, name);
      }
      return one;
    });
  }

  #learnText(text: string, name: string): void {
    for (const { kind, start, end } of this.#find(text, name))
      this.#tokenOf(kind.toUpperCase(), text.slice(start, end));
  }

  /** A number of JSON is a value only as a whole. */
  #learnNumber(number: number, name: string): void {
    const text = String(number);
    const [found] = this.#find(text, name);
    if (found?.start === 0 && found.end === text.length) this.#tokenOf(found.kind.toUpperCase(), number);
  }

  #find(text: string, name: string): readonly Span[] {
    const key = `${name}\0${text}`;
    const found = this.#found.get(key) ?? detectUnder(name, text, kindsOf(this.policy), this.#eyes.recognise);
    this.#found.set(key, found);
    return found;
  }

  #plain(text: string): string {
    return this.#eyes.plain?.(text) ?? text;
  }

  #tokenOf(kind: string, value: string | number): Token {
    const known = this.#known.get(value);
    return known ?? this.#add({ kind, number: (this.#count.get(kind) ?? 0) + 1, value });
  }

  #add(token: Token): Token {
    const { kind, number, value } = token;
    this.#tokens.push(token);
    this.#known.set(value, token);
    this.#count.set(kind, Math.max(number, this.#count.get(kind) ?? 0));
    if (typeof value === 'string' && isTelling(value)) this.#values.add(value);
    return token;
  }

  #ofNumber(number: number): string | number {
    const token = this.#known.get(number);
    return token ? nameOf(token) : number;
  }

  #ofText(text: string, name: string): string {
    const hidden = this.#replaced(text, name);
    const seen = this.#plain(text);
    if (seen === text) return hidden.text;
    // A value that only a reader sees: then what a reader sees takes the place of what was written.
    const read = this.#replaced(seen, name);
    return [...read.names].every((name) => hidden.names.has(name)) ? hidden.text : read.text;
  }

  #replaced(text: string, name: string): { text: string; names: ReadonlySet<string> } {
    const names = new Set<string>();
    const parts: string[] = [];
    let at = 0;
    const put = (start: number, end: number, token: Token | undefined) => {
      if (!token || start < at) return;
      names.add(nameOf(token));
      parts.push(text.slice(at, start), nameOf(token));
      at = end;
    };
    // Whoever writes a token gets it back as it was written, and not somebody's value.
    const written = nearTokens(text).map(({ start, end }) => ({
      ...{ start, end },
      token: this.#tokenOf(LOOKALIKE, text.slice(start, end)),
    }));
    const found = this.#find(text, name).map(({ start, end }) => ({
      ...{ start, end },
      token: this.#known.get(text.slice(start, end)),
    }));
    const known = [...this.#values.in(text)].map(({ start, end, value }) => ({
      ...{ start, end },
      token: this.#known.get(value),
    }));
    const all = [...written, ...found, ...known];
    all.sort((a, b) => a.start - b.start || b.end - a.end);
    for (const { start, end, token } of all) put(start, end, token);
    parts.push(text.slice(at));
    return { text: parts.join(''), names };
  }
}

/**
 * Whether a value is hidden also where nothing but itself tells of it. A common word or a short number is not: whoever calls `high` a
 * password must not change what another field says.
 */
function isTelling(value: string): boolean {
  return /[@\p{Lu}]/u.test(value) ? value.length > 2 : /\d/.test(value) && value.length > 4;
}
