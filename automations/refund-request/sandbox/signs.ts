import type { Signs } from '../../../local/sandbox/labels.ts';

/** What speaks for a label, and how loudly. */
export const SIGNS: Signs = {
  'duplicate-charge': [
    [/\b(zweimal|doppelt|deux fois|dos veces|twee keer|dubbel)\b/, 6],
    [
      /\b(charged|billed|debited|paid|payment|deducted|taken|took)\b.{0,50}\b(twice|two times|2 times|three times|double|again|more than once)/,
      6,
    ],
    [
      /\b(twice|double|duplicate|two|2|three|second)\b.{0,40}\b(charges?|charged|payments?|transactions?|bookings?|debits?|billed)\b/,
      5,
    ],
    [
      /\bduplicat\w+|\bdouble[\s-]charge|\bcharged double\b|\bsame amount\b|\bonly (bought|ordered) (one|it once|once)/,
      4,
    ],
  ],
  'not-received': [
    [/\b(nie angekommen|nicht angekommen|jamais arriv|nunca (ha )?lleg|nooit (aangekomen|bezorgd))/, 6],
    [
      /\b(never|not|hasn.?t|haven.?t|didn.?t|still (not|waiting)|yet to|nothing|no sign)\b.{0,30}\b(arriv|receiv|deliver|show|got|get|come|turned up|here)/,
      5,
    ],
    [
      /\b(tracking|carrier|courier|parcel|package)\b.{0,60}\b(lost|stuck|stopped|missing|no|not|never|unchanged|same)\b/,
      5,
    ],
    [
      /\b(lost in (the )?(post|mail|transit)|missing (parcel|package|order)|non-?delivery|where is my (order|parcel|package))\b/,
      5,
    ],
    [/\bstill waiting\b|\bnever came\b|\bno (parcel|package|delivery)\b/, 4],
  ],
  damaged: [
    [/\b(kaputt|beschädigt|zerbrochen|cassée?|endommagée?|rot[oa]|dañad[oa]|kapot|beschadigd)(?!\p{L})/u, 6],
    [/\b(broken|broke|damaged?|cracked|smashed|shattered|defective|faulty|torn|leak\w*|dead|bent)\b/, 5],
    [/\b(scratch\w*|dent\w*|scuff\w*|chip(ped)?|stain\w*|mark(s|ed)?)\b/, 5],
    [
      /\b(wrong (item|size|colou?r|product|model)|incomplete|missing (part|piece|lid|cable)s?|not what i ordered)\b|\binstead of\b/,
      4,
    ],
    [/\b(does|did|do)(n.?t| not) (work|turn on|switch on|start|charge|power)|\bstopped working\b/, 4],
  ],
  cancelled: [
    [/\b(storniert|annulée?|cancelad[oa]|cancelé|geannuleerd)(?!\p{L})/u, 6],
    [/\bcancel(l?ed|l?ing|lation|s)?\b/, 5],
    [
      /\b(changed my mind|no longer (need|want)|don.?t (need|want) (it|them|this)|do not (need|want) (it|them|this))\b/,
      5,
    ],
    [
      /\b(sent|sending|send|returned?|returning) (it|them|this|the \w+( \w+)?) (back|unused|unopened|unworn)|\breturn(ed|ing)?\b/,
      4,
    ],
  ],
};
