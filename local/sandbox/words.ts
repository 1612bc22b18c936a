/** Words that say nothing about the subject of a message. */
const STOP = new Set(
  list(`
  a able about above after again ago all also am an and any anybody anything are arent as ask assist
  assistance at back be because been before being but by can cant check could couldnt couple things current currently day dear desperately
  did didnt do does doesnt doing done down each ever explain for from get getting give go going good got had happen
  happened happening happy has hasnt have havent having he hello her here hey hi him his how however i id
  if ill im in into is isnt it its ive just keep keeping keeps kind know last let like ll look made make
  makes many may me merchant might more most much must my need never new no nor not now of off offer
  offered ok old on once one only or other our out over own perform please possible problem put re really
  reason regards request requested s same see seem seems seller she shop should shouldnt since so some
  someone something start still such sure t take tell than thank thanks that the their them then there
  theres these they thing think this those though to today too tried try trying two unable understand until
  up us use used using very want wanted was wasnt way we week weeks well were werent weve what whats when
  where which while who why will with without wont would wrong yes yesterday yet you your`),
);

/** Words of the whole trade: sharing one of them with an article is no sign that the article answers. */
const COMMON = new Set(
  list(`account amount app ask bank card day find help issue money month order paid pay payment purchase receive
  send show statement time transaction transfer work`).map(stem),
);

/** Different words of customers and articles for one thing. */
const SYNONYMS: Readonly<Record<string, string>> = Object.fromEntries(
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

function list(words: string): string[] {
  return words.trim().split(/\s+/);
}

function stem(word: string): string {
  if (word.length > 5 && word.endsWith('ing')) return word.slice(0, -3);
  if (word.length > 4 && word.endsWith('ed')) return word.slice(0, -2);
  if (word.length > 3 && word.endsWith('s') && !word.endsWith('ss')) return word.slice(0, -1);
  return word;
}

/** The words of a text that carry its subject, stemmed, each once. */
export function subjectWords(text: string): Set<string> {
  const plain = text
    .toLowerCase()
    .replace(/[’']/g, '')
    .replace(/\bpass-code/g, 'passcode')
    .replace(/\btop(ped|ping)?[\s-]?ups?\b|\bto(p|pping) (it |my account )?up\b/g, 'topup')
    .replace(/\bdirect[\s-]debits?\b/g, 'directdebit direct')
    .match(/[a-z]+|\d+/g);
  const stems = (plain ?? []).filter((word) => word.length > 1 && !STOP.has(word)).map(stem);
  return new Set(stems.map((word) => SYNONYMS[word] ?? word));
}

/** What `overlap` weighs a word by: the common words of the trade little, words that no passage knows by half. */
export function weigh(message: Set<string>, passages: readonly Set<string>[]): Map<string, number> {
  const known = new Set(passages.flatMap((passage) => [...passage]));
  return new Map([...message].map((word) => [word, COMMON.has(word) ? 0.35 : known.has(word) ? 1 : 0.5]));
}

/**
 * How far a passage covers a message: `shared` weight in common, and its part of the message's whole weight. Words of the
 * passage's `topic` (the name of its article) count more for the ranking, in `score`.
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

const NUMBERS: Readonly<Record<string, number>> = {
  a: 1, an: 1, one: 1, two: 2, couple: 2, three: 3, few: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10,
  eleven: 11, twelve: 12, last: 1,
}; // biome-ignore format: a table reads better in rows
const UNITS: Readonly<Record<string, number>> = { day: 1, week: 7, month: 30, year: 365 };

/** Every span of time a text speaks of, in days; rules it quotes ("within 30 days", "60-day policy") are left out. */
export function spansInDays(text: string): number[] {
  const number = '\\d+|' + Object.keys(NUMBERS).join('|');
  const span = new RegExp(
    `(within |under )?\\b(${number})(?: of)?[\\s-]+(?:full |whole |business |working )?(day|week|month|year)s?\\b(?! (?:policy|window|limit|warranty|guarantee|trial|return))`,
    'gi',
  );
  const days = [...text.matchAll(span)]
    .filter((match) => match[1] === undefined)
    .map((match) => {
      const count = (match[2] ?? '').toLowerCase();
      return (NUMBERS[count] ?? Number(count)) * (UNITS[(match[3] ?? '').toLowerCase()] ?? 1);
    });
  return /\byesterday\b/i.test(text)
    ? [...days, 1]
    : /\b(today|this morning)\b/i.test(text)
      ? [...days, 0]
      : days;
}
