import { describe, expect, it } from 'vitest';
import { bandsOf, likeness, packed, signatureOf, unpacked } from '../../../lambdas/kit/likeness/minhash.ts';
import { growth } from '../../support/cpu.ts';

const sign = (text: string, key = 'k') => signatureOf(text, key) as Uint32Array;
const words = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => `word${(from + at) * 7919}`).join(' ');

describe('the likeness of two texts', () => {
  it('is one for the same text, however it is set, and nearly none for others', () => {
    const text = 'Rechnung Nr. 4711 über 119,00 EUR, zahlbar bis zum 24. Dezember an Kontor Süd.';
    expect(likeness(sign(text), sign(`  ${text.toUpperCase().replaceAll(' ', ' \n')} `))).toBe(1);
    expect(likeness(sign(words(0, 60)), sign(words(100, 160)))).toBeLessThan(0.2);
  });

  it.each([0.3, 0.6, 0.8, 0.9])('is about the share of pieces in common: %s', (share) => {
    const [one, other] = [words(0, 400), `${words(0, 400 * share)} ${words(1000, 1000 + 400 * (1 - share))}`];
    const pieces = (text: string) =>
      new Set(Array.from({ length: text.length - 4 }, (_, at) => text.slice(at, at + 5)));
    const [a, b] = [pieces(one), pieces(other)];
    const both = [...a].filter((piece) => b.has(piece)).length;
    const exact = both / (a.size + b.size - both);
    expect(Math.abs(likeness(sign(one), sign(other)) - exact)).toBeLessThan(0.12);
  });

  it('is found by a band that two texts of it have in common', () => {
    const [one, other] = [sign(words(0, 300)), sign(`${words(0, 285)} ${words(900, 915)}`)];
    expect(likeness(one, other)).toBeGreaterThan(0.8);
    expect(bandsOf(one).filter((band) => bandsOf(other).includes(band)).length).toBeGreaterThan(0);
    expect(bandsOf(one).filter((band) => bandsOf(sign(words(2000, 2300))).includes(band))).toEqual([]);
  });

  it('is nothing under another key, so that nobody tries texts on a signature', () => {
    expect(likeness(sign(words(0, 100)), sign(words(0, 100), 'other'))).toBeLessThan(0.1);
  });

  it('goes through a row as it is', () => {
    const signature = sign(words(0, 50));
    expect(unpacked(packed(signature))).toEqual(signature);
    expect(packed(signature).length).toBeLessThan(700);
  });

  it.each(['', 'short', 'ab '.repeat(500)])('is not asked of a text that says too little', (text) => {
    expect(signatureOf(text, 'k')).toBeUndefined();
  });

  it('takes time in proportion to the text', () => {
    expect(growth(40_000, (size) => void sign(words(0, size / 10)))).toBeLessThan(9);
  });
});
