import { describe, expect, it } from 'vitest';
import { judged } from '../../../lambdas/models/similar/judge/facts.ts';
import { signsOf, wordsOf } from '../../../lambdas/models/similar/judge/words.ts';
import { type Entry, quantised, Shelf } from '../../../lambdas/models/similar/shelf.ts';
import { vectorOf } from '../../../local/sandbox/embeddings.ts';

const question = (text: string) => ({
  vector: quantised(vectorOf(text)),
  signs: signsOf(wordsOf(text)),
  judged: judged(text),
});

let made = 0;

function entry(text: string, answer: string, fields: Partial<Entry> = {}): Entry {
  made += 1;
  const name = `e${made}`;
  return {
    ...question(text),
    id: name,
    item: name,
    sender: name,
    nth: made,
    answer,
    expiresAt: 2,
    ...fields,
  };
}

const BILL = 'please explain the invoice of my account';

function shelf(...entries: Entry[]): Shelf {
  const all = new Shelf(100);
  for (const one of entries) all.add(one);
  return all;
}

describe('a shelf of questions', () => {
  it('guesses what near questions were answered, the surer the more of them say so', () => {
    const one = shelf(entry(BILL, 'Billing')).guess(question(`hello, ${BILL}`), 1);
    const three = shelf(
      entry(BILL, 'Billing'),
      entry(`${BILL}!`, 'Billing'),
      entry(`and ${BILL}`, 'Billing'),
    );
    const guess = three.guess(question(`hello, ${BILL}`), 1);
    expect(guess).toMatchObject({ answer: 'Billing' });
    expect(guess?.score).toBeGreaterThan(one?.score ?? 1);
  });

  it('is less sure where neighbours say different things', () => {
    const sure = shelf(entry(BILL, 'Billing'), entry(BILL, 'Billing')).guess(question(BILL), 1);
    const torn = shelf(entry(BILL, 'Billing'), entry(BILL, 'Billing'), entry(BILL, 'other')).guess(
      question(BILL),
      1,
    );
    expect(torn?.score ?? 0).toBeLessThan(sure?.score ?? 0);
  });

  it('guesses nothing where it knows nothing, or only what is past its time', () => {
    expect(shelf().guess(question(BILL), 1)).toBeUndefined();
    expect(shelf(entry(BILL, 'Billing')).guess(question(BILL), 2)).toBeUndefined();
  });

  it('hears one sender once, and nobody who is far', () => {
    const flood = Array.from({ length: 12 }, () => entry(BILL, 'Billing', { sender: 'mallory' }));
    const guess = shelf(...flood, entry('where is my parcel, which I ordered long ago', 'Billing')).guess(
      question(BILL),
      1,
    );
    expect([guess?.from.length, guess?.by.length]).toEqual([1, 0]);
  });

  it('gives no answer across a word that only one of both has, and nobody else: it may be a name', () => {
    const known = [entry(BILL, 'Billing'), entry(`and ${BILL}`, 'Billing')];
    const asked = question(`${BILL} for nordlicht`);
    expect(shelf(...known).guess(asked, 1)).toBeUndefined();
    // Whoever has it in the question that gives the answer, or in any other.
    const other = entry('nordlicht wants to know why its parcel is late', 'Delivery');
    expect(shelf(...known, other).guess(asked, 1)?.answer).toBe('Billing');
    const named = entry(`${BILL} for suedwind`, 'Billing');
    expect(shelf(named).guess(question(BILL), 1)).toBeUndefined();
  });

  it('compares no vectors of different lengths', () => {
    const other = { vector: new Int8Array(3).fill(1) };
    expect(shelf(entry(BILL, 'Billing', other)).guess(question(BILL), 1)).toBeUndefined();
  });

  it('is bounded, and forgets the oldest whole', () => {
    const all = new Shelf(3);
    for (let nth = 0; nth < 10; nth += 1) all.add(entry(`${BILL} ${nth}`, `answer ${nth}`));
    expect(all.size).toBe(3);
    all.drop('nobody');
    expect(all.guess(question(`${BILL} 0`), 1)?.answer).not.toBe('answer 0');
  });
});
