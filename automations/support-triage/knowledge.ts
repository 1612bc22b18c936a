import type { Passage } from '../../lambdas/contract/parameters.ts';
import appLogin from './knowledge/app-login.md';
import businessPlan from './knowledge/business-plan.md';
import cardDelivery from './knowledge/card-delivery.md';
import cashWithdrawal from './knowledge/cash-withdrawal.md';
import declinedPayment from './knowledge/declined-payment.md';
import directDebit from './knowledge/direct-debit.md';
import exchangeRate from './knowledge/exchange-rate.md';
import lostOrStolenCard from './knowledge/lost-or-stolen-card.md';
import refundTiming from './knowledge/refund-timing.md';
import topUp from './knowledge/top-up.md';

/*
 * One paragraph of an article is a passage: the unit that is found, and that a customer is sent word for
 * word.
 */

const articles: Record<string, string> = {
  'app-login': appLogin,
  'business-plan': businessPlan,
  'card-delivery': cardDelivery,
  'cash-withdrawal': cashWithdrawal,
  'declined-payment': declinedPayment,
  'direct-debit': directDebit,
  'exchange-rate': exchangeRate,
  'lost-or-stolen-card': lostOrStolenCard,
  'refund-timing': refundTiming,
  'top-up': topUp,
};

export const passages: readonly Passage[] = Object.entries(articles).flatMap(([name, markdown]) =>
  markdown
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph.trim() && !paragraph.startsWith('#'))
    .map((paragraph, index) => ({
      id: `${name}#${index + 1}`,
      text: paragraph.replaceAll('\n', ' ').trim(),
    })),
);

const STOP = new Set(
  'a an and are as at be but by can do does for from has have how i if in is it my me no not of on or our so that the their there they this to was we were what when where which who why will with you your please hello hi thanks'.split(
    ' ',
  ),
);

function terms(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.filter((word) => !STOP.has(word)).map((word) => word.replace(/(?:ing|ed|es|s)$/, ''));
}

/**
 * The best passages by BM25 (Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75); none that shares no word with
 * the query.
 */
export function search(corpus: readonly Passage[], query: string, most: number): Passage[] {
  const documents = corpus.map((passage) => ({ passage, words: terms(`${passage.id} ${passage.text}`) }));
  const average = documents.reduce((sum, { words }) => sum + words.length, 0) / Math.max(1, documents.length);
  const wanted = [...new Set(terms(query))];
  const idf = new Map(
    wanted.map((term) => {
      const holding = documents.filter(({ words }) => words.includes(term)).length;
      return [term, Math.log(1 + (documents.length - holding + 0.5) / (holding + 0.5))];
    }),
  );
  const scored = documents.map(({ passage, words }) => {
    const score = wanted.reduce((sum, term) => {
      const times = words.filter((word) => word === term).length;
      const norm = times + 1.2 * (0.25 + (0.75 * words.length) / average);
      return sum + ((idf.get(term) ?? 0) * times * 2.2) / norm;
    }, 0);
    return { passage, score };
  });
  const hits = scored.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
  return hits.slice(0, most).map(({ passage }) => passage);
}
