import { createHash } from 'node:crypto';
import { type Finder, matches, pattern } from './span.ts';

/* Keys that tell themselves by what they begin with, passwords by their label, addresses of coins by their checksum. */

const LEFT = '(?<![\\p{L}\\p{N}_-])';
const RIGHT = '(?![\\p{L}\\p{N}_-])';
const key = (written: string) => pattern(`${LEFT}(?:${written})${RIGHT}`, 'gu');

const KEYS = [
  '(?:AKIA|ASIA|AGPA|AROA|AIDA)[A-Z0-9]{16}',
  'gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255}',
  'glpat-[A-Za-z0-9_-]{20,64}',
  'xox[abeoprs]-[A-Za-z0-9-]{10,250}',
  'sk-(?:proj-|ant-|or-)?[A-Za-z0-9_-]{20,250}',
  '(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,250}|whsec_[A-Za-z0-9+/=]{16,250}',
  'AIza[A-Za-z0-9_-]{35}',
  'SG\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}',
  'npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{50,250}|hf_[A-Za-z0-9]{30,64}',
  'eyJ[A-Za-z0-9_-]{10,2000}\\.eyJ[A-Za-z0-9_-]{10,4000}\\.[A-Za-z0-9_-]{10,1000}',
].join('|');

const PEM =
  /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY-----[^-]{20,10000}-----END (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY-----/g;
const BEARER =
  /(?<![\p{L}\p{N}])(?:bearer|basic|authorization:)\s{1,3}(?<value>[A-Za-z0-9._~+/-]{16,2000}={0,2})/giu;

const PASSWORD =
  'pass ?word|passwd|pwd|pass ?phrase|pass ?code|passwort|kennwort|mot de passe|contraseña|clave|senha|wachtwoord|hasło|credentials|security answer';
const OTHERS =
  'api[ _-]?key|secret(?:[ _-]?(?:access)?[ _-]?key)?|access[ _-]?(?:key|token)|client[ _-]?secret|auth[ _-]?token|private[ _-]?key|one[ -]?time (?:code|password)|otp|tan';
/* Told outright: whatever stands there is one. */
const OUTRIGHT = pattern(
  `(?<![\\p{L}\\p{N}])(?:${PASSWORD}|${OTHERS})(?:[\\w ]{0,12})["'*_]{0,3}\\s{0,3}[:=]\\s{0,3}["'\`*]{0,3}(?<value>[^\\s"'\`]{3,200})`,
  'giu',
);
/* In a sentence: what no word is, with a digit or a sign in it. */
const IN_SENTENCE = pattern(
  `(?<![\\p{L}\\p{N}])(?:${PASSWORD}|${OTHERS})(?:\\s(?:is|was|to|as|of|ist|lautet|est|es|set|reset|changed|now|temporary|for|the|account|exposed|like|such)){0,4}\\s{1,3}["'\`(]{0,2}(?<value>[^\\s"'\`]{4,100})`,
  'giu',
);
const PIN =
  /(?<![\p{L}\p{N}])(?:pin|cvv|cvc|cv2|security code)(?:\s(?:code|number|is|was|ist))?\s{0,2}[:=#]?\s{0,2}(?<value>\d{3,8})(?![\p{L}\p{N}]|[.,-]\p{N})/giu;

/* Strong enough to be none: letters beside digits or signs, neither a sentence's end nor a date. */
const isMade = (value: string) => {
  const core = value.replace(/[.,;:!?)\]]+$/, '');
  return core.length >= 4 && /\p{L}/u.test(core) && /[\p{N}!@#$%^&*+=~?]/u.test(core);
};

/** Without what ends a sentence. */
function trimmed(finder: Finder): Finder {
  return function* (text) {
    for (const span of finder(text)) {
      const value = text.slice(span.start, span.end);
      const end = span.end - (/[.,;)\]]+$/.exec(value)?.[0].length ?? 0);
      if (end > span.start) yield { ...span, end };
    }
  };
}

export const secrets: readonly Finder[] = [
  matches('secret', key(KEYS)),
  matches('secret', PEM),
  matches('secret', BEARER, (value) => /\d/.test(value)),
  trimmed(matches('secret', OUTRIGHT)),
  trimmed(matches('secret', IN_SENTENCE, isMade)),
  matches('secret', PIN),
];

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Base58Check: the last four bytes are a hash of those before them. */
function isBase58Check(value: string): boolean {
  let number = 0n;
  for (const sign of value) number = number * 58n + BigInt(BASE58.indexOf(sign));
  const bytes = Buffer.from(number.toString(16).padStart(50, '0'), 'hex');
  if (bytes.length !== 25) return false;
  const hash = (data: Uint8Array) => createHash('sha256').update(data).digest();
  return hash(hash(bytes.subarray(0, 21)))
    .subarray(0, 4)
    .equals(bytes.subarray(21));
}

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

/** BIP 173 and 350. */
function isBech32(value: string): boolean {
  const [prefix = '', data = ''] = value.toLowerCase().split(/1(?=[^1]*$)/);
  const expanded = [...[...prefix].map((it) => it.charCodeAt(0) >> 5), 0];
  for (const sign of prefix) expanded.push(sign.charCodeAt(0) & 31);
  for (const sign of data) expanded.push(BECH32.indexOf(sign));
  let check = 1;
  for (const five of expanded) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ five;
    for (const [at, generator] of [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].entries())
      if ((top >>> at) & 1) check ^= generator;
  }
  return check === 1 || check === 0x2bc830a3;
}

export const coins: readonly Finder[] = [
  matches('crypto', key('[13][1-9A-HJ-NP-Za-km-z]{25,34}'), isBase58Check),
  matches('crypto', key('(?:bc|tb)1[ac-hj-np-z02-9]{11,71}|(?:BC|TB)1[AC-HJ-NP-Z02-9]{11,71}'), isBech32),
  matches('crypto', key('0x[0-9a-fA-F]{40}')),
];
