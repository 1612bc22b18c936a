import { vi } from 'vitest';
import type * as Known from '../../local/memory/expressions.ts';

/*
 * Stands where `local/memory/expressions.ts` does: the tables in memory know SET and ADD, and here they learn
 * REMOVE, which stands last in our updates.
 */

const known = await vi.importActual<typeof Known>('../../local/memory/expressions.ts');

export const { Invalid, refuseUnused } = known;

export class Reader extends known.Reader {
  readonly #remove: () => string[];

  constructor(text: string, given: Known.Expressions, used: Set<string>) {
    const [rest = '', removed = ''] = text.split(/\bREMOVE\b/);
    super(rest, given, used);
    const paths = removed.split(',').filter((path) => path.trim());
    this.#remove = () => paths.flatMap((path) => new known.Reader(path, given, used).path());
  }

  override update(row: Known.Attributes): void {
    super.update(row);
    for (const name of this.#remove()) delete row[name];
  }
}
