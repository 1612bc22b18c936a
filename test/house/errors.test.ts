import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERROR_NAMES, type ErrorName } from '../../lambdas/contract/item/row.ts';
import { TransientError } from '../../lambdas/kit/errors.ts';
import { AFTER, type FailureKind } from '../../lambdas/outbound/classify.ts';
import { BudgetSpent, Waiting } from '../../lambdas/outbound/waiting-error.ts';
import { sources } from '../support/sources.ts';

/*
 * docs/errors.md explains every message that the code can put on an item, in the code's own words: what
 * varies stands as `…`.
 */

const document = readFileSync('docs/errors.md', 'utf8');

interface Row {
  kind: string;
  message: string;
  cause: string;
  fix: string;
}

/**
 * The entries below `## Messages`, whose sections are the error classes: ``- `message` · `message` †: cause.
 * → fix.``
 */
const rows: Row[] = [...document.matchAll(/^### `(\w+)`\n([\s\S]*?)(?=^##|$(?![\s\S]))/gm)].flatMap(
  ([, kind = '', text = '']) =>
    [...text.matchAll(/^- ((?:`[^`]+`(?: †)?(?: · )?)+): (.+) → (.+)$/gm)].flatMap(
      ([, messages = '', cause = '', fix = '']) =>
        [...messages.matchAll(/`([^`]+)`/g)].map(([, message = '']) => ({ kind, message, cause, fix })),
    ),
);

/** Classes that are a kind of the four. */
const KINDS: Record<string, ErrorName> = {
  ...Object.fromEntries(ERROR_NAMES.map((name) => [name, name])),
  ...Object.fromEntries(
    [
      ...['NotReached', 'NoRoom', 'NoAnswer', 'AtWork', 'GaveUp', 'Wait', 'Waiting', 'BudgetSpent', 'Leased'],
    ].map((name) => [name, 'TransientError' as const]),
  ),
  Unknown: 'ProcessingError',
  Redirected: 'SystemError',
  LastDelivery: 'SystemError',
  ChangedValues: 'SystemError',
};
const MESSAGE = /((?:`(?:[^`\\]|\\.)*`|'(?:[^'\\]|\\.)*'|"[^"]*"|[\w.]+))/.source;
const THROWN = new RegExp(`new (${Object.keys(KINDS).join('|')})\\(\\s*${MESSAGE}`, 'g');
/** A failed call of a model says by its kind which error the item hears when no other model is left. */
const FAILED = new RegExp(`new (?:Call|Outward)Failure\\(\\s*'(\\w+)',\\s*${MESSAGE}`, 'g');

/** Messages that were made elsewhere and are only passed on. */
const PASSED_ON = ['error.message', 'kept.failure', 'failure.message', 'this.message'];

const thrown = sources('lambdas').flatMap(({ path, code }) => {
  const errors = [...code.matchAll(THROWN)].map(([, name = '', argument = '']) => ({
    kind: KINDS[name],
    argument,
  }));
  const failures = [...code.matchAll(FAILED)].map(([, kind = '', argument = '']) => ({
    kind: AFTER[kind as FailureKind].error,
    argument,
  }));
  return [...errors, ...failures]
    .filter(({ argument }) => !PASSED_ON.includes(argument))
    .map(({ kind, argument }) => ({ path, kind, message: words(argument, code) }));
});

/** A literal with `…` for what varies; a name stands for the literal it was given in the same file. */
function words(argument: string, code: string): string {
  const literal = /^['"`]/.test(argument) ? argument : literalOf(argument, code);
  return literal
    .slice(1, -1)
    .replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => (hasLiteral(name, code) ? words(name, code) : whole))
    .replaceAll(/\$\{[^}]*\}/g, '…')
    .replaceAll('\\', '');
}

function definition(name: string): RegExp {
  return new RegExp(`const ${name} = (\`[^\`]*\`|'[^']*')`);
}

function hasLiteral(name: string, code: string): boolean {
  return definition(name).test(code);
}

function literalOf(name: string, code: string): string {
  const literal = definition(name).exec(code)?.[1];
  if (!literal)
    throw new Error(
      `the message '${name}' is no literal: write it out, so that docs/errors.md can explain it`,
    );
  return literal;
}

describe('docs/errors.md', () => {
  it('has a row for every message, under its class', () => {
    expect(thrown.length).toBeGreaterThan(30);
    const missing = thrown.filter(
      ({ kind, message }) => !rows.some((row) => row.kind === kind && row.message === message),
    );
    expect(missing.map(({ path, kind, message }) => `${kind} | ${message} (${path})`).join('\n')).toBe('');
  });

  it('sees the failure of every kind of call, and every wait, in what the code says', () => {
    const kinds = sources('lambdas/models', 'lambdas/outbound').flatMap(({ code }) =>
      [...code.matchAll(FAILED)].map(([, kind = '']) => kind),
    );
    expect(new Set(kinds)).toEqual(new Set(Object.keys(AFTER)));
    expect(thrown.filter(({ path }) => /^lambdas\/(?:models|outbound)\//.test(path)).length).toBeGreaterThan(
      35,
    );
    expect(new Waiting('busy', 1)).toBeInstanceOf(TransientError);
    expect(new BudgetSpent('spent', { microUsd: 1, tokens: 1 })).toBeInstanceOf(TransientError);
  });

  it('has a row for every reason that the state machine writes', () => {
    const machine = readFileSync('statemachines/item.asl.json', 'utf8');
    const reasons = [...machine.matchAll(/"reason": "([^{"]+)"/g)].map(([, reason]) => reason);
    expect(new Set(reasons).size).toBe(4);
    expect(reasons.filter((reason) => !rows.some(({ message }) => message === reason))).toEqual([]);
  });

  it('has a row for errors that were not foreseen', () => {
    const { code = '' } = sources('lambdas/kit').find(({ path }) => path.endsWith('/errors.ts')) ?? {};
    const messages = [...code.matchAll(/class: '(\w+)',\s*message: (`[^`]*`)/g)].map(
      ([, kind, text = '']) => [kind, words(text, code)],
    );
    expect(messages).toHaveLength(2);
    for (const [kind, message] of messages)
      expect(rows).toContainEqual(expect.objectContaining({ kind, message }));
  });

  it('explains nothing that no code says', () => {
    const machine = readFileSync('statemachines/item.asl.json', 'utf8');
    const known = new Set([...thrown.map(({ message }) => message), 'aws: …', 'unexpected …']);
    const idle = rows.filter(
      ({ message }) =>
        !known.has(message) && !machine.includes(`"${message}"`) && !machine.includes(`'${message}'`),
    );
    expect(idle.map(({ message }) => message)).toEqual([]);
  });

  it('says for every message where it comes from and what to do', () => {
    expect(rows.filter(({ cause, fix }) => cause.trim().length < 15 || fix.trim().length < 15)).toEqual([]);
    expect(new Set(rows.map(({ kind, message }) => `${kind} ${message}`)).size).toBe(rows.length);
  });

  it('explains every class', () => {
    for (const name of ERROR_NAMES) expect(document).toMatch(new RegExp(`^\\| \`${name}\` \\|`, 'm'));
  });
});
