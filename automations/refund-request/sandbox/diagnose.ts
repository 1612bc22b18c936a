import { spansInDays } from './spans.ts';

export interface Rule {
  rule: string;
  text: string;
}
export interface Diagnosis extends Record<string, unknown> {
  decision: 'refund' | 'partial' | 'deny' | 'unclear';
  amount: string;
  rules: string[];
  brief: string;
}
export interface Claim {
  label: string;
  amount: string;
  text: string;
  policy: readonly Rule[];
}

/**
 * How each kind of rule reads in a policy. Days and percentages are taken from the rule itself, so that an
 * edited policy counts.
 */
const RULES = {
  duplicate: /charged (twice|more than once)/i,
  notReceived: /not (yet )?(arrived|received)/i,
  damaged: /\b(broken|faulty)\b/i,
  blemished: /\bscratch/i,
  cancelledEarly: /cancell?ed before/i,
  cancelledLate: /cancell?ed after/i,
  tooLate: /more than \d+ days/i,
  digital: /\b(digital|redeemed)\b/i,
  chargeback: /\bchargeback\b/i,
} as const;
type Kind = keyof typeof RULES;

/** Judges a claim by the text alone, as the prompt asks: rules that exclude go before rules that grant. */
export function diagnose(claim: Claim): Diagnosis {
  const find = (kind: Kind) => claim.policy.find(({ rule, text }) => RULES[kind].test(`${rule} ${text}`));
  const text = claim.text.toLowerCase().replaceAll('’', "'");
  const spans = spansInDays(text);
  const age = spans.length === 0 ? undefined : Math.max(...spans);

  const chargeback = find('chargeback');
  if (chargeback && chargebackIsOpen(text)) return deny(chargeback, 'A chargeback for this order is open');
  const digital = find('digital');
  if (digital && digitalWasUsed(text)) return deny(digital, 'The digital goods were already used');
  const tooLate = find('tooLate');
  if (tooLate && age !== undefined && age > daysIn(tooLate)) {
    return deny(tooLate, `The event lies about ${age} days back`);
  }
  return byLabel(claim, text, age, find);
}

function byLabel(
  claim: Claim,
  text: string,
  age: number | undefined,
  find: (kind: Kind) => Rule | undefined,
): Diagnosis {
  switch (claim.label) {
    case 'duplicate-charge':
      return grant(claim, find('duplicate'), 'The customer was charged more than once for one order');
    case 'not-received': {
      const rule = find('notReceived');
      if (age === undefined) return unclear('The request does not say when the goods were shipped');
      if (rule && age < daysIn(rule))
        return unclear(`Only ${age} days have passed since shipping: ask the carrier`);
      return grant(claim, rule, `The goods have not arrived after ${age} days`);
    }
    case 'damaged': {
      const kept = /\b(keep|keeping|kept|live with)\b/.test(text);
      const blemish = /\b(scratch|dent|scuff|mark|chip|stain)/.test(text);
      if (blemish && kept)
        return grant(claim, find('blemished'), 'A small fault, and the customer keeps the goods');
      if (blemish && !SERIOUS.test(text))
        return unclear('A small fault, but not said whether the goods are kept');
      const rule = find('damaged');
      if (rule && age !== undefined && age > daysIn(rule))
        return unclear(`The damage was reported after ${age} days`);
      return grant(claim, rule, 'The goods arrived broken, faulty or wrong');
    }
    case 'cancelled': {
      if (USED.test(text)) return unclear('The goods were opened or used');
      if (NOT_SHIPPED.test(text))
        return grant(claim, find('cancelledEarly'), 'Cancelled before it was shipped');
      if (SHIPPED.test(text))
        return grant(claim, find('cancelledLate'), 'Cancelled after it was shipped, or sent back unused');
      return unclear('The request does not say whether the order was already shipped');
    }
    default:
      return unclear('No rule of the policy fits the reason given');
  }
}

const SERIOUS =
  /\b(broke|broken|crack|smash|shatter|fault|defect|leak|wrong|incomplete|missing|not work|n't work|dead|instead)/;
const USED =
  /(?<!un)(?<!not (been )?)(?<!never (been )?)\b(used it|worn|wore|opened it|have used|was used)\b/;
const NOT_SHIPPED =
  /\b(before|not|n't|never|pending|nothing)\b.{0,25}\b(ship|shipp|dispatch|sent|left|post|process)|\bminutes? (after|later)|\bstill (pending|processing)/;
const SHIPPED =
  /\b(shipped|dispatched|on (its|the) way|arrived|delivered|sent (it|them|this|the \w+( \w+)?) back|return(ed|ing)?|unopened|unused)\b/;

function chargebackIsOpen(text: string): boolean {
  const bank = /\b(bank|issuer|card company|visa|mastercard|paypal)\b/;
  const dispute = /\bcharge-?back|\bdisput(e|ed|ing)\b/;
  const notOpen =
    /\b(will|going to|'ll|or else|otherwise|if|may|might|could|no|not|n't|without|never)\b.{0,40}(charge-?back|disput)/;
  return dispute.test(text) && (/charge-?back/.test(text) || bank.test(text)) && !notOpen.test(text);
}

function digitalWasUsed(text: string): boolean {
  const goods = /\b(gift ?card|voucher|licen[cs]e|activation|key|code|download|e-?book|software|game)\b/;
  const used =
    /(?<!not (yet )?)(?<!never )(?<!n't )\b(redeemed|activated|downloaded|already (used|opened|read|played))\b/;
  return goods.test(text) && used.test(text);
}

function grant(claim: Claim, rule: Rule | undefined, fact: string): Diagnosis {
  if (rule === undefined) return unclear(`${fact}, but the policy has no rule for it`);
  const percent = /(\d+) ?%/.exec(rule.text)?.[1];
  const amount = percent === undefined ? claim.amount : share(claim.amount, Number(percent));
  const part = percent === undefined ? 'the whole amount' : `${percent} % of the amount`;
  const decision = percent === undefined ? 'refund' : 'partial';
  return { decision, amount, rules: [rule.rule], brief: `${fact}: ${rule.rule} grants ${part}.` };
}

function deny(rule: Rule, fact: string): Diagnosis {
  return {
    decision: 'deny',
    amount: '0.00',
    rules: [rule.rule],
    brief: `${fact}: ${rule.rule} excludes a refund.`,
  };
}

function unclear(fact: string): Diagnosis {
  return { decision: 'unclear', amount: '0.00', rules: [], brief: `${fact}.` };
}

function daysIn(rule: Rule): number {
  return Number(/(\d+) days/.exec(rule.text)?.[1] ?? Number.POSITIVE_INFINITY);
}

/** In whole cents, rounded down: never a cent more than the rule grants. */
function share(amount: string, percent: number): string {
  const cents = Math.floor((Math.round(Number(amount) * 100) * percent) / 100);
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}
