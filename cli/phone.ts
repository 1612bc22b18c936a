import { UsageError } from './errors.ts';

/** With the marks that people put between digits. */
const PHONE = /^\+?[\d\s().\-/]{5,40}$/;
/** Its numbers keep their zero abroad. */
const ITALY = '39';

/**
 * A phone number as it is written at home and from abroad, each a subject of its own: `0170 123` and `+49170123` with the calling code 49.
 * @throws UsageError where it is no phone number, or one of another country
 */
export function spellingsOf(subject: string, callingCode: string): string[] {
  if (!/^[1-9]\d{0,2}$/.test(callingCode))
    throw new UsageError(`--calling-code must be one to three digits, such as 49, got '${callingCode}'`);
  const text = subject.trim();
  if (!PHONE.test(text)) throw new UsageError('--calling-code is for phone numbers: leave it out');
  // "+49 (0)170": the zero is for callers at home.
  const digits = text.replace(/^(\+|00)(.*?)\(0\)/, '$1$2').replaceAll(/[^\d+]/g, '');
  const abroad = digits.replace(/^00/, '+');
  if (abroad.startsWith(`+${callingCode}`)) {
    const rest = abroad.slice(1 + callingCode.length);
    return [abroad, rest.startsWith('0') ? rest : `0${rest}`];
  }
  if (abroad.startsWith('+'))
    throw new UsageError(`--calling-code is ${callingCode}, and the number is of another country`);
  if (!digits.startsWith('0'))
    throw new UsageError('--calling-code is for numbers that begin with 0 at home: leave it out');
  return [`+${callingCode}${callingCode === ITALY ? digits : digits.slice(1)}`, digits];
}
