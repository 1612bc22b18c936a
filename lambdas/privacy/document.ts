import type { ReadDocument } from '../contract/document.ts';
import { CUT_FROM, type Repair } from '../contract/intake/repair.ts';
import type { Prepared } from '../contract/item/envelope.ts';
import type { Hides, Reader, TokenBook } from '../contract/item/privacy.ts';
import type { Proposal, ProposedAction } from '../contract/item/proposal.ts';
import type { ProposalDocument } from '../contract/item/proposal-document.ts';
import type { Looked } from '../contract/steps/agent.ts';
import type { Answers } from '../contract/steps/lookup.ts';
import { digest } from '../kit/digest.ts';
import { SystemError } from '../kit/errors.ts';
import { getContent } from '../kit/objects.ts';
import { putBack } from './tokens.ts';

/*
 * A proposal document at rest holds tokens, and the digest of the book that says what they stand for: whoever changes a value there
 * changes what the gate sealed and an approver approved. Its values come back in memory only, for whoever may see them.
 */

/** The book is another than the one that the document was made with. */
export class ChangedValues extends SystemError {}

/** The parts of a document that hold words of an item or of a model. */
type Words = Pick<
  ProposalDocument,
  | 'parameters'
  | 'first'
  | 'further'
  | 'brief'
  | 'evidence'
  | 'composed'
  | 'text'
  | 'summary'
  | 'reasons'
  | 'documents'
  | 'repairs'
  | 'agents'
  | 'compensates'
  | 'question'
>;

function changed<D extends ProposalDocument>(document: D, change: <T>(value: T) => T): D {
  const { parameters, brief, evidence, composed, text, summary, reasons } = document;
  const { documents, repairs, agents, question, first, further, compensates } = document;
  const words: Words = {
    ...change({ parameters, brief, evidence, summary, reasons }),
    ...(composed ? { composed: change(composed) } : {}),
    ...(first ? { first: { ...first, summary: change(first.summary) } } : {}),
    ...(further ? { further: further.map((one) => changedAction(one, change)) } : {}),
    ...(text === undefined ? {} : { text: change(text) }),
    // The rest of it is what we call things by.
    ...(documents ? { documents: documents.map((one) => ({ ...one, name: change(one.name) })) } : {}),
    ...(repairs ? { repairs: repairs.map((one) => ({ ...change(one), by: one.by })) } : {}),
    ...(agents
      ? {
          agents: agents.map((one) => ({
            ...one,
            looked: one.looked.map((it) => ({ ...it, ...wordsOf(it, change) })),
          })),
        }
      : {}),
    ...(compensates ? { compensates: { ...compensates, summary: change(compensates.summary) } } : {}),
    ...(question
      ? { question: { ...question, confirm: change(question.confirm), edits: change(question.edits) } }
      : {}),
  };
  return { ...document, ...words };
}

/** What an action is called, and where it goes, is nobody's words. */
function changedAction<A extends ProposedAction & { summary?: string }>(
  one: A,
  change: <T>(value: T) => T,
): A {
  const { parameters, summary, composed } = one;
  return {
    ...{ ...one, parameters: change(parameters) },
    ...(summary === undefined ? {} : { summary: change(summary) }),
    ...(composed ? { composed: change(composed) } : {}),
  };
}

/** What an agent asked with, and what it found; the rest of it is what we call things by. */
function wordsOf({ asked, found }: Looked, change: <T>(value: T) => T): Partial<Looked> {
  return {
    ...(asked === undefined ? {} : { asked: change(asked) }),
    ...(found === undefined ? {} : { found: change(found) }),
  };
}

/** With tokens for personal data. */
export function hideIn<D extends ProposalDocument>(document: D, vault: Pick<Hides, 'hide'>): D {
  const { repairs } = document;
  const whole = repairs ? { ...document, repairs: repairs.map(withoutPieces) } : document;
  return changed(whole, (value) => vault.hide(value));
}

/** A text that was cut may end within a value, which nothing finds any more. */
function withoutPieces(repair: Repair): Repair {
  const { from, to } = repair;
  return {
    ...repair,
    ...(from === undefined ? {} : { from: wholeOr(from) }),
    ...(to === undefined ? {} : { to: wholeOr(to) }),
  };
}

const wholeOr = (value: unknown) => (typeof value === 'string' && value.length >= CUT_FROM ? '…' : value);

type WordsOfItem = Pick<Prepared, 'body' | 'documents' | 'feedback' | 'text' | 'whole'> & {
  proposal?: Proposal;
  answers?: Answers;
};

/** An item with tokens for personal data in all that a model may come to read. What we name things by stays as it is. */
export function hideInItem<Item extends WordsOfItem>(item: Item, vault: Pick<Hides, 'hide'>): Item {
  const { text, whole, body, documents, feedback, proposal, answers } = item;
  const pages = documents?.map((one) => ({ name: one.name, pages: one.pages, structured: one.structured }));
  // The text first: tokens are numbered as they are read.
  const hidden = vault.hide({ text, whole, body, pages, feedback, proposal, answers });
  return {
    ...{ ...item, body: hidden.body, text: hidden.text, feedback: hidden.feedback },
    ...(whole === undefined ? {} : { whole: hidden.whole }),
    ...(documents ? { documents: documents.map((one, at) => withWords(one, hidden.pages?.[at])) } : {}),
    ...(answers ? { answers: hidden.answers } : {}),
    ...(proposal ? { proposal: named(hidden.proposal ?? proposal, proposal) } : {}),
  };
}

/** Actions are called as they were. */
function named(hidden: Proposal, { action, further }: Proposal): Proposal {
  const names = further?.map((one) => one.action);
  const rest = hidden.further?.map((one, at) => ({ ...one, action: names?.[at] ?? one.action }));
  return { ...hidden, action, ...(rest ? { further: rest } : {}) };
}

interface Hidden extends Pick<ReadDocument, 'name' | 'pages'> {
  structured: ReadDocument['structured'] | undefined;
}

function withWords(document: ReadDocument, words: Hidden | undefined): ReadDocument {
  const { name = '', pages = [], structured } = words ?? {};
  return { ...document, name, pages, ...(structured ? { structured } : {}) };
}

/** Whether this reader is shown the values of the document. */
export function isShownTo({ tokens }: Pick<ProposalDocument, 'tokens'>, reader: Reader): boolean {
  return tokens === undefined || tokens.shownTo.includes(reader);
}

/**
 * The document with its values, for the action itself or for a reader who may see them; with tokens for any other.
 * @throws ChangedValues, and SystemError where the book is gone
 */
export async function inClear<D extends ProposalDocument>(
  bucket: string,
  document: D,
  reader?: Reader,
): Promise<D> {
  if (!document.tokens || (reader && !isShownTo(document, reader))) return document;
  const book = await readBook(bucket, document.itemId, document.tokens);
  return changed(document, (value) => putBack(value, book));
}

/** @throws as `inClear` does */
export async function readBook(
  bucket: string,
  itemId: string,
  tokens: { key: string; digest: string },
): Promise<TokenBook> {
  const book = await getContent<TokenBook>(bucket, tokens.key);
  if (digest(book) === tokens.digest && book.itemId === itemId) return book;
  throw new ChangedValues('the values behind the tokens are not those that were found: nothing was done');
}
