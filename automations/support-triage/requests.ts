import * as z from 'zod/mini';
import type { StepRunner } from '../../lambdas/contract/automation.ts';
import type { Routed } from '../../lambdas/contract/item/envelope.ts';
import { cutText } from '../../lambdas/kit/text.ts';
import type { Ticket } from './automation.ts';
import splitV1 from './prompts/split.v1.md';

/*
 * Several requests in one message. A model lists them in the message's own words; code holds the list against the message. What does
 * not cover the message is no list: a person reads it.
 */

export const split = { version: 'split.v1', text: splitV1 };

/** More are a letter, and a person's. */
export const MOST_PARTS = 5;
/** A shorter quote says no request. */
const LEAST_CHARACTERS = 12;
/** Words of a line or sentence that may stand outside of the quotes: a greeting, thanks, a name, a subject. */
const MOST_LEFT = 3;
const POLITE =
  /^(?:hi|hello|hey|dear|good (?:morning|day|afternoon|evening)|many thanks|thanks|thank you|best|kind|with kind|regards|yours|cheers|hallo|guten|liebe|sehr geehrte|danke|vielen dank|mit freundlichen|bonjour|merci|cordialement|hola|gracias|saludos|beste|dank|met vriendelijke)\b[^.!?\n]*[.!,]?$/iu;

const schema = z.strictObject({
  requests: z.array(z.string().check(z.maxLength(2_000))).check(z.maxLength(MOST_PARTS + 1)),
});

/** `one`: it is asked about whole. `several`: in their order. `unsure`: why a person splits it, in fixed words. */
export type Requests =
  | { kind: 'one' }
  | { kind: 'several'; parts: string[] }
  | { kind: 'unsure'; why: string };

/** Words by which writers come to something else, in the languages of the desk. */
const ANOTHER =
  /\b(?:also|another (?:thing|question|issue|matter|request)|second(?:ly)?|besides|by the way|separately|in addition|additionally|one more thing|on a different note|unrelated|außerdem|ausserdem|zweitens|noch (?:eine|etwas)|übrigens|par ailleurs|autre question|de plus|deuxièmement|además|otra (?:pregunta|cosa)|daarnaast|ook nog|ten tweede)\b/iu;
const LISTED = /(?:^|\n)\s*(?:[-*•]|\(?\d{1,2}[.)])\s+\S[\s\S]*\n\s*(?:[-*•]|\(?\d{1,2}[.)])\s+\S/;
const QUESTIONS = /[?？؟](?=[\s"'”’)\]]|$)/gu;

/** Whether a message looks as if it asked several things. Most do not, and cost no call. */
export function mayBeSeveral(text: string): boolean {
  return (text.match(QUESTIONS)?.length ?? 0) > 1 || ANOTHER.test(text) || LISTED.test(text);
}

/** What a message asks for. A part of another message is one request: nothing is split twice. */
export async function requestsIn(item: Routed<Ticket>, step: StepRunner): Promise<Requests> {
  const { text, whole, suspicions, parent } = item;
  const isPart = parent?.automation === item.automation;
  // An order to the model is not passed on in pieces, and a text that is read in parts is asked about part by part.
  if (isPart || whole !== undefined || suspicions.length > 0 || !mayBeSeveral(text)) return { kind: 'one' };
  const { requests } = await step.model('split', { prompt: split, input: { text }, schema });
  return heldAgainst(text, requests, item.body.subject);
}

/** The list, as far as the message bears it out. `subject`: its line may stand outside of the requests. */
export function heldAgainst(text: string, requests: readonly string[], subject = ''): Requests {
  const quotes = requests.map((quote) => quote.trim()).filter((quote) => quote !== '');
  if (quotes.length === 0) return { kind: 'one' };
  if (quotes.length > MOST_PARTS) return unsure(`it asks more than ${MOST_PARTS} things`);
  const spans: { from: number; to: number }[] = [];
  for (const quote of quotes) {
    const from = text.indexOf(quote, spans.at(-1)?.to ?? 0);
    if (from < 0)
      return unsure('a request was listed in words that the message does not have, or out of order');
    if (quote.length < LEAST_CHARACTERS || !isWhole(text, from, from + quote.length))
      return unsure('a request was listed as a piece of a sentence');
    spans.push({ from, to: from + quote.length });
  }
  const above = text.startsWith(subject) ? subject : '';
  const left = outside(text, spans).replace(above, '');
  if (left.match(QUESTIONS)) return unsure('a question of the message is in no listed request');
  if (left.split(/[.!…\n]/).some(says)) return unsure('the listed requests leave out a part of the message');
  if (spans.length <= 1) return { kind: 'one' };
  return { kind: 'several', parts: spans.map(({ from, to }) => cutText(text.slice(from, to), 20_000)) };
}

const unsure = (why: string): Requests => ({ kind: 'unsure', why });

/** Whole sentences or lines: a piece of one may say the opposite ("do not close it"). */
function isWhole(text: string, from: number, to: number): boolean {
  const begins = /(?:^|[.!?…:\n]["'”’)\]]*|(?:^|\n)\s*(?:[-*•]|\(?\d{1,2}[.)]))\s*$/.test(
    text.slice(0, from),
  );
  const ends = /[.!?…]["'”’)\]]*$/.test(text.slice(from, to)) || /^\s*(?:$|\n|[.!?…])/.test(text.slice(to));
  return begins && ends;
}

function outside(text: string, spans: readonly { from: number; to: number }[]): string {
  let [left, at] = ['', 0];
  for (const { from, to } of spans) {
    left += `${text.slice(at, from)}\n`;
    at = to;
  }
  return left + text.slice(at);
}

function says(sentence: string): boolean {
  const words = sentence.trim().match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu) ?? [];
  return words.length > MOST_LEFT && !POLITE.test(sentence.trim());
}
