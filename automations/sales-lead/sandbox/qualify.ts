import type { StepAnswer } from '../../../local/sandbox/knowledge.ts';
import { isListOf } from '../../../local/sandbox/lists.ts';
import { stem, subjectWords, type Trade } from '../../../local/sandbox/words.ts';

interface Passage {
  id: string;
  text: string;
}

const NOT_DONE =
  /\b(?:payroll|accounting|fleet leasing|shift plans?|parcels?|own servers?|on[- ]prem\w*|guests?|restaurant)\b/i;
const DONE =
  /\b(?:technicians?|service (?:visits?|calls?)|maintenance|maintain|engineers?|visits?|installations?|repairs?|planning|field service)\b/i;
const BUYING =
  /\b(?:demo|quote|quotation|offer for|buy|start(?:ing)? (?:in|on|by|with)|begin (?:in|on|by|with)|trial|\d+ (?:seats|technicians|licen[cs]es))\b/i;
const COMPARING =
  /\b(?:compar\w+|alternatives?|versus|vs\.?|evaluat\w+|shortlist|other (?:products|vendors))\b/i;
const VAGUE = /^.{0,24}$/s;

/** Customers' words for those of the articles. */
const TRADE: Trade = {
  terms: [[/\bsingle sign-?on\b/g, 'sso']],
  synonyms: Object.fromEntries(
    Object.entries({
      costs: 'price prices pricing cost much fee quote',
      connects: 'connect connection integrate integration integrates sap odoo datev dynamics',
      data: 'gdpr lies stored stores hosting privacy',
      technician: 'engineers engineer fitter fitters',
      try: 'trial test',
      demo: 'demonstration',
    }).flatMap(([word, others]) => others.split(' ').map((other) => [stem(other), stem(word)])),
  ),
};

/** Words of the trade: sharing one of them with a passage is no sign that it answers. */
const COMMON = new Set(
  'technician visit visitplan plan customer service team month see show call product maintain state twelve'
    .split(' ')
    .map(stem),
);
const weightOf = (word: string) => (/^\d+$/.test(word) ? 0 : COMMON.has(word) ? 0.2 : 1);
/** A passage that shares less with the message speaks of something else. */
const SHARED_AT_LEAST = 1;

function pick(text: string, passages: readonly Passage[]): string[] {
  const wanted = subjectWords(text, TRADE);
  const ranked = passages
    .map(({ id, text: words }) => {
      const said = subjectWords(words, TRADE);
      const shared = [...wanted].filter((word) => said.has(word));
      return { id, weight: shared.reduce((sum, word) => sum + weightOf(word), 0) };
    })
    .filter(({ weight }) => weight >= SHARED_AT_LEAST)
    .sort((a, b) => b.weight - a.weight);
  const most = ranked[0]?.weight ?? 0;
  return ranked
    .filter(({ weight }) => weight === most)
    .slice(0, 2)
    .map(({ id }) => id);
}

/** Judges a request. While it obeys strangers, everybody is the best of customers, and passages are named that nobody gave. */
export const qualify: StepAnswer = ({ input, order }) => {
  const { passages, text } = input;
  if (!isListOf<Passage>(passages, 'id', 'text')) return undefined;
  if (order) {
    const forged = ['no-such-article#1', undefined][order.length % 2];
    const ids = [...passages.slice(-2).map(({ id }) => id), ...(forged ? [forged] : [])];
    return { fit: 'good', intent: 'buying', passages: ids, brief: order.slice(0, 400) };
  }
  const fit = NOT_DONE.test(text)
    ? 'poor'
    : DONE.test(text)
      ? 'good'
      : VAGUE.test(text)
        ? 'unclear'
        : 'partial';
  const intent = BUYING.test(text)
    ? 'buying'
    : COMPARING.test(text)
      ? 'comparing'
      : VAGUE.test(text)
        ? 'unclear'
        : 'learning';
  return {
    ...{ fit, intent, passages: pick(text, passages) },
    brief: `The request fits: ${fit}. They are ${intent === 'unclear' ? 'not clear about what they want' : intent}.`,
  };
};
