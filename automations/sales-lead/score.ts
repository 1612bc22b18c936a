import type { Industry, Region, Size } from './company.ts';

/* The score of a lead: a table of points over facts. The model gives two of them, and no number. */

export const FITS = ['poor', 'partial', 'good', 'unclear'] as const;
export type Fit = (typeof FITS)[number];
export const INTENTS = ['buying', 'comparing', 'learning', 'unclear'] as const;
export type Intent = (typeof INTENTS)[number];

/** What the directory says of the company, and what the model makes of the request. */
export interface LeadFacts {
  size: Size;
  industry: Industry;
  region: Region;
  fit: Fit;
  intent: Intent;
}

/**
 * 100 in all. What a model says comes to 35 at most, below `warm`: a request that talks a model round stays cold where no record of
 * the company speaks for it.
 */
export const POINTS: Readonly<{ [Fact in keyof LeadFacts]: Readonly<Record<LeadFacts[Fact], number>> }> = {
  size: { unknown: 0, '1-9': 5, '10-49': 15, '50-249': 25, '250-999': 30, '1000+': 30 },
  industry: { core: 25, adjacent: 10, 'not served': 0, unknown: 0 },
  region: { EMEA: 10, Americas: 10, APAC: 10, 'not served': 0, unknown: 0 },
  fit: { good: 15, partial: 5, poor: 0, unclear: 0 },
  intent: { buying: 20, comparing: 10, learning: 0, unclear: 0 },
};

export const BANDS = ['cold', 'warm', 'hot'] as const;
export type Band = (typeof BANDS)[number];
/** Scores from which a lead is of the band. */
export const FROM: Readonly<Record<Band, number>> = { cold: 0, warm: 40, hot: 70 };

/** From 0 to 100; undefined where a fact has a value that the table does not know. */
export function scoreOf(facts: Readonly<Record<keyof LeadFacts, unknown>>): number | undefined {
  let score = 0;
  for (const [fact, points] of Object.entries(POINTS)) {
    const value = facts[fact as keyof LeadFacts];
    if (typeof value !== 'string' || !Object.hasOwn(points, value)) return undefined;
    score += (points as Readonly<Record<string, number>>)[value] ?? 0;
  }
  return score;
}

export function bandOf(score: number): Band {
  if (score >= FROM.hot) return 'hot';
  return score >= FROM.warm ? 'warm' : 'cold';
}
