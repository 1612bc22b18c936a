/*
 * Which encoding a text is in: what it says itself, then UTF-8 if it is that, then the one in which it looks most like a
 * language. Only the first part is looked at closely; the whole is decoded once.
 */

/** Of the text that candidates are tried on. */
const SAMPLE = 65_536;

const MARKS: readonly (readonly [readonly number[], string])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/** `declared` is the charset that whoever carried the text said it has. */
export function decoded(bytes: Uint8Array, declared?: string): string {
  return new TextDecoder(encodingOf(bytes, declared)).decode(bytes);
}

export function encodingOf(bytes: Uint8Array, declared?: string): string {
  const mark = MARKS.find(([start]) => start.every((byte, at) => bytes[at] === byte));
  if (mark) return mark[1];
  const sample = bytes.subarray(0, SAMPLE);
  const wide = wideOf(sample);
  if (wide) return wide;
  const own = known(declared) ?? known(declaredIn(sample));
  // Whoever says UTF-8 is believed only if it is: that is the commonest wrong label.
  if (own && own !== 'utf-8' && decodes(sample, own)) return own;
  if (Buffer.from(sample).includes('\u001b$') && decodes(sample, 'iso-2022-jp')) return 'iso-2022-jp';
  if (decodes(bytes, 'utf-8')) return 'utf-8';
  return likeliest(sample);
}

/** UTF-16 without a mark: spaces, digits and line ends have a 0 in one half, and no character has it in the other. */
function wideOf(sample: Uint8Array): string | undefined {
  let even = 0;
  let odd = 0;
  for (let at = 0; at + 1 < sample.length; at += 2) {
    if (sample[at] === 0) even += 1;
    if (sample[at + 1] === 0) odd += 1;
  }
  const pairs = Math.floor(sample.length / 2);
  if (pairs < 4 || (even > 0 && odd > 0) || even + odd < pairs * 0.02) return undefined;
  return odd > 0 ? 'utf-16le' : 'utf-16be';
}

/** What a page or an XML file says of itself. */
function declaredIn(sample: Uint8Array): string | undefined {
  const head = Buffer.from(sample.subarray(0, 2048)).toString('latin1');
  return (/^\s*<\?xml[^>]*\bencoding=["']([\w-]+)/.exec(head) ??
    /<meta[^>]+charset=["']?([\w-]+)/i.exec(head))?.[1];
}

function known(label: string | undefined): string | undefined {
  if (!label) return undefined;
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

function decodes(bytes: Uint8Array, encoding: string): boolean {
  try {
    // The sample may end within a character.
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/* Without the half-width forms: they are what other encodings look like in a Japanese one. */
const KANA = /[\u3041-\u30ff]/gu;
const KOREAN = /\p{Script=Hangul}/gu;
/** The characters that make up most of any Chinese text, simplified and traditional. */
const CHINESE =
  /[的一是不了人我在有他这這个個们們中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子那得于於年月日元第号號公司]/gu;

/** Encodings of several bytes, each with what a text in it is full of. */
const SEVERAL: readonly (readonly [string, RegExp, number])[] = [
  ['shift_jis', KANA, 0.2],
  ['euc-jp', KANA, 0.2],
  ['euc-kr', KOREAN, 0.8],
  ['gb18030', CHINESE, 0.12],
  ['big5', CHINESE, 0.12],
];

/** Letters beyond ASCII of languages in Latin script. */
const LATIN = [
  'äöüß',
  'àâæçéèêëîïôœùûüÿ',
  'áéíóúüñºª',
  'ãáàâçéêíóôõúºª',
  'àèéìíòóùúº',
  'äåöéæøáðíóúýþ',
  'ąćęłńóśźż',
  'áčďéěíňóřšťúůýžľĺŕôä',
  'áéíóöőúüű',
  'ăâîșşțţ',
  'čćđšž',
  'çğıİöşüâî',
].map((letters) => new Set(`${letters}${letters.toUpperCase()}`));

const ONE = [
  'windows-1252',
  'iso-8859-15',
  'windows-1250',
  'iso-8859-2',
  'windows-1254',
  'windows-1251',
  'koi8-r',
  'iso-8859-5',
  'windows-1253',
  'windows-1255',
  'windows-1256',
] as const;

function likeliest(sample: Uint8Array): string {
  const several = SEVERAL.flatMap(([encoding, full, least]) => {
    if (!decodes(sample, encoding)) return [];
    const text = new TextDecoder(encoding).decode(sample);
    const foreign = text.match(/[^\p{ASCII}]/gu)?.length ?? 0;
    const share = foreign === 0 ? 0 : (text.match(full)?.length ?? 0) / foreign;
    return share >= least ? [{ encoding, share }] : [];
  });
  const best = several.sort((a, b) => b.share - a.share)[0];
  if (best) return best.encoding;
  const single = ONE.map((encoding) => ({
    encoding,
    wrong: strangeness(new TextDecoder(encoding).decode(sample)),
  }));
  return single.reduce((least, it) => (it.wrong < least.wrong ? it : least)).encoding;
}

/** How much there is that no language writes; the smaller, the likelier. */
function strangeness(text: string): number {
  const count = (pattern: RegExp, weight: number) => weight * (text.match(pattern)?.length ?? 0);
  const letters = text.match(/(?!\p{ASCII})\p{Script=Latin}/gu) ?? [];
  const foreign = Math.min(
    ...LATIN.map((alphabet) => letters.filter((letter) => !alphabet.has(letter)).length),
  );
  return (
    2 * foreign +
    count(/[\u0080-\u009f\ufffd]/g, 10) +
    // A sign in a word; the middle dot and apostrophes may stand there.
    count(/(?<=\p{L})[^\p{L}\p{M}\p{ASCII}’‘·\u00a0–—](?=\p{L})/gu, 4) +
    count(/(?<=\p{L})[¹²³¼½¾¿¡±¶¤¦¬¨¸´˛ˇ˘°]/gu, 3) +
    count(/[¤¦¬¨¸´˛ˇ˘¯¶]/gu, 1) +
    // Large letters within a word of small ones, two alphabets in one word.
    count(/(?<=\p{Ll})\p{Lu}/gu, 2) +
    count(
      /\p{Script=Latin}(?=[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Hebrew}\p{Script=Arabic}])/gu,
      4,
    ) +
    count(/[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Hebrew}\p{Script=Arabic}](?=\p{Script=Latin})/gu, 4)
  );
}
