import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { automation as support } from '../../../automations/support-triage/automation.ts';
import type { Action, Automation } from '../../../lambdas/contract/automation.ts';
import {
  composed,
  excerpt,
  field,
  listOf,
  matching,
  quoted,
  words,
} from '../../../lambdas/contract/parameters.ts';
import { faultsInParameters } from '../../../lib/checks/parameters.ts';

const triage = support as unknown as Automation;
const reply = triage.actions.reply as Action;
const faults = (changes: Partial<Action>, more: Partial<Automation> = {}) =>
  faultsInParameters({
    ...triage,
    ...more,
    actions: { reply: { ...reply, ...changes } },
  });
const parameters = (changes: NonNullable<Action['parameters']>) => ({
  parameters: { ...reply.parameters, ...changes },
});
/** With another template of the reply; `early` keeps its own. */
const withAnswer = (answer: NonNullable<Automation['templates']>[string]) =>
  faults({}, { templates: { ...triage.templates, answer } });

describe('what may go out alone', () => {
  it('is declared without a fault by what is shipped', () => expect(faults({})).toEqual([]));

  it.each<[string, string[], RegExp]>([
    ['a field of free text', faults(parameters({ x: field('subject') })), /'subject'.* takes free text/],
    ['a field that is read as text', faults(parameters({ x: field('text') })), /'text'.* takes free text/],
    ['a field that there is not', faults(parameters({ x: field('phone') })), /'phone'/],
    ['a list of free text', faults(parameters({ x: listOf(field('html')) })), /'html'/],
    ['a schema of any text', faults(parameters({ x: matching(z.string()) })), /takes a sentence/],
    [
      'a schema of no blank text, which looks like a form',
      faults(parameters({ x: matching(z.string().check(z.regex(/\S/))) })),
      /takes a sentence/,
    ],
    ['a template that there is not', faults(parameters({ x: composed('thanks') })), /'thanks'.*'templates'/],
    ['what is shown and not declared', faults({ shows: ['to', 'text'] }), /'shows'.*'text'/],
    ['a recipient that is not declared', faults({ recipient: 'cc' }), /'recipient'.*'cc'/],
    [
      'a summary that tells free words',
      faults({ ...parameters({ note: words() }), describe: ({ note }) => `Say ${note}` }),
      /'describe'.*'note'/,
    ],
    [
      'a summary that tells words of the item',
      faults({ ...parameters({ note: excerpt() }), describe: ({ note }) => `Say ${note}` }),
      /'describe'.*'note'/,
    ],
    ['a summary of what is not declared', faults({ describe: ({ x }) => `Say ${x}` }), /'describe'.*'x'/],
    ['an open place in a template', withAnswer({ text: 'Hello {name}: {passages}' }), /has \{name\}/],
    [
      'a slot without a place',
      withAnswer({ text: '{passages}', slots: { name: quoted() } }),
      /slot 'name'.* no place/,
    ],
    [
      'a slot of free text',
      withAnswer({ text: '{passages} {name}', slots: { name: field('subject') } }),
      /slot 'name'.*free text/,
    ],
  ])('is refused at synth: %s', (_, found, message) => {
    expect(found).toEqual([expect.stringMatching(message)]);
  });
});
