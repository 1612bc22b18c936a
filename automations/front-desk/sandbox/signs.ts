import type { Signs } from '../../../local/sandbox/labels.ts';

/** What the sandbox model goes by at the desk. */
export const SIGNS: Signs = {
  billing: [
    [
      /\b(refund\w*|reimburse\w*|money back|chargeback|rückerstatt\w*|erstatt\w*|rembours\w*|reembols\w*|terugbetal\w*)/,
      4,
    ],
    [
      /\b(charged|charge|fees?|invoice|bill|billed|deducted|debited|direct debit|abgebucht|gebühr\w*|rechnung|facturé|cobrado|kosten)\b/,
      3,
    ],
    [
      /\b(top[ -]?up|transfer|transaction|payment|statement|withdrawal|exchange rate|überweisung|zahlung|paiement|pago|betaling)\b/,
      2,
    ],
    [/\b(twice|double|doppelt|deux fois|dos veces|dubbel)\b/, 2],
  ],
  technical: [
    [
      /\b(app|website|site|page|screen|update|bug|error|crash\w*|login|log in|sign in|password|passcode|pin)\b/,
      3,
    ],
    [
      /\b(lost|stolen|stole|missing|hacked|fraud\w*|scam\w*|declined|blocked|frozen|down|outage|offline)\b/,
      4,
    ],
    [
      /\b(not work\w*|does ?n[o']t (work|open|load|start)|is ?n[o']t working|broken|stopped working|can ?no?t (log|open|access))\b/,
      4,
    ],
    [/\b(arrived?|delivery|delivered|parcel|tracking|activate|verification|identity)\b/, 3],
    [
      /\b(funktioniert nicht|geht nicht|gestohlen|verloren|gehackt|ausfall|ne (fonctionne|marche) (pas|plus)|volée?|perdue?|no funciona|robad[ao]|perdid[ao]|werkt niet|gestolen|kwijt|storing)\b/,
      4,
    ],
    [/\b(smoking|smokes|burning|on fire|battery|electric shock|raucht|brennt)\b/, 4],
  ],
  sales: [
    [
      /\b(price list|pricing|prices?|quote|offer|discount|demo|trial|plans?|preis\w*|angebot|devis|tarifs?|presupuesto|offerte)\b/,
      4,
    ],
    [
      /\b(buy|purchase|order \d+ (units|seats|licen[cs]es)|business account|reseller|upgrade|seats|licen[cs]es|kaufen|acheter|comprar|kopen)\b/,
      4,
    ],
    [/\b(do you (sell|offer|ship|deliver|supply)|available in|interested in)\b/, 4],
  ],
};
