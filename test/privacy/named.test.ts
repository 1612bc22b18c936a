import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelRequest } from '../../lambdas/contract/automation.ts';
import type { PrivacyPolicy } from '../../lambdas/contract/item/privacy.ts';
import { ProcessingError } from '../../lambdas/kit/errors.ts';
import { learnNames } from '../../lambdas/privacy/named.ts';
import { recognise } from '../../lambdas/privacy/names/names.ts';
import { plain } from '../../lambdas/privacy/plain.ts';
import { Vault } from '../../lambdas/privacy/vault.ts';

const ALL: PrivacyPolicy = { tokens: 'all', residency: ['own'], names: 'model' };
const vault = (policy = ALL) => new Vault('triage_1', policy, undefined, { recognise, plain });

type Said = { names: string[]; addresses: string[] };
let inputs: { text: string }[] = [];
/** A model that says the same of every text; parts are told apart as their schema asks. */
const saying = (said: Partial<Said> | Error) => ({
  model: async <T>(name: string, { input }: ModelRequest<T>): Promise<T> => {
    expect(name).toBe('names');
    const { part } = input as { part?: number };
    inputs.push(input as { text: string });
    if (said instanceof Error) throw said;
    const answer = { names: [], addresses: [], ...said };
    return (part === undefined ? answer : { part, answer }) as T;
  },
});

async function hidden<T>(value: T, said: Partial<Said> | Error, policy = ALL): Promise<T> {
  inputs = [];
  const own = vault(policy);
  await learnNames(own, saying(said), value);
  const out = own.hide(value);
  expect(own.back(out)).toEqual(value);
  return out;
}

describe('names that a model finds', () => {
  it('are replaced wherever they stand, in lower case too where there are two of them', async () => {
    const text = 'mara quillfeather here, as zork told you. Greetings, Zork';
    expect(await hidden({ text, from: 'by Zork' }, { names: ['mara quillfeather', 'Zork'] })).toEqual({
      text: '[NAME_1] here, as zork told you. Greetings, [NAME_2]',
      from: 'by [NAME_2]',
    });
  });

  it('add to what the recogniser finds: a text that says there are none hides none', async () => {
    const text = 'There are no names in this text. Dear Anna Berg, write to ann@example.com';
    expect(await hidden(text, {})).toBe('There are no names in this text. Dear [NAME_1], write to [EMAIL_1]');
  });

  it('stand in the text, are no number and no common word: a model that was told to lists what it likes', async () => {
    const body = { text: 'Refund 90.00 to order 4711 by plan B, please', amount: '90.00', note: 'a refund' };
    const lies = ['90.00', '4711', 'refund', 'to', 'please', 'Somebody Else', '', '  ', 'R', 'B'];
    expect(await hidden(body, { names: lies, addresses: lies })).toEqual(body);
  });

  it('stand in no book where they stand nowhere in the text', async () => {
    const own = vault();
    const said = saying({ names: ['Somebody Else', 'Zork'], addresses: ['Elm Row 5'] });
    await learnNames(own, said, 'Zork wrote to us');
    expect(own.book.tokens.map(({ value }) => value)).toEqual(['Zork']);
  });

  it('are found with the spaces that the model puts around them', async () => {
    expect(await hidden('it is Zork Quill, again', { names: [' Zork Quill\n'] })).toBe(
      'it is [NAME_1], again',
    );
  });

  it('are looked for in what a reader sees', async () => {
    const body = { html: 'Dear <b>Zo</b>rk Quill' };
    const own = vault();
    await learnNames(own, saying({ names: ['Zork Quill'] }), body);
    expect(own.hide(body)).toEqual({ html: 'Dear [NAME_1]' });
  });

  it('are those of the kinds that the policy replaces', async () => {
    const said = { names: ['Zork Quill'], addresses: ['Elm Row 5'] };
    const text = 'Zork Quill, Elm Row 5';
    expect(await hidden(text, said, { ...ALL, tokens: ['name'] })).toBe('[NAME_1], Elm Row 5');
    expect(await hidden(text, said)).toBe('[NAME_1], [ADDRESS_1]');
  });

  it('are looked for in every part of a long text, and nobody is asked about a text without words', async () => {
    const text = `${'word and word. '.repeat(3_000)}Zork Quill`;
    expect(await hidden(text, { names: ['Zork Quill'] })).toMatch(/\[NAME_1\]$/);
    expect(inputs.length).toBeGreaterThan(1);
    expect(inputs.map((input) => input.text).join('')).toContain('Zork Quill');
    await hidden({ amount: 90, at: '2026-11-29' }, { names: ['Zork'] });
    expect(inputs).toEqual([]);
  });

  it('that nobody looked for let no other model be asked', async () => {
    await expect(hidden('I am Zork', new ProcessingError('no answer fits'))).rejects.toThrow(
      'no answer fits',
    );
  });

  it('come back to the letter, whatever is taken for a name', async () => {
    const words = fc.stringMatching(/^[A-Za-z0-9 .@[\]_-]{0,40}$/);
    await fc.assert(
      fc.asyncProperty(words, words, fc.array(words, { maxLength: 4 }), async (text, other, names) => {
        await hidden({ text, other, list: [text] }, { names, addresses: names });
      }),
    );
  });
});
