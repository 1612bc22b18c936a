/* DynamoDB's expressions from fields and values. Every name and value is escaped: no word is reserved. */

/* Properties, not methods: a condition over a field that a row does not have must not compile. */
interface Scope<F extends string> {
  name: (field: F) => string;
  value: (value: unknown) => string;
}

/** What must hold of a row, over the fields `F`. */
export type Condition<F extends string = string> = (scope: Scope<F>) => string;

export function absent<F extends string>(field: F): Condition<F> {
  return ({ name }) => `attribute_not_exists(${name(field)})`;
}

export function present<F extends string>(field: F): Condition<F> {
  return ({ name }) => `attribute_exists(${name(field)})`;
}

export const is = /* @__PURE__ */ comparison('=');
export const below = /* @__PURE__ */ comparison('<');
export const atMost = /* @__PURE__ */ comparison('<=');
export const atLeast = /* @__PURE__ */ comparison('>=');
export const above = /* @__PURE__ */ comparison('>');

function comparison(operator: string) {
  return <F extends string>(field: F, than: unknown): Condition<F> =>
    ({ name, value }) =>
      `${name(field)} ${operator} ${value(than)}`;
}

/** Both ends are inside. */
export function between<F extends string>(field: F, low: unknown, high: unknown): Condition<F> {
  return ({ name, value }) => `${name(field)} BETWEEN ${value(low)} AND ${value(high)}`;
}

export function oneOf<F extends string>(field: F, values: readonly unknown[]): Condition<F> {
  return ({ name, value }) => `${name(field)} IN (${values.map(value).join(', ')})`;
}

export function all<F extends string>(...conditions: readonly Condition<F>[]): Condition<F> {
  return (scope) => conditions.map((condition) => condition(scope)).join(' AND ');
}

export function either<F extends string>(...conditions: readonly Condition<F>[]): Condition<F> {
  return (scope) => `(${conditions.map((condition) => condition(scope)).join(' OR ')})`;
}

type Field<Row> = keyof Row & string;
type Fields<Row> = { readonly [F in Field<Row>]?: Row[F] | undefined };

/** What one write does to a row. A field set to undefined stays as it is. */
export interface Change<Row> {
  set?: Fields<Row>;
  /** Set where the row has no such field yet. */
  setOnce?: Fields<Row>;
  /** Added to a number, which begins at 0. */
  add?: { readonly [F in Field<Row>]?: number };
  /** Added to the end of a list, which begins empty. */
  append?: Fields<Row>;
  /** Added to the front of a list, which begins empty. */
  prepend?: Fields<Row>;
  remove?: readonly Field<Row>[];
  /** Nothing is written unless this holds. */
  when?: Condition<Field<Row>> | undefined;
  /** Not sent again without an answer: an addition made twice is wrong. Then `Unanswered` is thrown. */
  once?: boolean;
}

export interface Expressions {
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, unknown>;
}

/** Builds the texts with the names and the values that they use. */
export function expressions<Texts extends object>(
  write: (scope: Scope<string>) => Texts,
): Texts & Expressions {
  const names = new Map<string, string>();
  const values: unknown[] = [];
  const texts = write({
    name: (field) => {
      // A field may hold any sign, an escaped name only letters and digits.
      const name = names.get(field) ?? (/^\w+$/.test(field) ? `#${field}` : `#_${names.size}`);
      names.set(field, name);
      return name;
    },
    value: (value) => `:v${values.push(value) - 1}`,
  });
  return {
    ...texts,
    ...(names.size > 0
      ? { ExpressionAttributeNames: Object.fromEntries([...names].map(([field, name]) => [name, field])) }
      : {}),
    ...(values.length > 0
      ? {
          ExpressionAttributeValues: Object.fromEntries(values.map((value, index) => [`:v${index}`, value])),
        }
      : {}),
  };
}

/** A change as the parameters of an update. */
export function changing<Row>({ set, setOnce, add, append, prepend, remove = [], when }: Change<Row>) {
  return expressions(({ name, value }) => {
    const list = (field: string) => `if_not_exists(${name(field)}, ${value([])})`;
    const clauses: [string, string[]][] = [
      [
        'SET',
        [
          ...given(set).map(([field, to]) => `${name(field)} = ${value(to)}`),
          ...given(setOnce).map(([f, to]) => `${name(f)} = if_not_exists(${name(f)}, ${value(to)})`),
          ...given(append).map(([f, more]) => `${name(f)} = list_append(${list(f)}, ${value(more)})`),
          ...given(prepend).map(([f, more]) => `${name(f)} = list_append(${value(more)}, ${list(f)})`),
        ],
      ],
      ['ADD', given(add).map(([field, by]) => `${name(field)} ${value(by)}`)],
      ['REMOVE', remove.map(name)],
    ];
    return {
      UpdateExpression: clauses
        .filter(([, parts]) => parts.length > 0)
        .map(([clause, parts]) => `${clause} ${parts.join(', ')}`)
        .join(' '),
      ...(when ? { ConditionExpression: when({ name, value }) } : {}),
    };
  });
}

function given(fields: object = {}): [string, unknown][] {
  return Object.entries(fields).filter(([, value]) => value !== undefined);
}
