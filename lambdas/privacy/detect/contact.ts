import { type Finder, matches, pattern, type Span } from './span.ts';

/* How a person is reached: RFC 5321, ITU E.164 and its national forms, RFC 4291, IEEE 802, RFC 3986. */

const LOCAL = "[\\p{L}\\p{N}!#$%&'*+/=?^_`{|}~-]";
const LABEL = '[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]{0,61}[\\p{L}\\p{N}])?';

/** The local part has 64 characters at most; longer runs are no addresses, and cost no more. */
const EMAIL = pattern(
  `(?<!${LOCAL}|[.@])(?:${LOCAL}{1,64}(?:\\.${LOCAL}{1,64}){0,12}|"[^"\\s]{1,62}")@(?:${LABEL}\\.){1,8}(?:\\p{L}{2,24}|xn--[a-z0-9-]{2,59})(?![\\p{L}\\p{N}])`,
  'gu',
);

/** `mailto:` and quotes before an address are signs that it may begin with. */
const LEADING = /^(?:['`*_~{|=/]|mailto:)+/i;

export const emails: Finder = function* (text) {
  if (!text.includes('@')) return;
  for (const { 0: match, index } of text.matchAll(EMAIL())) {
    const skipped = LEADING.exec(match)?.[0].length ?? 0;
    if (skipped < match.indexOf('@'))
      yield { kind: 'email', start: index + skipped, end: index + match.length };
  }
};

const SEP = '[ \\u00A0.\\-/]';
const LEFT = '(?<![\\p{L}\\p{N}#$€£]|[\\p{L}\\p{N}][.,:/_-])';
const RIGHT = '(?![\\p{L}\\p{N}%]|[.,:/-]\\p{N}|\\s?[€$£])';
const EXT = '(?:\\s?(?:x|ext\\.?|extension|Durchwahl|-)\\s?\\d{1,6})?';

/* From the country code on. Digits are counted afterwards: E.164 has eight to fifteen. */
const INTERNATIONAL = pattern(
  `${LEFT}(?:\\+|00(?=[1-9]))${SEP}?\\(?\\d{1,4}\\)?(?:${SEP}{0,2}\\(?\\d{1,14}\\)?){1,7}${EXT}(?![\\p{L}\\p{N}])`,
  'gu',
);

/* North America: area and exchange begin with 2 to 9, but people write others as well. */
const AMERICAN = pattern(
  `${LEFT}(?:1${SEP})?(?:\\(\\d{3}\\)${SEP}?|\\d{3}[ .-])\\d{3}[ .-]\\d{4}${EXT}${RIGHT}`,
  'gu',
);

/* A trunk zero and the area: Germany, Great Britain, Austria, Switzerland, the Netherlands, Italy … */
const TRUNK = pattern(`${LEFT}(?:\\(0\\d{1,5}\\)|0[1-9]\\d{0,4})(?:${SEP}{1,3}\\d{2,8}){1,4}${RIGHT}`, 'gu');

/* France and Belgium in pairs; Poland, Spain and Portugal in threes. */
const PAIRS = pattern(`${LEFT}0[1-9](?:[ .-]?\\d{2}){4}${RIGHT}`, 'gu');
const THREES = pattern(`${LEFT}[4-9]\\d{2}([ -])\\d{3}\\1\\d{3}${RIGHT}`, 'gu');

/* Seven digits are a number only where America's fictional exchange says so; others need a label. */
const LOCAL_555 = pattern(`${LEFT}555-\\d{4}${EXT}${RIGHT}`, 'gu');

const MOBILE = pattern(`${LEFT}(?:01[5-7]\\d{8,9}|07[4-9]\\d{8}|06[1-9]\\d{7})${RIGHT}`, 'gu');

const digits = (value: string) => value.replaceAll(/\D/g, '').length;

/* A date is no number: 2024-01-15, 15.01.2024. */
const isDate = (value: string) =>
  /^(?:19|20)\d{2}[-./ ](?:0?[1-9]|1[0-2])[-./ ](?:0?[1-9]|[12]\d|3[01])\b/.test(value) ||
  /^(?:0?[1-9]|[12]\d|3[01])[-./ ](?:0?[1-9]|[12]\d|3[01])[-./ ](?:19|20)\d{2}\b/.test(value);

const between = (least: number, most: number) => (value: string) =>
  digits(value) >= least && digits(value) <= most && !isDate(value);

const LABEL_PHONE =
  /(?<![\p{L}\p{N}])(?:tel(?:efon|éfono|efono|ephone|efoon)?|phone|mobile?|mobil|cell(?:ular|ulare)?|handy|fax|call(?: me| us)?(?: at| on)?|whatsapp|portable|móvil|dial|contact(?: number)?|hotline|rufnummer|numer telefonu)(?:\s(?:number|no|nr|line|is|at|us))?[\s.:#=*()-]{1,4}(?:(?:is|at|on|number|us)[\s:]{1,2})?(?<value>[+(]{0,2}\d(?:[\d \u00A0().\-/]{4,24})\d)(?![\p{L}\p{N}])/giu;

export const phones: readonly Finder[] = [
  matches('phone', INTERNATIONAL, (value) => digits(value) >= 8 && digits(value) <= 21),
  matches('phone', AMERICAN, between(10, 17)),
  matches('phone', TRUNK, between(8, 14)),
  matches('phone', PAIRS, between(10, 10)),
  matches('phone', THREES),
  matches('phone', LOCAL_555),
  matches('phone', MOBILE),
  matches('phone', LABEL_PHONE, between(6, 17)),
];

const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const IPV4 = pattern(
  `(?<![\\p{L}\\p{N}]|[\\p{N}][.,])(?:${OCTET}\\.){3}${OCTET}(?:/\\d{1,2})?(?![\\p{L}\\p{N}]|\\.\\p{N})`,
  'gu',
);
const IPV6 =
  /(?<![\p{L}\p{N}:])(?:[0-9a-f]{1,4}:){1,7}(?::?[0-9a-f]{1,4}){1,7}(?:%\w{1,15})?(?![\p{L}\p{N}:])|(?<![\p{L}\p{N}:])::(?:[0-9a-f]{1,4}:){0,6}[0-9a-f]{1,4}(?![\p{L}\p{N}:])/giu;

/** Eight groups, or fewer around one `::`; a time and a port are none. */
function isIpv6(value: string): boolean {
  const [address = ''] = value.split('%');
  const halves = address.split('::');
  const groups = address.split(':').filter((it) => it !== '');
  if (groups.some((it) => it.length > 4)) return false;
  return halves.length === 2
    ? groups.length <= 7 && address.length > 4
    : halves.length === 1 && groups.length === 8;
}

/* A version is written like an address: `version 1.2.3.4`. */
const VERSION = /(?:v|version|release|build|section|chapter|§)\.?\s*$/i;

export const ips: readonly Finder[] = [
  function* (text) {
    for (const span of matches('ip', IPV4)(text))
      if (!VERSION.test(text.slice(Math.max(0, span.start - 10), span.start))) yield span;
  },
  matches('ip', IPV6, isIpv6),
];

export const macs: readonly Finder[] = [
  matches(
    'mac',
    /(?<![\p{L}\p{N}:-])[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}(?![\p{L}\p{N}]|[:-][0-9a-f]{2})/giu,
  ),
  matches('mac', /(?<![\p{L}\p{N}.])(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}(?![\p{L}\p{N}]|\.\p{N})/giu, (value) =>
    /\d/.test(value),
  ),
];

const URL = /(?<![\p{L}\p{N}])[a-z][a-z0-9+.-]{1,11}:\/\/[^\s<>"'`]{4,2048}/giu;
const TELLING =
  /[?&;#/](?:[\w.-]{0,30}(?:token|secret|key|auth|passw(?:or)?d|pwd|session|sid|sig(?:nature)?|code|otp|jwt|credential|ticket|invite|reset|verify|unsubscribe))(?:=|\/)[^&\s/]{4,}/i;
const USERINFO = /^[a-z][a-z0-9+.-]{1,11}:\/\/[^/\s@:]{1,200}:[^/\s@]{1,200}@/i;

export const urls: Finder = function* (text): Iterable<Span> {
  for (const { 0: match, index } of text.matchAll(URL)) {
    const whole = match.replace(/[).,;:!?\]}]+$/, '');
    if (TELLING.test(whole) || USERINFO.test(whole))
      yield { kind: 'url', start: index, end: index + whole.length };
  }
};
