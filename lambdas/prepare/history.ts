import type { Removed } from '../contract/item/reading.ts';
import { ATTRIBUTED } from '../kit/html/layout.ts';
import { attributionAt, isField, isHeaderBlock } from './attribution.ts';
import { withoutSignature } from './signature.ts';

const QUOTED = /^\s*>/;
const RULED = (words: string) =>
  new RegExp(`^[\\s>*]{0,8}[-_–—*]{2,}\\s?(?:${words})\\s?:?[-_–—*]{2,}$`, 'iu');
const ORIGINAL = RULED(
  "original message|original email|reply message|ursprüngliche nachricht|originalnachricht|urspr(?:\\.|üngl\\.?) nachricht|message d['’]origine|message original|courriel original|mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht|ursprungligt meddelande|originalmeddelande|opprinnelig melding|oprindelig meddelelse|alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość|původní zpráva|eredeti üzenet|исходное сообщение|orijinal mesaj",
);
const FORWARDED =
  /^[\s>*]{0,8}(?:[-_–—*]{2,}\s?)?(?:begin forwarded message|forwarded message(?: follows)?|forwarded by .{1,80}|weitergeleitete nachricht|anfang der weitergeleiteten nachricht|message transféré|début du message (?:transféré|réexpédié)|mensaje reenviado|mensagem encaminhada|messaggio inoltrato|inizio messaggio inoltrato|doorgestuurd bericht|vidarebefordrat meddelande|videresendt (?:melding|meddelelse)|välitetty viesti|wiadomość przekazana|пересылаемое сообщение)\s?:?\s?(?:[-_–—*]{2,})?$/iu;
const RULE = /^[\s>*]{0,8}[-_–—=]{4,}\s*$/;
const FORWARD = /^\s*(?:fwd?|wg|tr|rv|enc|i|vs|vl|pd|fs)\s?:/i;
const REPLY = /^\s*(?:re|aw|antw|sv|res|r|rif|odp|vs|ynt|回复)\s?(?:\[\d+\]\s?)?:/i;

/** Every line that a mail program writes has one of these; most lines of a text have none. */
const TELLING = new RegExp(`[:>@${ATTRIBUTED}]|[-_–—=*]{2}|forwarded`, 'i');

/** Lines that are looked at in earnest; of a text with more of them all is kept from there on. */
const MOST_LOOKS = 2000;

export interface Kept {
  text: string;
  removed: Removed[];
}

/**
 * What somebody wrote, without what was written before it. It goes only where a mail program's own words stand over it: who wrote
 * when, or the header of a message. Lines that a customer marked as quoted, forwards, and answers below or between are kept. Where
 * nothing would be left, all is.
 */
export function withoutHistory(text: string, subject = ''): Kept {
  const whole = text.replaceAll(ATTRIBUTED, '');
  const lines = text.split('\n');
  const { kept, taken, unsure } = walk(lines, FORWARD.test(subject));
  const own = withoutSignature(kept.join('\n'));
  if (!own.text.trim()) return { text: whole, removed: [] };
  const old = taken.join('\n').trim().length;
  const kind = unsure && !REPLY.test(subject) ? 'history' : 'quote';
  return {
    text: own.text,
    removed: [...(old > 0 ? [{ kind, characters: old } as const] : []), ...own.removed],
  };
}

/** `unsure`: the header of a message may stand over a reply's history, or over what was forwarded. */
function walk(
  lines: readonly string[],
  forward: boolean,
): { kept: string[]; taken: string[]; unsure: boolean } {
  const kept: string[] = [];
  const taken: string[] = [];
  const take = (from: number, to: number) => {
    for (const line of lines.slice(from, to)) taken.push(line);
  };
  let attributed = false;
  let looks = MOST_LOOKS;
  for (let at = 0; at < lines.length; at += 1) {
    const line = (lines[at] ?? '').replaceAll(ATTRIBUTED, '');
    if (looks === 0 || !TELLING.test(lines[at] ?? '')) {
      kept.push(line);
      continue;
    }
    looks -= 1;
    if (FORWARDED.test(line)) return { kept: kept.concat(lines.slice(at)), taken, unsure: false };
    if (!forward && beginsHistory(lines, at) && kept.some((above) => above.trim())) {
      take(at, lines.length);
      return { kept: withoutHeading(kept), taken, unsure: !ORIGINAL.test(line.trim()) };
    }
    if (attributed && QUOTED.test(line)) {
      taken.push(line);
      continue;
    }
    const attribution = attributionAt(lines, at);
    if (attribution && (attribution.sure || QUOTED.test(below(lines, at)))) {
      kept.length -= Math.min(kept.length, at - attribution.from);
      take(attribution.from, at + 1);
      attributed = true;
      if (QUOTED.test(line) || QUOTED.test(below(lines, at))) continue;
      take(at + 1, lines.length);
      return { kept, taken, unsure: false };
    }
    kept.push(line);
  }
  return { kept, taken, unsure: false };
}

/** Without the rules and the fields of a header that stand right above the history; perhaps nothing is left. */
function withoutHeading(kept: readonly string[]): string[] {
  const isOwn = (line: string) => line.trim() !== '' && !isField(line) && !RULE.test(line);
  return kept.slice(0, kept.findLastIndex(isOwn) + 1);
}

/** The next line with words, not far below. */
function below(lines: readonly string[], at: number): string {
  return lines.slice(at + 1, at + 5).find((line) => line.trim()) ?? '';
}

function beginsHistory(lines: readonly string[], at: number): boolean {
  const line = lines[at]?.trim() ?? '';
  if (ORIGINAL.test(line) || isHeaderBlock(lines, at)) return true;
  if (!RULE.test(line)) return false;
  const next = lines.slice(at + 1, at + 4).findIndex((under) => under.trim());
  return next >= 0 && isHeaderBlock(lines, at + 1 + next);
}
