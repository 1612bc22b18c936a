import { type Compound, type Declarations, declarationsIn, type Rule, type Sheet, sheetIn } from './css.ts';

/** As much of an element as a selector can ask for. */
export interface Place {
  tag: string;
  id?: string | undefined;
  classes: readonly string[];
  above?: Place | undefined;
}

/** Comparisons of selectors with elements in one message. Beyond that the sheet is not looked at any more. */
const MOST_LOOKS = 50_000;

const NONE: ReadonlyMap<string, string> = new Map();

/** Which declarations hold for an element: those of its rules by weight, then its own. */
export class Cascade {
  readonly #byKey = new Map<string, Rule[]>();
  readonly #sheet: Sheet = { rules: [], unknown: [] };
  #looks = 0;

  add(css: string): void {
    const before = this.#sheet.rules.length;
    sheetIn(css, this.#sheet);
    for (const rule of this.#sheet.rules.slice(before)) {
      const key = keyOf(rule.path.at(-1));
      this.#byKey.set(key, [...(this.#byKey.get(key) ?? []), rule]);
    }
  }

  /** Declarations whose elements are not known, or all, when there was too much to compare. */
  get unknown(): readonly Declarations[] {
    const { rules, unknown } = this.#sheet;
    return this.#looks > MOST_LOOKS
      ? [...unknown, ...rules.map(({ declarations }) => declarations)]
      : unknown;
  }

  of(place: Place, style: string | undefined): ReadonlyMap<string, string> {
    if (!style && this.#byKey.size === 0) return NONE;
    const rules = this.#looks > MOST_LOOKS ? [] : this.#rulesOf(place);
    rules.sort((one, other) => one.specificity - other.specificity);
    const all = [...rules.map(({ declarations }) => declarations), ...(style ? [declarationsIn(style)] : [])];
    const values = new Map<string, string>();
    for (const wanted of [false, true]) {
      for (const declarations of all) {
        for (const [property, { value, important }] of declarations)
          if (important === wanted) values.set(property, value);
      }
    }
    return values;
  }

  #rulesOf(place: Place): Rule[] {
    const names = place.classes.map((name) => `.${name}`);
    const keys = ['*', place.tag, ...(place.id ? [`#${place.id}`] : []), ...names];
    const rules = keys.flatMap((key) => this.#byKey.get(key) ?? []);
    return rules.filter(({ path }) => this.#matches(path, place));
  }

  #matches(path: readonly Compound[], place: Place): boolean {
    let at: Place | undefined = place;
    for (let index = path.length - 1; index >= 0; index -= 1) {
      const wanted = path[index] as Compound;
      // The element itself, or the parent of the last, must fit; any other ancestor may.
      const here = index === path.length - 1 || wanted.parent;
      while (at && !this.#fits(wanted, at)) {
        if (here) return false;
        at = at.above;
      }
      if (!at) return false;
      at = at.above;
    }
    return true;
  }

  #fits({ tag, id, classes }: Compound, place: Place): boolean {
    this.#looks += 1;
    if (this.#looks > MOST_LOOKS) return false;
    return (
      (tag === undefined || tag === place.tag) &&
      (id === undefined || id === place.id) &&
      classes.every((name) => place.classes.includes(name))
    );
  }
}

/** The part of a selector by which it is found. */
function keyOf(compound: Compound | undefined): string {
  if (compound?.id) return `#${compound.id}`;
  if (compound?.classes[0]) return `.${compound.classes[0]}`;
  return compound?.tag ?? '*';
}
