import type { Signs } from '../../../local/sandbox/labels.ts';

/** What speaks for a label, and how loudly. */
export const SIGNS: Signs = {
  demo: [
    [/\bdemos?\b|\bdemonstration\b/, 6],
    [/\b(?:show (?:us|me)|see (?:it|the product)|talk to (?:somebody|someone|sales)|call me)\b/, 3],
  ],
  pricing: [
    [/\b(?:prices?|pricing|costs?|how much|discounts?|quotes?|offer for|quotation|licen[cs]es?)\b/, 6],
    [/\b(?:preis|angebot|kosten)/, 4],
  ],
  product: [
    [/\b(?:does|can|is) (?:it|visitplan|your (?:product|software))\b/, 3],
    [
      /\b(?:features?|connects?|connection|interface|api|integrat\w+|plan(?:s|ned|ning)? (?:the )?visits?|technicians?)\b/,
      2,
    ],
    [/\b(?:data|secure|security|gdpr|iso 27001|single sign-on|trial|try it|subcontractors?|payroll)\b/, 2],
  ],
  partnership: [[/\b(?:partners?|partnership|resellers?|resell|reselling|white[- ]label|joint)\b/, 7]],
  'no lead': [
    [/\b(?:seo|backlinks?|guest posts?|lead lists?|outsourc\w+|grow your (?:traffic|business))\b/, 8],
    [/\b(?:cv|résumé|internship|apply(?:ing)? for|job|bewerbung)\b/, 8],
    [/\b(?:thesis|bachelor|assignment)\b/, 5],
    [/\b(?:casino|crypto(?:currency)?|you won|prize|unclaimed funds|viagra)\b/, 8],
    [/\b(?:newsletter swap|promote your brand|advertis\w+ with us)\b/, 8],
  ],
};
