import type { Automation } from '../contract/automation.ts';
import { kindsOf, OF_NAMES } from '../contract/item/privacy.ts';
import { logger } from '../kit/telemetry.ts';
import { detectUnder } from './detect/detect.ts';
import { mapValues, nearTokens } from './tokens.ts';

/*
 * The last look at what goes to a model. `prepare` has replaced personal data by then: what is found here comes from elsewhere, such as
 * code of an automation, and nothing says what it belongs to. So its kind takes its place, which is no token: what a model makes of
 * it asks a person.
 */

type Rule = Pick<Automation, 'name' | 'privacy'>;

/** What an endpoint outside gets for a value: fixed forms of the kinds that the automation replaces are gone. */
export function forOutside<T>({ name: automation, privacy }: Rule, step: string, value: T): T {
  if (!privacy) return value;
  const kinds = kindsOf(privacy).filter((kind) => !OF_NAMES.includes(kind));
  const left = new Set<string>();
  const cleared = mapValues(value, (one, name) => {
    const text = String(one);
    const tokens = nearTokens(text);
    const found = detectUnder(name, text, kinds).filter(
      (span) => !tokens.some(({ start, end }) => span.start < end && start < span.end),
    );
    if (found.length === 0) return one;
    let at = 0;
    let out = '';
    for (const { kind, start, end } of found) {
      left.add(kind);
      out += `${text.slice(at, start)}[${kind.toUpperCase()}]`;
      at = end;
    }
    return out + text.slice(at);
  }) as T;
  if (left.size > 0)
    logger.warn('personal data replaced on the way out', { automation, step, kinds: [...left] });
  return cleared;
}
