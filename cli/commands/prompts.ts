import type { PromptReport } from '../../local/rehearsal/prompts.ts';
import { ROOT } from '../../local/state.ts';
import type { Command, Input } from '../command.ts';
import { connect } from '../connect.ts';
import { NotWell, UsageError } from '../errors.ts';
import { count } from '../format.ts';
import { type Lengths, lengthsOf, newest } from '../prompts/lengths.ts';
import { type Column, table } from '../table.ts';
import { paint, printJson, type Terminal } from '../terminal.ts';

const COLUMNS: Column<Lengths>[] = [
  { title: 'step', cell: ({ step }) => step },
  { title: 'prompt', cell: ({ promptVersion }) => promptVersion },
  { title: 'answers', cell: ({ answers }) => count(answers), right: true },
  { title: 'half', cell: ({ half }) => count(half), right: true },
  { title: 'longest', cell: ({ longest }) => count(longest), right: true },
  {
    title: 'maxOutputTokens',
    cell: ({ maxOutputTokens: most }) => (most ? String(most) : 'too few'),
    right: true,
  },
];

export const prompts: Command = {
  name: 'prompts',
  summary: 'What could be better about prompts',
  usage: `signalbox prompts <lint|lengths> [automation] [options]

  --strict   lint exits with 1 where there is a hint
  --items N  lengths goes by so many of the newest items (200)

lint reads the prompts of this repository, and makes the requests of their cases
with the sandbox model, on this machine: no model of yours is asked. Hints:
long, grown (since the version before), repeated, conflicting, unexplained (a
label or a field of the answer), unused (a name that is neither given nor
answered), example (one that is no answer), review (each quarter). Code cannot
read: a hint may be wrong.
lengths tells how many tokens the answers of each prompt had, and which bound
is worth its while: maxOutputTokens of the step. For a token with the role
operator.`,
  example: ['prompts', 'lint', 'it-help'],
  arguments: ['lint|lengths', 'automation?'],
  options: { strict: 'flag', items: 'text' },
  async run(input, terminal) {
    const verb = input.argument(0);
    if (verb === 'lengths') return lengths(input, terminal);
    if (verb !== 'lint')
      throw new UsageError(`'${verb}' is not a verb of prompts: type`, ['prompts', '--help']);
    if (input.option('items') !== undefined) throw new UsageError('--items is for lengths: leave it out');
    // Prompts and knowledge are read by their place in the repository. What thinks is loaded here: other commands do without.
    process.chdir(ROOT);
    const { lintPrompts } = await import('../../local/rehearsal/prompts.ts');
    const log = Object.assign((line: string) => terminal.err(line), { detail: () => {} });
    const found = await lintPrompts(input.argument(1), log);
    if (input.json) printJson(terminal, { prompts: found });
    else for (const line of lines(found, terminal)) terminal.out(line);
    if (input.flag('strict') && found.some(({ hints }) => hints.length > 0)) throw new NotWell();
  },
};

async function lengths(input: Input, terminal: Terminal): Promise<void> {
  const automation = input.argument(1);
  if (automation === undefined)
    throw new UsageError('lengths needs the name of an automation, as in:', [
      'prompts',
      'lengths',
      'it-help',
    ]);
  if (input.flag('strict')) throw new UsageError('--strict is for lint: leave it out');
  const client = await connect(terminal);
  const found = lengthsOf(await newest(client, automation, input.number('items', 1, 5000) ?? 200));
  if (input.json) printJson(terminal, { automation, prompts: found });
  else
    terminal.out(found.length === 0 ? 'no model has answered any of them' : table(COLUMNS, found, terminal));
}

const plural = (number: number, word: string) => `${count(number)} ${word}${number === 1 ? '' : 's'}`;

function lines(found: readonly PromptReport[], terminal: Terminal): string[] {
  const hints = found.flatMap(({ hints: all }) => all).length;
  return [
    ...found.flatMap(({ file, inUse, words, requests, hints: all }) => [
      `${file}  ${inUse ? '' : 'not in use, '}${plural(words, 'word')}, ${plural(requests, 'request')} of its cases`,
      ...all.map(
        ({ rule, line, says }) =>
          `  ${paint(terminal, 'yellow', rule)}  ${line === undefined ? '' : `line ${line}: `}${says}`,
      ),
    ]),
    '',
    hints === 0 ? paint(terminal, 'green', 'no hints') : plural(hints, 'hint'),
  ];
}
