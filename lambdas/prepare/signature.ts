import type { Removed } from '../contract/item/reading.ts';

/** What a telephone writes under everything that is sent from it. */
const SENT_FROM =
  /^(?:sent (?:from|with|via|using|by) |get outlook for |get bluemail |from my (?:iphone|ipad|android|mobile)|von meinem .{1,40} gesendet|gesendet (?:von|mit|über) |diese nachricht wurde von meinem |envoyé (?:de|depuis|avec|à partir d)[ e]|télécharger outlook |enviado (?:desde|do|da|de|com) |inviato (?:da|dal|con) |verzonden (?:vanaf|met|via) |verstuurd vanaf |skickat från |sendt fra |sent fra |lähetetty |wysłane? z |отправлено (?:с|из) |iphone'umdan gönderildi|outlook für .{1,20} beziehen|obtenir outlook pour |obtener outlook para )/i;
const DELIMITER = /^(?:--|—|_{2,4})\s*$/;
const MOST_LINES = 8;
const MOST_CHARACTERS = 400;

/** A text without its signature: a few lines below `-- ` without sentences, and a telephone's own line. */
export function withoutSignature(text: string): { text: string; removed: Removed[] } {
  const lines = text.trimEnd().split('\n');
  const removed: Removed[] = [];
  const take = (from: number, kind: Removed['kind']) => {
    const characters = lines.splice(from).join('\n').trim().length;
    if (characters > 0) removed.push({ kind, characters });
    while (lines.length > 0 && !lines.at(-1)?.trim()) lines.pop();
  };
  const sentFrom = () => {
    const last = lines.at(-1)?.trim() ?? '';
    if (lines.length > 1 && last.length <= 100 && SENT_FROM.test(last) && !/[?]/.test(last))
      take(lines.length - 1, 'sent-from');
  };
  sentFrom();
  const from = lines.findLastIndex((line) => DELIMITER.test(line));
  const block = lines.slice(from + 1).filter((line) => line.trim());
  const short = block.length <= MOST_LINES && block.join('\n').length <= MOST_CHARACTERS;
  if (from > 0 && short && block.every((line) => isOfASignature(line.trim()))) take(from, 'signature');
  sentFrom();
  return { text: lines.join('\n'), removed };
}

/** A way to reach somebody, or a few words that are names and titles by their capitals. */
function isOfASignature(line: string): boolean {
  if (line.length > 100 || /[?!]$/.test(line)) return /^[^.?]{1,30}!$/.test(line) && /@/.test(line);
  if (
    /[^\s@]@[^\s@]|https?:\/\/|www\.|mailing list|(?:\+|\b0)[\d\s()/.-]{6,}/i.test(line) ||
    SENT_FROM.test(line)
  )
    return true;
  const words = line.split(/\s+/);
  return (
    words.length <= 8 &&
    (words.length === 1 || words.every((word) => !/^[^\p{L}]*\p{Ll}[\p{L}'’-]{3,}/u.test(word)))
  );
}
