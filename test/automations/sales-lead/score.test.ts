import { describe, expect, it } from 'vitest';
import {
  BANDS,
  bandOf,
  FROM,
  type LeadFacts,
  POINTS,
  scoreOf,
} from '../../../automations/sales-lead/score.ts';

const BEST: LeadFacts = { size: '250-999', industry: 'core', region: 'EMEA', fit: 'good', intent: 'buying' };
const UNKNOWN = { size: 'unknown', industry: 'unknown', region: 'unknown' } as const;

describe('the score of a lead', () => {
  it.each<[string, Partial<LeadFacts>, number, string]>([
    ['all that speaks for it', {}, 100, 'hot'],
    ['a smaller company', { size: '50-249' }, 95, 'hot'],
    ['one that only asks', { intent: 'learning' }, 80, 'hot'],
    ['ten people who only ask', { size: '10-49', intent: 'learning' }, 65, 'warm'],
    ['another industry, comparing', { size: '10-49', industry: 'adjacent', intent: 'comparing' }, 60, 'warm'],
    [
      'a part of it fits',
      { size: '1-9', industry: 'adjacent', fit: 'partial', intent: 'learning' },
      30,
      'cold',
    ],
    ['nobody knows the company', UNKNOWN, 35, 'cold'],
    ['an industry that is not served', { industry: 'not served', region: 'not served' }, 65, 'warm'],
    ['nothing that is known', { ...UNKNOWN, fit: 'unclear', intent: 'unclear' }, 0, 'cold'],
  ])('%s', (_, facts, score, band) => {
    expect(scoreOf({ ...BEST, ...facts })).toBe(score);
    expect(bandOf(score)).toBe(band);
  });

  it('comes to 100 at most, and to less than warm by what a model says alone', () => {
    const most = Object.values(POINTS).map((points) => Math.max(...Object.values(points)));
    expect(most.reduce((sum, one) => sum + one, 0)).toBe(100);
    const said = Math.max(...Object.values(POINTS.fit)) + Math.max(...Object.values(POINTS.intent));
    expect(said).toBeLessThan(FROM.warm);
  });

  it('is of the band whose first score it reaches', () => {
    for (const band of BANDS) expect(bandOf(FROM[band])).toBe(band);
    expect([39, 69].map(bandOf)).toEqual(['cold', 'warm']);
  });

  it.each([
    ['a value of no table', { ...BEST, size: 'huge' }],
    ['a name that every object has', { ...BEST, fit: 'constructor' }],
    ['no text', { ...BEST, intent: 1 }],
    ['a fact that is missing', { size: '10-49' }],
  ])('is none for %s', (_, facts) => {
    expect(scoreOf(facts as never)).toBeUndefined();
  });
});
