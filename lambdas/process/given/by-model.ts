import * as zm from 'zod/mini';
import * as z from 'zod/v4/core';
import type { Repair } from '../../contract/intake/repair.ts';
import { errorFacts, InputError } from '../../kit/errors.ts';
import { type Node, nodeAt, plain } from '../../kit/repair/node.ts';
import { type Repaired, shaped, type Unrepaired } from '../../kit/repair/repair.ts';
import { stepRunner } from '../../models/step.ts';
import type { ProcessOptions, Thinking } from './thinking.ts';

/** Names at the top of the original that were found to mean a field, by name: its pointer. */
export interface Found {
  names: ReadonlyMap<string, string>;
}

/** Longer ones are a person's: the model would have to read all of it. */
const MOST_CHARACTERS = 20_000;
const MOST_FIELDS = 30;

const answer = zm.strictObject({
  fields: zm
    .array(
      zm.strictObject({
        to: zm.string().check(z._maxLength(200)),
        from: zm.string().check(z._minLength(1), z._maxLength(5000)),
      }),
    )
    .check(z._maxLength(MOST_FIELDS)),
});
type Move = zm.infer<typeof answer>['fields'][number];

/** The original, as far as it could be read. */
type Original = { node: Node } | { text: string };

/**
 * Asks a model where in the original each missing field stands. It names places and no values: code takes what stands there, so that
 * nothing comes into a body that its sender did not write.
 * @throws what a paid step throws, but for an answer that is of no use
 */
export async function byModel(
  unrepaired: Unrepaired,
  work: Thinking,
  options: ProcessOptions,
): Promise<(Repaired & Found) | Unrepaired> {
  const { automation, implementation } = options;
  const { reason, text = '', node, doubts = [], before = [] } = unrepaired;
  const { repair: prompt } = implementation.prompts;
  if (!prompt || text.trim() === '') return unrepaired;
  if (text.length > MOST_CHARACTERS)
    return { ...unrepaired, reason: `${reason}; it is too long for a model to repair` };
  const original: Original = node?.kind === 'object' ? { node } : { text };
  const step = stepRunner({
    ...{ item: work.row, feedback: [], automation, body: undefined, endpoints: options.endpoints },
    ...{ lease: work.lease, fresh: work.fresh },
    idempotencyTable: options.env.IDEMPOTENCY_TABLE,
    contentDays: Number(options.env.CONTENT_DAYS),
    controlTable: options.env.CONTROL_TABLE,
    ...(options.deadline === undefined ? {} : { deadline: options.deadline }),
  });
  const shape = z.toJSONSchema(automation.schema, { io: 'input', unrepresentable: 'any' });
  const places = 'node' in original ? 'pointers' : 'words';
  try {
    const { fields } = await step.model('repair', {
      ...{ prompt, schema: answer, input: { text, places, fault: reason, schema: shape } },
      missing: ({ fields: moves }) => faultIn(moves, original),
    });
    const moved = applied(fields, original);
    const read = {
      ...{ node: moved.node, text, repairs: [...before, ...moved.repairs] },
      doubts: 'node' in original ? [...doubts] : [...doubts, 'found' as const],
    };
    const found = shaped(read, automation.schema, automation.repair ?? {});
    if ('reason' in found) return { ...found, reason: `${found.reason}; a model found no more in it` };
    return { ...withFields(found, fields), names: moved.names };
  } catch (error) {
    if (errorFacts(error).class !== 'ProcessingError') throw error;
    throw new InputError(
      `what came does not fit the schema of the body and cannot be repaired: ${reason}; no model gave a usable answer`,
      { cause: error },
    );
  } finally {
    await step.close();
    work.calls = [...step.lost, ...step.lineage];
  }
}

/** Why an answer cannot be used, for the model. */
function faultIn(moves: readonly Move[], original: Original): string | undefined {
  for (const [at, { to, from }] of moves.entries()) {
    if (!/^\/[^/]/.test(to)) return `fields/${at}/to is no JSON pointer`;
    if (moves.some((other, before) => before < at && (other.to === to || other.from === from)))
      return `fields/${at} names a place twice`;
    if ('text' in original) {
      if (!standsIn(from, original.text))
        return `fields/${at}/from does not stand in the text, word for word`;
      continue;
    }
    if (from === '' || !nodeAt(original.node, from)) return `fields/${at}/from is no place in the original`;
    if (to !== from && nodeAt(original.node, to))
      return `fields/${at}/to is there already, and is not replaced`;
  }
  return undefined;
}

const PART_OF_A_WORD = /[\p{L}\p{N}@_]/u;
/** Behind and before a digit, these go on with the number. */
const PART_OF_A_NUMBER = /[\d.,'-]/;

/** Whole words of the text: no part of a number, of an address or of a name. */
function standsIn(words: string, text: string): boolean {
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    const [before, after] = [text.charAt(at - 1), text.charAt(at + words.length)];
    const cut =
      touches(before, words.charAt(0)) ||
      touches(after, words.charAt(words.length - 1)) ||
      // `1` of `1,250` and `1` of `-1`, but not `1` at the end of a sentence.
      (/\d/.test(words.charAt(words.length - 1)) &&
        PART_OF_A_NUMBER.test(after) &&
        /\d/.test(text.charAt(at + words.length + 1))) ||
      (/\d/.test(words.charAt(0)) && PART_OF_A_NUMBER.test(before));
    if (!cut) return true;
  }
  return false;
}

function touches(outside: string, inside: string): boolean {
  return PART_OF_A_WORD.test(outside) && PART_OF_A_WORD.test(inside);
}

/** The original with its values where they belong. */
function applied(moves: readonly Move[], original: Original) {
  const repairs: Repair[] = [];
  const names = new Map<string, string>();
  let root: Node = 'node' in original ? original.node : { kind: 'object', members: new Map() };
  for (const { to, from } of moves) {
    const value: Node | undefined =
      'node' in original ? nodeAt(original.node, from) : { kind: 'text', text: from };
    if (!value || to === from) continue;
    const [, name = '', ...deeper] = from.split('/');
    if ('node' in original && deeper.length === 0) {
      root = without(root, unescaped(name));
      if (to.split('/').length === 2) names.set(unescaped(name), to);
    }
    root = placed(root, to.split('/').slice(1).map(unescaped), value);
    const shown = plain(value);
    repairs.push({
      ...{ pointer: to, ...('node' in original ? { source: from } : {}) },
      ...{ from: shown, to: shown, by: 'model' },
    });
  }
  return { node: root, repairs, names };
}

function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

function without(node: Node, name: string): Node {
  if (node.kind !== 'object') return node;
  return { kind: 'object', members: new Map([...node.members].filter(([key]) => key !== name)) };
}

function placed(node: Node | undefined, [name, ...rest]: readonly string[], value: Node): Node {
  if (name === undefined) return value;
  const members = new Map(node?.kind === 'object' ? node.members : []);
  members.set(name, placed(members.get(name), rest, value));
  return { kind: 'object', members };
}

/** A field that a model found was touched, whether or not code changed its form as well. */
function withFields(found: Repaired, moves: readonly Move[]): Repaired {
  const touched = moves.filter(({ to, from }) => to !== from).map(({ to }) => to.slice(1));
  const fields = [...new Set([...found.facts.fields, ...touched])];
  return { ...found, facts: { ...found.facts, fields } };
}
