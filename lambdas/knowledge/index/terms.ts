import { cutText, withFewMarks } from '../../kit/text.ts';

/* What a text is found by. A query and the passages go through the same code, so that they meet. */

/** The language whose words are common and whose endings are taken off. */
export type Language = 'en' | 'de';

const list = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Words that are everywhere, as they are after folding. */
const COMMON: Readonly<Record<Language, ReadonlySet<string>>> = {
  en: list(
    'a an and are as at be but by can do does for from has have how i if in is it my me no not of on or our so that the their there they this to was we were what when where which who why will with you your please hello hi thanks',
  ),
  de: list(
    'aber als am an auch auf aus bei bin bis bitte das dass dem den der des die dies diese dieser durch ein eine einem einen einer eines er es fur habe haben hallo hat ich ihr ihre im in ist kann konnen mein meine mich mir mit nach nicht noch nur oder sein sich sie sind so und uns unser unsere vom von vor war was wenn werden wie wir wird wo zu zum zur danke',
  ),
};

/** Scripts that put no blanks between words: what is found there are pairs of characters. */
const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\\u30FC';
const RUN = new RegExp(`[${UNSPACED}\\p{M}]+|(?:(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}])+`, 'gu');
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, 'u');
/** An accent changes no word that people look for; in other scripts a mark is part of its letter. */
const ACCENTS = /(?<=\p{Script=Latin})\p{M}+/gu;

/** No word is as long; what is, is bytes. */
const LONGEST = 64;

/** One form of letters: lower case, without width, ligatures and accents. */
function folded(text: string): string {
  return withFewMarks(text)
    .normalize('NFKD')
    .replaceAll(ACCENTS, '')
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('ß', 'ss');
}

/** The words of a text, each as often and in the order as it stands there, without the common ones. */
export function termsIn(text: string, language: Language): string[] {
  const terms: string[] = [];
  for (const [run] of folded(text).matchAll(RUN)) {
    if (IS_UNSPACED.test(run)) terms.push(...pairsIn(run));
    else if (!COMMON[language].has(run)) terms.push(stemmed(run.slice(0, LONGEST), language));
  }
  return terms;
}

function pairsIn(run: string): string[] {
  const characters = [...run];
  if (characters.length < 2) return characters;
  return characters.slice(1).map((second, at) => `${characters[at]}${second}`);
}

/* The plural alone in English: every stronger rule found fewer of the right documents (docs/knowledge.md). */
function stemmed(word: string, language: Language): string {
  if (language === 'de') return word.length > 5 ? word.replace(/(?:ern|em|en|er|es|e|n|s)$/, '') : word;
  if (word.length < 4 || /(?:ss|us|is)$/.test(word)) return word;
  return word.replace(/ies$/, 'y').replace(/s$/, '');
}

/** Of which language more common words stand in these texts. */
export function languageOf(texts: Iterable<string>): Language {
  let german = 0;
  for (const text of texts)
    for (const [run] of folded(cutText(text, 2_000)).matchAll(RUN)) {
      if (COMMON.de.has(run)) german += 1;
      if (COMMON.en.has(run)) german -= 1;
    }
  return german > 0 ? 'de' : 'en';
}
