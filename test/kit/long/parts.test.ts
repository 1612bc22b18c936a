import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { StepRunner } from '../../../lambdas/contract/automation.ts';
import { ProcessingError } from '../../../lambdas/kit/errors.ts';
import { inParts, PART_CHARACTERS, partsOf } from '../../../lambdas/kit/long/parts.ts';

describe('the parts of a text', () => {
  it('are the text again when they are joined, none longer than it may be, none empty', () => {
    const written = fc.array(
      fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('\n\n', '\n', '. ', ' ', '👩‍👩‍👧‍👦')),
    );
    fc.assert(
      fc.property(written, fc.integer({ min: 1, max: 40 }), (pieces, most) => {
        const text = pieces.join('');
        const parts = partsOf(text, most);

        expect(parts.join('')).toBe(text);
        expect(Math.max(...parts.map(({ length }) => length))).toBeLessThanOrEqual(most);
        if (text) expect(parts).not.toContain('');
      }),
    );
  });

  it.each([
    ['before a page', 'aaaa aaaa\n\nbbbb\n[document 1 of 1: x, page 2 of 2]\ncc', 'aaaa aaaa\n\nbbbb\n', 30],
    ['between paragraphs', 'aaaa. aaaa\n\nbbbb bbbb', 'aaaa. aaaa\n\n', 15],
    ['between lines', 'aaaa. aaaa\nbbbb bbbb', 'aaaa. aaaa\n', 15],
    ['between sentences', 'aaaa aa. bb bbbb bbbb', 'aaaa aa. ', 15],
    ['between words', 'aaaaaaaa bbbbbbbbbb', 'aaaaaaaa ', 15],
    ['between characters', 'aaaaaaaaaaaaaaaaaaaa', 'aaaaaaaaaaaaaaa', 15],
  ])('are cut %s', (_, text, first, most) => {
    expect(partsOf(text, most)[0]).toBe(first);
  });
});

describe('what is asked of every part', () => {
  const prompt = { version: 'find.v1', text: 'Find.' };
  const schema = z.object({ words: z.int() });
  const text = Array.from({ length: 5 }, (_, at) => `${at} `.repeat(PART_CHARACTERS / 2 - 2)).join('\n\n');
  const asked = { prompt, schema, most: 5, input: (part: { text: string }) => ({ text: part.text }) };

  it('is answered in the order of the text, whoever is first, by one step each', async () => {
    const seen: unknown[] = [];
    const step: Pick<StepRunner, 'model'> = {
      async model(name, { input }) {
        const { part, of, text: words } = input as { part: number; of: number; text: string };
        await new Promise((resolve) => setTimeout(resolve, 5 * (of - part)));
        seen.push([name, part]);
        return { part, answer: { words: Number(words[0]) } } as never;
      },
    };

    expect(await inParts(step, 'find', text, asked)).toEqual([0, 1, 2, 3, 4].map((words) => ({ words })));
    expect(seen).toHaveLength(5);
  });

  it('is asked again where an answer is about another part: none is lost', async () => {
    const said: (string | undefined)[] = [];
    const step: Pick<StepRunner, 'model'> = {
      async model(_name, { missing }) {
        said.push(missing?.({ part: 1, answer: { words: 1 } } as never));
        return { part: 1, answer: { words: 1 } } as never;
      },
    };
    await inParts(step, 'find', text, { ...asked, missing: () => 'something else' });

    expect(said).toEqual([
      'something else',
      ...[2, 3, 4, 5].map((part) => `'part' must be ${part}: the answer is to be about part ${part} of 5`),
    ]);
  });

  it('is a person’s to read where it has too many parts, and nothing is paid', async () => {
    const step = { model: () => Promise.reject(new Error('paid')) };

    await expect(inParts(step, 'find', text, { ...asked, most: 4 })).rejects.toThrow(
      new ProcessingError('the text has 5 parts, and 4 may be read: a person reads it'),
    );
  });

  it('has a schema that a model server takes', async () => {
    let shape: object = {};
    const step: Pick<StepRunner, 'model'> = {
      async model(_name, { schema: whole }) {
        shape = (await import('zod/v4/core')).toJSONSchema(whole);
        return { part: 1, answer: { words: 1 } } as never;
      },
    };
    await inParts(step, 'find', 'short', asked);

    expect(shape).toMatchObject({
      type: 'object',
      properties: { part: { type: 'integer' }, answer: { type: 'object' } },
      required: ['part', 'answer'],
    });
  });
});
