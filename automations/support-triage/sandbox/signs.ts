import type { Signs } from '../../../local/sandbox/labels.ts';

/** What speaks for a label, and how loudly. */
export const SIGNS: Signs = {
  billing: [
    [/\b(fees?|charged|charges?|overcharged|billed|invoice|bill)\b/, 3],
    [/\b(refund|reimburse|money back|chargeback|dispute)/, 3],
    [
      /\b(exchange|conversion|currency) (rates?|fees?)|\brate\b|\b(foreign|bad|wrong|high) (exchange|rate)/,
      3,
    ],
    [/\bexchang(e|ed|ing)|\b(currency|currencies|convert)/, 2],
    [/\btop(ped|ping)?[\s-]?up|\btopup|\bto up\b|\badd(ing)? (money|funds)|\bdeposit/, 4],
    [
      /\b(direct debit|standing order|transfers?|transferred|transferring|beneficiary|sepa|swift|wire|cheque|salary)/,
      3,
    ],
    [/\b(pending|duplicate|twice|double|multiple times|repeated|extra)\b/, 2],
    [
      /\b(statement|balance|transactions?|debited|debit|deducted|withdr[ae]w\w*|cash|atm|pounds?|dollars?|cost)\b|[£$€]/,
      2,
    ],
    [/\bpayments?\b|\bfunds\b|\bpaid\b|\bmoney\b/, 1],
  ],
  technical: [
    [
      /\b(app|website|site) (is |keeps? |has )?(crash|not|won.?t|will not|does|doesn|isn|fail|show|freez|clos|broken|down)/,
      4,
    ],
    [
      /\b(log ?in|logg?(ed|ing) (in|out)|sign ?in|passcode|pass-code|password|login|pin|locked out|verification code)\b/,
      4,
    ],
    [/\b(verif\w+|identity|two-factor|authenticat\w+|face id)\b/, 3],
    [
      /\b(lost|stolen|stole|missing|mugged|swallowed|ate|stuck|freeze|compromised|hacked|can.?t find my)\b/,
      4,
    ],
    [/\b(swallow\w*|ate)\b|\b(machine|atm)\b.{0,20}\b(took|kept|has) my\b.*card/, 5],
    [/\b(deliver\w*|arriv\w*|track\w*|activat\w+|expir\w+|contactless|link\w*|reactivate)\b/, 3],
    [/\b(declin\w+|reject\w*|refus\w+|not accepted|revert\w*)\b/, 3],
    [
      /\b(not|isn.?t|won.?t|doesn.?t|stopped|never|didn.?t) (let|work|connect|open|load|go|come|arrive)\w*|\bbroken?\b/,
      3,
    ],
    [/\b(error|bug|crash\w*|server|phone|device|update[ds]?|reinstall\w*|wifi|screen)\b/, 2],
    [/\b(didn.?t make|did not make|don.?t recogni[sz]e|not me|wasn.?t me|without my)\b/, 2],
    [/\b(my|new|the) (\w+ )?card\b/, 1],
  ],
  sales: [
    [
      /\b(business|company|corporate|premium|plus) (account|plan|card)|\bplans?\b|\bpricing\b|\bsubscription/,
      5,
    ],
    [
      /\b(discounts?|price break|better rate|deal for|special offer|lower prices?|free trial|trial|demo|quote)\b/,
      6,
    ],
    [/\bprices?\b.*\b(card|plan)|\bhow much (is|are|does|would)\b.*\b(plan|card|account)\b/, 4],
    [
      /\b(open|opening|create|sign(ing)? up for|set up) (an?|another|my|up an?) (\w+ )?account|\bsign up\b|\bbecome a customer/,
      5,
    ],
    [
      /\b(spare|additional|extra|second|another|more than one|multiple) (physical )?cards?\b|\b(second|extra) card/,
      5,
    ],
    [/\b(my )?(daughter|son|kids?|child(ren)?|wife|husband|partner)\b|\bhow old\b|\bage\b|\byoungest\b/, 4],
    [
      /\b(which|what|other) countries|\bcountr(y|ies)\b.*\b(support|servic|avail|operat)|\bsupport\w* .*countr|\b(live|living|reside) in\b/,
      4,
    ],
    [
      /\bdo you (offer|have|support|supply|sell|provide|operate|do business)|\bare you available\b|\bupgrad\w+|\bswitch to\b/,
      3,
    ],
    [/\b(employees?|team|accounting|start-?up|founder|switching from)\b/, 3],
    [
      /\b(order|get|apply for|want|receive|give me) (an?|another|one of your) (\w+ ){0,3}(card|mastercard|visa)\b/,
      3,
    ],
    [/\b(virtual|disposable)\b/, 2],
  ],
};
