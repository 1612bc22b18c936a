/*
 * Two help centres answer here: `articles` is of the card app, `help` of Rho-Bank. What a message names says which; passages of the one
 * are never sent about the other, nor those of a product about another one.
 */

const ACCOUNTS =
  'beige, blue, bluest, bronze, cobalt blue, dark green, diamond elite, evergreen, gold, gold plus, gold years, green, green fee-free, hunter green, light blue, light green, lime green, navy blue, platinum, platinum plus, purple, silver, silver plus, sky blue, true blue, world blue';
const CARDS =
  'bronze rewards, business bronze rewards, business gold rewards, business platinum rewards, business silver rewards, diamond elite, gold rewards, green rewards, platinum rewards, silver rewards, silver zoom';
const SAVERS = 'bronze, emerald, gold, gold plus, silver, silver plus';
const OTHERS = ['crypto-cash back', 'diamond vault', 'ecocard', 'platinum reserve'];

const all = (names: string, kind: string) => names.split(', ').map((name) => `${name} ${kind}`);

/** Products of Rho-Bank. */
const PRODUCTS = [...all(ACCOUNTS, 'account'), ...all(CARDS, 'card'), ...all(SAVERS, 'saver'), ...OTHERS];

/** Names of the bank, and of what all its customers have. */
const HOUSE = ['rho-bank', 'rho bank', 'rhobank', 'everyone pay', 'split-the-bill', 'bnpl'];

/** What the names of files begin with, before the product. */
const KIND =
  /^(?:(?:business-)?(?:bank|checking|savings)-accounts|(?:business-)?credit-cards|buy-now-pay-later)-/;

// The longest name first: a "Light Green Account" is no "Green Account".
const NAMES = [...PRODUCTS, ...HOUSE].sort((one, other) => other.length - one.length);
const NAMED = new RegExp(`(?<![\\p{L}\\p{N}])(?:${NAMES.join('|')})(?![\\p{L}\\p{N}])`, 'giu');

/** Names of Rho-Bank and its products in a text, in lower case. */
export function namedIn(text: string): Set<string> {
  const plain = text.replaceAll(/[\u2010-\u2015]/g, '-').replaceAll(/\s+/g, ' ');
  return new Set([...plain.matchAll(NAMED)].map(([name]) => name.toLowerCase()));
}

/** The help centre that answers a message. */
export function centreOf(text: string): 'articles' | 'help' {
  return namedIn(text).size > 0 ? 'help' : 'articles';
}

/* What only somebody with access to an account does: no article does it, whatever it says. */
const DONE =
  '(?:appl(?:y|ied)|cancel|change|close|deactivate|dispute|file|increase|open|order|raise|refund|remove|replace|report|reverse|send|switch|transfer|upgrade|waive)';
const WANTS = new RegExp(
  `\\b(?:i|we) (?:want|need|wish|would like|'d like|’d like|am (?:calling|writing|trying)|are (?:calling|writing|trying)) (?:you )?to ${DONE}\\b|\\bplease (?:also )?${DONE}\\b|\\b(?:can|could|will|would) you (?:please )?${DONE}\\b`,
  'i',
);

/** Whether a message asks for something to be done with an account, and not only how it is done. */
export function wantsDone(text: string): boolean {
  return WANTS.test(text.replaceAll(/\s+/g, ' '));
}

/** Whether a document is about another product than the named ones. What is about no product fits all. */
export function isOfAnother(source: string, named: ReadonlySet<string>): boolean {
  const wanted = PRODUCTS.filter((product) => named.has(product));
  const own = PRODUCTS.filter((product) => isOf(source, product));
  return own.length > 0 && wanted.length > 0 && !wanted.some((product) => own.includes(product));
}

function isOf(source: string, product: string): boolean {
  const rest = source.replace(/\.md$/, '').replace(KIND, '');
  const name = product.replaceAll(' ', '-');
  return rest === name || rest.startsWith(`${name}-`) || rest === name.replace(/-account$/, '');
}
