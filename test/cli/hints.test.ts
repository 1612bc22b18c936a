import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../../cli/commands/index.ts';
import { hint } from '../../cli/hint.ts';
import { api, ITEM, POST, run } from './harness.ts';
import { checkHints, hintsIn } from './hints.ts';
import { accepted, page, refunds, waiting } from './recorded.ts';
import { signalbox } from './world.ts';

const ROOT = join(import.meta.dirname, '../..');

/** How npm says in which of the ways it was called. */
const CALLED = [
  ['npm run signalbox -- ', { npm_lifecycle_event: 'signalbox', npm_command: 'run-script' }],
  ['npx signalbox ', { npm_command: 'exec', npm_lifecycle_event: 'npx' }],
  ['signalbox ', {}],
] as const;

/** What makes each of them be printed; every test of this folder checks those that it meets. */
const PRINTED: readonly [string, string[], (() => void)?][] = [
  [
    'the story of what was sent',
    ['send', 'refund-request', '-'],
    () => {
      api.answers[POST] = { status: 202, body: accepted };
    },
  ],
  [
    'the next page',
    ['items', '--limit', '2', '--since', '2026-11-20'],
    () => {
      api.answers['GET /v1/items?since=2026-11-20T00%3A00%3A00.000Z&limit=2'] = { body: page };
      api.answers[`GET ${ITEM}`] = { body: waiting };
    },
  ],
  [
    'the next page of what begins with a dash',
    ['items', '--key=-k 1', '--reference=--json'],
    () => {
      api.answers['GET /v1/items?reference=--json&key=-k+1'] = { body: { ...page, cursor: '-c0' } };
      api.answers[`GET ${ITEM}`] = { body: waiting };
    },
  ],
  [
    'the item that holds a key',
    ['send', 'refund-request', '-'],
    () => {
      api.answers[POST] = { status: 409, body: { title: 'Conflict', status: 409, id: accepted.id } };
    },
  ],
  [
    'where to look before money is added again',
    ['resume', 'refund-request', '--add-usd', '5'],
    () => {
      api.answers['POST /v1/automations/refund-request/resume'] = {
        status: 500,
        body: { title: 'x', status: 500 },
      };
    },
  ],
  ['where examples are', ['send', 'refund-request']],
  ['what a value is needed for', ['items', '--limit']],
  ['what is one too many', ['items', 'all']],
  ['what is missing', ['status']],
  ['a verb of endpoints', ['endpoints', 'prboe']],
  ['a verb of breakers', ['breakers', 'shut', 'own', '--reason', 'x']],
  ['the breaker that is meant', ['breakers', 'open', '--reason', 'x']],
  ['where options go', ['--json', 'items']],
  ['what was meant', ['itmes']],
];

describe('a command that is printed to go on with', () => {
  describe.each(CALLED)('by %s', (call, env) => {
    it.each(PRINTED)('is %s, and runs as it stands', async (_name, argv, given) => {
      given?.();
      const { out, err } = await run(argv, { env, stdin: '{}' });
      const hints = hintsIn(`${out}\n${err}`);
      expect(hints).toHaveLength(1);
      expect(hints[0]?.startsWith(call)).toBe(true);
      expect(() => checkHints(`${out}\n${err}`)).not.toThrow();
    });

    it.each(commands.map((command) => [command.name, command] as const))(
      'is the example in the manual of %s, too',
      async (name, command) => {
        const { out } = await signalbox([name, '--help'], { env });
        const [example = ''] = hintsIn(out);
        expect(example).toBe(hint({ env }, ...command.example));
        expect(example.startsWith(`${call}${name}`)).toBe(true);
        expect(() => checkHints(out)).not.toThrow();
      },
    );
  });

  it('is read by a shell as it was meant, whatever stands in it', () => {
    const words = ['send', "it's", 'two words', '$HOME', '`x`', '*', '', 'a=b', 'W-01', '!'];
    const line = hint({ env: {} }, ...words);
    const said = execFileSync('bash', ['-c', `signalbox() { printf '%s\\n' "$@"; }; ${line}`], {
      encoding: 'utf8',
    });
    expect(said).toBe(`${words.join('\n')}\n`);
  });

  it('is made in one place: no other text of the program spells one', () => {
    const spelled = globSync('cli/**/*.ts', { cwd: ROOT }).flatMap((file) => {
      const text = readFileSync(join(ROOT, file), 'utf8').replaceAll(/^\s*(?:\/\/|\*|\/\*).*$/gm, '');
      // The synopsis of a manual is no hint.
      const code = text.replaceAll(/(?:usage: |USAGE = )`[^`]*`/g, '');
      return [...code.matchAll(/.*signalbox [a-z]+.*/g)].map(([line]) => `${file}: ${line.trim()}`);
    });
    expect(spelled).toEqual([]);
  });

  it.each([
    ['no command', 'see npx signalbox redo it'],
    ['a placeholder', "see signalbox status '<id>'"],
    ['unknown option', 'see signalbox items --colour'],
  ])('that is %s does not pass', (_name, text) => {
    expect(() => checkHints(text)).toThrow();
  });

  it('names an automation as the registry does', async () => {
    api.answers['GET /v1/automations/refund-request'] = { body: refunds };
    const { err } = await run(['send', 'refund-request']);
    expect(err).toContain('the examples are in signalbox automations refund-request');
    expect((await run(['automations', 'refund-request'])).code).toBe(0);
  });
});
