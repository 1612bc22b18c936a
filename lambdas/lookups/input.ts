import { type Hides, kindsOf, type PersonalKind, type Token } from '../contract/item/privacy.ts';
import type { Lookup } from '../contract/steps/lookup.ts';
import { ProcessingError } from '../kit/errors.ts';
import { hasStrangers, LOOKALIKE, mapValues, nameOf, putBack } from '../privacy/tokens.ts';

/**
 * The input of a lookup with the values for its tokens, as far as the source may have them.
 * @throws ProcessingError where it holds personal data that the lookup does not name in `given`, or a token of nobody's
 */
export function clearInput(lookup: Lookup, input: unknown, vault: Hides | undefined): unknown {
  if (!vault) return input;
  const { name, given = [] } = lookup;
  if (hasStrangers(input, vault.book))
    throw new ProcessingError(`the lookup '${name}' was asked with a token that stands for no value`);
  const kinds: readonly PersonalKind[] = given === 'all' ? kindsOf(vault.policy) : given;
  const may = new Set([LOOKALIKE, ...kinds.map((kind) => kind.toUpperCase())]);
  const { tokens } = vault.book;
  if (
    holds(
      input,
      tokens.filter(({ kind }) => !may.has(kind)),
    )
  )
    throw new ProcessingError(
      `the lookup '${name}' was asked with personal data that its 'given' does not name`,
    );
  return putBack(input, { tokens });
}

function holds(input: unknown, tokens: readonly Token[]): boolean {
  const names = tokens.map(nameOf);
  let found = false;
  mapValues(input, (one) => {
    found ||= names.some((name) => String(one).includes(name));
    return one;
  });
  return found;
}
