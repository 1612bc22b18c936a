import type { Verdict } from '../../lambdas/contract/item/status.ts';

/*
 * Who is no customer, and what becomes of them. A model alone never turns anybody away: code must see the signs as well, or the CRM
 * must say it. Where the two differ, a person looks.
 */

interface NoLead {
  /** Where model and signs agree. Of people who wait for an answer of somebody else here, a person is told. */
  verdict: Exclude<Verdict, 'act'>;
  /** In a text, in small letters. */
  signs?: readonly RegExp[];
}

export const NO_LEADS = {
  student: {
    verdict: 'refuse',
    signs: [
      /\b(?:bachelor|master|diploma|doctoral|phd)(?:'s|s)?[ -]?(?:thesis|theses|project|dissertation)\b/,
      /\bmy (?:thesis|dissertation|term paper|coursework|university project|school project)\b/,
      /\b(?:bachelor|master|diplom|haus|facharbeit)-?arbeit\b/,
      /\b(?:university|college) assignment\b/,
    ],
  },
  'job seeker': {
    verdict: 'ask',
    signs: [
      /\b(?:my|attached|enclosed) (?:cv|c\.v\.|résumé|resume)\b/,
      /\b(?:apply|applying|application) for (?:a|an|the|your) [\w -]{0,40}?(?:job|position|role|internship|vacancy)\b/,
      /\blooking for (?:a|an) (?:job|internship|traineeship|apprenticeship)\b/,
      /\b(?:bewerbung|bewerbe mich|praktikumsplatz|lebenslauf)\b/,
    ],
  },
  vendor: {
    verdict: 'refuse',
    signs: [
      /\b(?:seo|backlinks?|link building|guest posts?|sponsored posts?)\b/,
      /\b(?:we|our (?:agency|team|company)) (?:offer|offers|provide|provides|help|helps) [\w ,'-]{0,60}?(?:your (?:website|business|company|sales|brand)|companies like yours)\b/,
      /\b(?:lead lists?|email lists?|outsourc\w+|offshore developers?|web ?design services?)\b/,
      /\bgrow your (?:business|traffic|revenue|sales|audience)\b/,
    ],
  },
  spam: {
    verdict: 'refuse',
    signs: [
      /\b(?:crypto(?:currency)? (?:investment|giveaway)|bitcoin profit|forex signals?|online casino|payday loans?)\b/,
      /\b(?:you (?:have )?won|claim your (?:prize|reward)|inheritance of|unclaimed funds)\b/,
      /\b(?:viagra|cialis|weight[- ]loss pills?)\b/,
    ],
  },
  /** By the CRM alone: nobody tells it of himself. */
  competitor: { verdict: 'refuse' },
} as const satisfies Readonly<Record<string, NoLead>>;

export const REASONS = Object.keys(NO_LEADS) as readonly (keyof typeof NO_LEADS)[];
export type Reason = keyof typeof NO_LEADS;

/** What says that it is no lead, beside the model. */
export const PROOFS = ['the text', 'the CRM', 'nothing'] as const;

/** Every kind of which the text has a sign. */
export function signsIn(text: string): Reason[] {
  const lower = text.toLowerCase().replaceAll('’', "'");
  return REASONS.filter((reason) => {
    const { signs = [] }: NoLead = NO_LEADS[reason];
    return signs.some((sign) => sign.test(lower));
  });
}
