import { stem, type Trade } from '../../../local/sandbox/words.ts';

/** Words of all banking: sharing one of them with an article is no sign that the article answers. */
const COMMON = new Set(
  `account amount app ask bank card day find help issue money month order paid pay payment purchase receive
  send show statement time transaction transfer work`
    .split(/\s+/)
    .map(stem),
);

/** Different words of customers and articles for one thing. */
const synonyms: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    cash: 'atm atms machine withdraw withdrawal withdrawals withdrew withdrawing',
    declined: 'reject rejected rejecting refused refusing denied fails failing decline declining',
    arrive: 'arrived arriving arrival deliver delivered delivery come came tracking track',
    passcode: 'password code passcodes login log logged locked',
    forgot: 'forget forgotten remember recall',
    exchange:
      'exchanged exchanging conversion convert converted currency currencies foreign rate rates abroad',
    fee: 'fees charge charged charges charging cost costs price prices',
    stolen: 'stole steal theft mugged robbed missing',
    lost: 'lose losing',
    recognise: 'recognize recognised recognized unknown strange unfamiliar odd',
    twice: 'duplicate double doubled repeated multiple',
    topup: 'topups topping topped',
    child: 'children kid kids daughter son',
    additional: 'second extra spare another further',
    business: 'company companies',
    country: 'countries resident residents',
    mail: 'post mailed',
    activate: 'activating activation activated',
    expire: 'expires expiring expired expiry expiration',
    frequently: 'frequent often lot regular',
    freeze: 'block blocked blocking frozen',
    refund: 'refunds refunded reimburse reimbursed',
  }).flatMap(([canonical, words]) =>
    [canonical, ...words.split(' ')].map((word) => [stem(word), stem(canonical)]),
  ),
);

/** How customers of a bank write. */
export const BANKING: Trade = {
  terms: [
    [/\bpass-code/g, 'passcode'],
    [/\btop(ped|ping)?[\s-]?ups?\b|\bto(p|pping) (it |my account )?up\b/g, 'topup'],
    [/\bdirect[\s-]debits?\b/g, 'directdebit direct'],
  ],
  synonyms,
};

/**
 * What `overlap` weighs a word by: the common words of the trade little, words that no passage knows by half.
 */
export function weigh(message: Set<string>, passages: readonly Set<string>[]): Map<string, number> {
  const known = new Set(passages.flatMap((passage) => [...passage]));
  return new Map([...message].map((word) => [word, COMMON.has(word) ? 0.35 : known.has(word) ? 1 : 0.5]));
}

/**
 * How far a passage covers a message: `shared` weight in common, and its part of the message's whole weight.
 * Words of the passage's `topic` (the name of its article) count more for the ranking, in `score`.
 */
export function overlap(
  message: ReadonlyMap<string, number>,
  passage: Set<string>,
  topic: Set<string>,
): { shared: number; coverage: number; score: number } {
  let shared = 0;
  let total = 0;
  let score = 0;
  for (const [word, weight] of message) {
    total += weight;
    if (passage.has(word) || topic.has(word)) shared += weight;
    if (passage.has(word)) score += weight;
    if (topic.has(word)) score += weight * 0.8;
  }
  return { shared, coverage: total === 0 ? 0 : shared / total, score };
}
