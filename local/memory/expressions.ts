import { isDeepStrictEqual } from 'node:util';

/*
 * DynamoDB's expressions, as far as our code speaks them. What is not known here is refused loudly, and so is
 * what DynamoDB itself refuses: reserved words, values and names that are not used, a BETWEEN the wrong way
 * round.
 */

export type Attributes = Record<string, unknown>;

export interface Expressions {
  ExpressionAttributeNames?: Record<string, string> | undefined;
  ExpressionAttributeValues?: Record<string, unknown> | undefined;
}

export class Invalid extends Error {
  override readonly name = 'ValidationException';
}

/** A good expression that the row does not fit: a transaction is cancelled by it, not refused. */
export class Unfit extends Invalid {}

/** The ones a writer of ours may fall over; the whole list has 573. */
const RESERVED = new Set(
  'action add any comment count data date error event group hash index items key keys language last left level limit list name names order owner path position range result role size source state status text time timestamp ttl type user value values view when'.split(
    ' ',
  ),
);

const TOKEN = /\s*(<=|>=|<>|[(),=<>]|:[\w]+|#[\w]+(?:\.[#\w]+)*|[A-Za-z_][\w]*(?:\.[#\w]+)*)/y;

export class Reader {
  readonly #tokens: string[] = [];
  readonly #given: Expressions;
  readonly #used: Set<string>;
  #at = 0;

  constructor(text: string, given: Expressions, used: Set<string>) {
    this.#given = given;
    this.#used = used;
    let index = 0;
    while (text.slice(index).trim()) {
      TOKEN.lastIndex = index;
      const match = TOKEN.exec(text);
      if (!match?.[1]) throw new Invalid(`cannot read '${text.slice(index)}'`);
      this.#tokens.push(match[1]);
      index = TOKEN.lastIndex;
    }
  }

  get next(): string {
    return this.#tokens[this.#at] ?? '';
  }

  take(): string {
    this.#at += 1;
    return this.#tokens[this.#at - 1] ?? '';
  }

  expect(token: string): void {
    const got = this.take();
    if (got !== token) throw new Invalid(`expected '${token}', got '${got}'`);
  }

  takes(token: string): boolean {
    if (this.next !== token) return false;
    this.#at += 1;
    return true;
  }

  end(): void {
    if (this.next) throw new Invalid(`unexpected '${this.next}'`);
  }

  path(): string[] {
    return this.take()
      .split('.')
      .map((part) => {
        if (!part.startsWith('#')) {
          if (RESERVED.has(part.toLowerCase())) throw new Invalid(`'${part}' is a reserved word`);
          return part;
        }
        this.#used.add(part);
        const name = this.#given.ExpressionAttributeNames?.[part];
        if (name === undefined) throw new Invalid(`'${part}' is not defined`);
        return name;
      });
  }

  /** A value, or the attribute that stands at a path. */
  operand(row: Attributes): unknown {
    if (!this.next.startsWith(':')) return at(row, this.path());
    const name = this.take();
    this.#used.add(name);
    const value = this.#given.ExpressionAttributeValues?.[name];
    if (value === undefined) throw new Invalid(`'${name}' is not defined`);
    return value;
  }

  or(row: Attributes): boolean {
    let truth = this.and(row);
    while (this.takes('OR')) truth = this.and(row) || truth;
    return truth;
  }

  and(row: Attributes): boolean {
    let truth = this.term(row);
    while (this.takes('AND')) truth = this.term(row) && truth;
    return truth;
  }

  term(row: Attributes): boolean {
    if (this.takes('(')) {
      const truth = this.or(row);
      this.expect(')');
      return truth;
    }
    if (this.next === 'attribute_exists' || this.next === 'attribute_not_exists') {
      const wanted = this.take() === 'attribute_exists';
      this.expect('(');
      const found = at(row, this.path()) !== undefined;
      this.expect(')');
      return found === wanted;
    }
    return this.comparison(row);
  }

  comparison(row: Attributes): boolean {
    const left = this.operand(row);
    const operator = this.take();
    if (operator === 'IN') {
      this.expect('(');
      const members = [this.operand(row)];
      while (this.takes(',')) members.push(this.operand(row));
      this.expect(')');
      return left !== undefined && members.some((member) => isDeepStrictEqual(member, left));
    }
    const right = this.operand(row);
    if (operator === '=') return left !== undefined && isDeepStrictEqual(left, right);
    if (operator === 'BETWEEN') {
      this.expect('AND');
      const upper = this.operand(row);
      if (!alike(right, upper) || compare(right, upper) > 0)
        throw new Invalid('BETWEEN: two numbers or two texts, and the upper one not below the lower one');
      return alike(left, right) && compare(left, right) >= 0 && compare(left, upper) <= 0;
    }
    const tests: Record<string, (order: number) => boolean> = {
      '<': (order) => order < 0,
      '<=': (order) => order <= 0,
      '>': (order) => order > 0,
      '>=': (order) => order >= 0,
    };
    const test = tests[operator];
    if (!test) throw new Invalid(`unknown operator '${operator}'`);
    if (right !== undefined && !alike(right, right))
      throw new Invalid(`'${operator}' takes a number or a text`);
    // An attribute that is not there, or is of another type, fits no comparison.
    return alike(left, right) && test(compare(left, right));
  }

  /** `SET a = :b, c = list_append(c, :d) REMOVE g ADD e :f` on a row, which is changed. */
  update(row: Attributes): void {
    const before = structuredClone(row);
    const written = new Set<string>();
    while (this.next) {
      const clause = this.take();
      do {
        const path = this.path();
        if (written.has(path[0] ?? '') && path.length === 1)
          throw new Invalid(`two document paths overlap: '${path[0]}'`);
        if (path.length === 1) written.add(path[0] ?? '');
        if (clause === 'SET') {
          this.expect('=');
          put(row, path, this.assigned(before));
        } else if (clause === 'ADD') {
          put(row, path, sum(at(before, path), this.operand(before)));
        } else if (clause === 'REMOVE') {
          remove(row, path);
        } else throw new Invalid(`unknown clause '${clause}'`);
      } while (this.takes(','));
    }
  }

  assigned(before: Attributes): unknown {
    if (!this.takes('list_append')) return this.value(before);
    this.expect('(');
    const head = this.value(before);
    this.expect(',');
    const tail = this.value(before);
    this.expect(')');
    if (!Array.isArray(head) || !Array.isArray(tail)) throw new Unfit('list_append: an operand is no list');
    return [...head, ...tail];
  }

  /** An operand, or what stands in where it is not there. */
  value(before: Attributes): unknown {
    if (!this.takes('if_not_exists')) return this.operand(before);
    this.expect('(');
    const there = at(before, this.path());
    this.expect(',');
    const otherwise = this.operand(before);
    this.expect(')');
    return there === undefined ? otherwise : there;
  }
}

function remove(row: Attributes, path: readonly string[]): void {
  const parent = at(row, path.slice(0, -1)) as Attributes | undefined;
  if (parent) delete parent[path.at(-1) ?? ''];
}

function at(row: Attributes, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, part) => (value as Attributes | undefined)?.[part], row);
}

function put(row: Attributes, path: readonly string[], value: unknown): void {
  const parent = at(row, path.slice(0, -1)) as Attributes | undefined;
  if (!parent) throw new Unfit(`the path '${path.join('.')}' leads nowhere in this item`);
  parent[path.at(-1) ?? ''] = value;
}

/** What is not there is 0; what is null is no number. */
function sum(now: unknown = 0, more: unknown): number {
  if (typeof more !== 'number') throw new Invalid('ADD takes a number');
  if (typeof now !== 'number') throw new Unfit('ADD: what is there is no number');
  return now + more;
}

/** Two of one type that has an order. */
function alike(a: unknown, b: unknown): boolean {
  return typeof a === typeof b && (typeof a === 'number' || typeof a === 'string');
}

/** Texts go by their bytes. */
export function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

/** Every name and value that was given must have been used: DynamoDB refuses the others. */
export function refuseUnused(given: Expressions, used: Set<string>): void {
  const names = [
    ...Object.keys(given.ExpressionAttributeNames ?? {}),
    ...Object.keys(given.ExpressionAttributeValues ?? {}),
  ];
  const idle = names.filter((name) => !used.has(name));
  if (idle.length > 0) throw new Invalid(`not used in expressions: ${idle.join(', ')}`);
}
