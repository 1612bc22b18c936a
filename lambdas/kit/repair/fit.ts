import * as z from 'zod/v4/core';
import type { Repair, RepairedBy } from '../../contract/intake/repair.ts';
import { formsOf } from './forms.ts';
import { matched } from './names.ts';
import { type Node, plain, under } from './node.ts';
import { choices, fits, inner, isObject, isTelling, jsonIn, shown, wrappedIn } from './shape.ts';

/* Brings a value that was read into the shape of a schema, as far as there is one way to do so. */

export interface Hints {
  /** Further names of fields, by their JSON pointers. */
  renamed: Readonly<Record<string, readonly string[]>>;
  /** By JSON pointers of the original: where it belongs, and by what that is known. */
  moved: ReadonlyMap<string, { to: string; by: RepairedBy }>;
}

export interface Fitted {
  value: unknown;
  repairs: Repair[];
  /** Names of fields of the schema that were touched. */
  fields: Set<string>;
}

/** Looks at what would come of it; those within others double with every level. */
const MOST_TRIALS = 20_000;

/** More differences than that make another body. */
const MOST_REPAIRS = 50;
/** Unknown names in one object that are compared with its fields. */
const MOST_UNKNOWN = 50;

/** @returns a value that may fit the schema, with what was done to it; the schema has the last word. Undefined beyond any repair */
export function fit(schema: z.$ZodType, node: Node, hints: Hints): Fitted | undefined {
  const fitting = new Fitting(hints);
  const value = fitting.fit(schema, node, '', '', []);
  return fitting.repairs.length > MOST_REPAIRS
    ? undefined
    : { value, repairs: fitting.repairs, fields: fitting.fields };
}

class Fitting {
  readonly repairs: Repair[] = [];
  readonly fields = new Set<string>();
  readonly #hints: Hints;
  readonly #trials: { left: number };

  constructor(hints: Hints, trials = { left: MOST_TRIALS }) {
    this.#hints = hints;
    this.#trials = trials;
  }

  /**
   * @param source pointer into the original
   * @param names of the schema on the way there: what people may be told
   */
  fit(given: z.$ZodType, node: Node, pointer: string, source: string, names: readonly string[]): unknown {
    const { schema, optional } = inner(given);
    const { def } = schema._zod;
    const told = { pointer, source, names };
    if (isObject(def)) return this.#object(def, node, told);
    if (def.type === 'array') return this.#list((def as z.$ZodArrayDef).element, node, told);
    if (def.type === 'record' && node.kind === 'object') {
      const { valueType } = def as z.$ZodRecordDef;
      return this.#members(node.members, (name, member) =>
        this.fit(valueType, member, under(pointer, name), under(source, name), names),
      );
    }
    if (fits(given, node)) return plain(node);
    if (def.type === 'union') return this.#union(schema, (def as z.$ZodUnionDef).options, node, told);
    return this.#scalar(optional ? given : schema, node, told);
  }

  #scalar(schema: z.$ZodType, node: Node, told: Told): unknown {
    const single = node.kind === 'list' && node.items.length === 1 ? node.items[0] : undefined;
    if (single && fits(schema, single)) return this.#changed(told, node, plain(single), 'type');
    const forms = [...new Set([...formsOf(node), ...choices(schema, node)])].filter(
      (form) => z.safeParse(schema, form).success,
    );
    return forms.length === 1 ? this.#changed(told, node, forms[0], 'type') : plain(node);
  }

  #list(element: z.$ZodType, node: Node, told: Told): unknown {
    const { pointer, source, names } = told;
    if (node.kind === 'list')
      return node.items.map((item, at) =>
        this.fit(element, item, under(pointer, at), under(source, at), names),
      );
    const written = jsonIn(node);
    if (written?.kind === 'list') return this.#list(element, written, this.#note(told, node, written));
    if (node.kind === 'literal') return plain(node);
    const only = this.#try(element, node, { ...told, pointer: under(pointer, 0) });
    if (!only) return plain(node);
    const value = [only.value];
    this.#take(only);
    return this.#changed(told, node, value, 'type');
  }

  /** The one branch that it fits into, where it fits into none as it is. */
  #union(schema: z.$ZodType, options: readonly z.$ZodType[], node: Node, told: Told): unknown {
    const found = options.flatMap((option) => this.#try(option, node, told) ?? []);
    const [only] = found;
    if (!only || found.length > 1 || !z.safeParse(schema, only.value).success) return plain(node);
    this.#take(only);
    return only.value;
  }

  #object(def: z.$ZodObjectDef, node: Node, told: Told): unknown {
    if (node.kind === 'list' && node.items.length === 1 && node.items[0]?.kind === 'object')
      return this.#object(
        def,
        node.items[0],
        this.#note({ ...told, source: under(told.source, 0) }, node, node.items[0]),
      );
    const written = jsonIn(node);
    if (written) return this.#object(def, written, this.#note(told, node, written));
    if (node.kind !== 'object') return plain(node);
    const wrapped = wrappedIn(def, node.members);
    if (wrapped) {
      const [name, member] = wrapped;
      return this.#object(
        def,
        member,
        this.#note({ ...told, source: under(told.source, name) }, node, member),
      );
    }
    return this.#fields(def, node.members, told);
  }

  #fields(def: z.$ZodObjectDef, members: ReadonlyMap<string, Node>, told: Told): unknown {
    const { pointer, source, names } = told;
    const shape = new Map(Object.entries(def.shape as Record<string, z.$ZodType>));
    const closed = def.catchall === undefined || def.catchall._zod.def.type === 'never';
    const renamed = this.#renamed(shape, members, told);
    const known = [...members.keys()].some((name) => shape.has(name) || renamed.pairs.has(name));
    // Where nothing of it is known it is something else, and nothing is left of it to go by.
    if (closed && members.size > 0 && !known) return this.#members(members, (_, member) => plain(member));
    const entries: [string, unknown][] = [];
    for (const [name, member] of members) {
      const to = shape.has(name) ? name : renamed.pairs.get(name);
      const schema = to === undefined ? undefined : shape.get(to);
      if (to === undefined || !schema) {
        // One that may mean a field, nobody knows which, is not passed over.
        if (closed && !renamed.unclear.has(name)) {
          this.#left(under(source, name), member);
          const taken = new Set([...members.keys(), ...renamed.pairs.values()]);
          for (const field of this.#perhaps(name, member, shape, taken, told))
            this.fields.add([...names, field].join('/'));
        } else entries.push([name, plain(member)]);
        continue;
      }
      const at = { pointer: under(pointer, to), source: under(source, name), names: [...names, to] };
      if (to !== name) this.#note(at, member, member, renamed.by.get(name) ?? 'name');
      const { optional } = inner(schema);
      if (optional && member.kind === 'literal' && member.value === null && !fits(schema, member))
        this.#add({ pointer: at.pointer, from: null, by: 'type' }, at);
      else entries.push([to, this.fit(schema, member, at.pointer, at.source, at.names)]);
    }
    return Object.fromEntries(entries);
  }

  /** Which unknown members are fields under other names; only where the field is missing and the value fits it. */
  #renamed(shape: ReadonlyMap<string, z.$ZodType>, members: ReadonlyMap<string, Node>, told: Told) {
    const unknown = [...members.keys()].filter((name) => !shape.has(name)).slice(0, MOST_UNKNOWN);
    const free = [...shape.keys()].filter((field) => !members.has(field));
    const by = new Map<string, RepairedBy>();
    const known = new Map<string, string>();
    for (const name of unknown) {
      const hint = this.#hints.moved.get(under(told.source, name));
      const field = hint && free.find((it) => under(told.pointer, it) === hint.to);
      if (!hint || field === undefined || [...known.values()].includes(field)) continue;
      known.set(name, field);
      by.set(name, hint.by);
    }
    const { pairs, unclear } = matched(
      unknown.filter((name) => !known.has(name)),
      free.filter((field) => ![...known.values()].includes(field)),
      (field) => this.#hints.renamed[under(told.pointer, field)] ?? [],
    );
    const fitting = [...known, ...pairs].filter(([name, field]) => {
      const [member, schema] = [members.get(name), shape.get(field)];
      return member && schema && this.#try(schema, member, told);
    });
    return { pairs: new Map(fitting), unclear, by };
  }

  #members(members: ReadonlyMap<string, Node>, each: (name: string, member: Node) => unknown): unknown {
    return Object.fromEntries([...members].map(([name, member]) => [name, each(name, member)]));
  }

  /** What would come of it, if it fits then. */
  #try(schema: z.$ZodType, node: Node, { pointer, source, names }: Told): (Fitted & Told) | undefined {
    this.#trials.left -= 1;
    if (this.#trials.left < 0) return undefined;
    const trial = new Fitting(this.#hints, this.#trials);
    const value = trial.fit(schema, node, pointer, source, names);
    if (trial.repairs.length > MOST_REPAIRS || !z.safeParse(schema, value).success) return undefined;
    return { value, repairs: trial.repairs, fields: trial.fields, pointer, source, names };
  }

  #take({ repairs, fields }: Fitted): void {
    this.repairs.push(...repairs);
    for (const field of fields) this.fields.add(field);
  }

  #changed(told: Told, from: Node, to: unknown, by: RepairedBy): unknown {
    this.#add({ ...place(told), from: shown(plain(from)), to: shown(to), by }, told);
    return to;
  }

  #note(told: Told, from: Node, to: Node, by: RepairedBy = 'type'): Told {
    this.#changed(told, from, plain(to), by);
    return told;
  }

  /**
   * Fields that a value which was left out may have been meant for: one that has another value under nearly the same name, or one that is
   * missing and that it fits. Nobody acts alone on what is left where such a field matters.
   */
  #perhaps(
    name: string,
    member: Node,
    shape: ReadonlyMap<string, z.$ZodType>,
    taken: ReadonlySet<string>,
    told: Told,
  ): string[] {
    return [...shape].flatMap(([field, schema]) => {
      const means = taken.has(field)
        ? matched([name], [field], (it) => this.#hints.renamed[under(told.pointer, it)] ?? []).pairs.size > 0
        : isTelling(schema) && fits(schema, member);
      return means ? [field] : [];
    });
  }

  #left(pointer: string, member: Node): void {
    this.repairs.push({ pointer, from: shown(plain(member)), by: 'unknown' });
  }

  #add(repair: Repair, { names }: Told): void {
    this.repairs.push(repair);
    if (names.length > 0) this.fields.add(names.join('/'));
  }
}

interface Told {
  pointer: string;
  source: string;
  names: readonly string[];
}

function place({ pointer, source }: Told): Pick<Repair, 'pointer' | 'source'> {
  return { pointer, ...(source === pointer ? {} : { source }) };
}
