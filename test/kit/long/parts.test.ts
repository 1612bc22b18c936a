import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { StepRunner } from '../../../lambdas/contract/automation.ts';
import { ProcessingError } from '../../../lambdas/kit/errors.ts';
import { inParts, inWhole } from '../../../lambdas/kit/long/ask.ts';
import { PART_CHARACTERS, partsOf } from '../../../lambdas/kit/long/parts.ts';

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

describe('what is asked about a whole text', () => {
  const prompt = { version: 'find.v1', text: 'Find.\n' };
  const schema = z.object({ words: z.int() });
  const seen: { prompt: string; input: unknown }[] = [];
  const step: Pick<StepRunner, 'model'> = {
    async model(_name, request) {
      const { part } = request.input as { part?: number };
      seen.push({ prompt: request.prompt.text, input: request.input });
      return (part === undefined ? { words: 0 } : { part, answer: { words: part } }) as never;
    },
  };
  const asked = {
    prompt,
    schema,
    note: 'Say no more.',
    input: (part: { text: string }) => ({ text: part.text }),
  };

  it('is the question as it is, where a model can be given all of it: nothing is asked otherwise than before', async () => {
    seen.length = 0;
    expect(await inWhole(step, 'find', { text: 'short' }, asked)).toEqual([{ words: 0 }]);
    expect(seen).toEqual([{ prompt: 'Find.\n', input: { text: 'short' } }]);
  });

  it('is asked about every part of a long one, with words about parts behind the prompt', async () => {
    seen.length = 0;
    const whole = 'A line of it.\n'.repeat(4000);
    expect(await inWhole(step, 'find', { text: 'A line', whole }, asked)).toEqual(
      [1, 2, 3].map((words) => ({ words })),
    );
    expect(seen.map(({ input }) => (input as { text: string }).text).join('')).toBe(whole);
    expect(seen.map(({ input }) => input)).toMatchObject([1, 2, 3].map((part) => ({ part, of: 3 })));
    expect(seen[0]?.prompt).toMatch(/^Find\.\n\nThe text is too long .+\n\nSay no more\.$/s);
  });

  it('tells a check which part an answer is about', async () => {
    const told: unknown[] = [];
    const checking: Pick<StepRunner, 'model'> = {
      async model(_name, { input, missing }) {
        const { part } = input as { part: number };
        told.push(missing?.({ part, answer: { words: 1 } } as never));
        return { part, answer: { words: 1 } } as never;
      },
    };
    const whole = 'A line of it.\n'.repeat(2000);
    await inWhole(
      checking,
      'find',
      { text: '', whole },
      { ...asked, missing: (_, part) => `${part.part} of ${part.of}` },
    );
    expect(told).toEqual(['1 of 2', '2 of 2']);
  });
});
