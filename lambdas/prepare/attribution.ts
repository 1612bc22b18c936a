import { ATTRIBUTED } from '../kit/html/layout.ts';

/* Who wrote what follows, as mail programs say it: on one line or several, in many languages. */

const alternatives = (list: string) =>
  list
    .split('|')
    .map((it) => it.trim())
    .join('|');

const WROTE = alternatives(
  'wrote|writes|schrieb|geschrieben|a écrit|écrit|escribió|ha escrito|escreveu|ha scritto|scrive|schreef|heeft geschreven|skrev|skriver|kirjoitti|napisał|napisała|napisał\\(a\\)|pisze|napsal|napsala|napsal\\(a\\)|napísal|írta|a scris|yazdı|написал|написала|пишет|έγραψε|escrigué|va escriure|さんが書きました|写道',
);
const VERB = new RegExp(`(?:^|[\\s:,>])(?:${WROTE})(?=[\\s:]|$)`, 'iu');
const ENDS = new RegExp(`(?:(?:^|[\\s:,>])(?:${WROTE})\\s*:?|:)\\s*(?:-{2,})?$`, 'iu');
const DAYS =
  'mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|pon|wt|śr|czw|pt|ma|ti|ke|to|pe|la|su';
const STARTS = new RegExp(
  `^[-*\\s]*(?:(?:on|le|am|el|em|il|op|w dniu|dnia|dne|den|på|pe|tarihinde|в|στις)\\s|(?:${DAYS})[a-zäöüéèíáà.]{0,8},?\\s|\\d{1,4}[./-]|\\d{1,2}\\s)`,
  'iu',
);
/** `Ann Example <ann@example.com> schrieb am 3.4.2026 um 10:00:` */
const NAMED = /^["'\p{Lu}][^<>@]{0,80}<[^\s<>@]{1,80}@/u;
const ADDRESS = /[^\s<>@]{1,80}@[^\s<>@]{1,80}/;
const CLOCK = /(?:^|[^\d])\d{1,2}[:.h]\d{2}(?:[^\d]|$)/;

/** A longer one is a paragraph. */
const MOST_LINES = 4;
const MOST_CHARACTERS = 400;

export interface Attribution {
  from: number;
  /** No customer's sentence has it: an address or a time of day. What follows needs no quotation marks. */
  sure: boolean;
}

/** The attribution that ends in that line, if one does. */
export function attributionAt(lines: readonly string[], end: number): Attribution | undefined {
  const depth = depthOf(lines[end]);
  const last = bare(lines[end]);
  const marked = markedAbove(lines, end);
  if (marked !== undefined) return { from: marked, sure: true };
  if (!ENDS.test(last.slice(-60))) return undefined;
  let joined = '';
  for (let from = end; from > end - MOST_LINES && from >= 0; from -= 1) {
    const line = bare(lines[from]);
    joined = `${line} ${joined}`.trim();
    if (!line || depthOf(lines[from]) !== depth || joined.length > MOST_CHARACTERS) return undefined;
    if ((STARTS.test(line) || NAMED.test(line)) && /\d/.test(joined) && says(joined))
      return { from, sure: ADDRESS.test(joined) || CLOCK.test(joined) };
  }
  return undefined;
}

/** A program that quotes a quotation quotes its attribution. */
const bare = (line = '') => line.replace(/^[\s>]{0,20}/, '').trimEnd();
const depthOf = (line = '') => /^[\s>]{0,20}/.exec(line)?.[0].replaceAll(/\s/g, '').length ?? 0;

/** By a verb, or by an address and a colon: `30.09.2017, 18.30, "Ann" <ann@…>:`. */
function says(joined: string): boolean {
  return VERB.test(joined) || /<[^\s<>@]{1,80}@[^\s<>]{1,80}>:$/.test(joined);
}

/** By its mark-up. It ends with a colon, or in its line. */
function markedAbove(lines: readonly string[], end: number): number | undefined {
  for (let from = end; from > end - MOST_LINES && from >= 0; from -= 1) {
    if (lines[from]?.includes(ATTRIBUTED))
      return from === end || lines[end]?.trim().endsWith(':') ? from : undefined;
    if (!lines[from]?.trim()) return undefined;
  }
  return undefined;
}

const FIELD = (names: string) => new RegExp(`^[*_\\s]{0,3}(?:${alternatives(names)})\\s?:`, 'iu');
const FROM = FIELD('from|von|de|da|van|från|fra|lähettäjä|od|от|gönderen|expéditeur|feladó|发件人|差出人');
const OTHER = FIELD(
  "sent|date|to|cc|subject|reply-to|gesendet|datum|an|betreff|envoyé|à|objet|sujet|date d'envoi|enviado|fecha|para|asunto|data|assunto|inviato|a|oggetto|verzonden|aan|onderwerp|skickat|till|ämne|sendt|til|emne|dato|lähetetty|vastaanottaja|aihe|wysłano|wysłane|do|temat|отправлено|кому|тема|дата|gönderildi|kime|konu|odesláno|komu|předmět|发送时间|收件人|主题|送信日時|宛先|件名",
);

/** Whether the line is a field of a message's header, other than its sender. */
export function isField(line: string): boolean {
  return OTHER.test(line);
}

/** Whether another message's header begins there: its sender, and at least two more fields below. */
export function isHeaderBlock(lines: readonly string[], at: number): boolean {
  if (!FROM.test(lines[at] ?? '')) return false;
  return lines.slice(at + 1, at + 9).filter((line) => OTHER.test(line)).length >= 2;
}
