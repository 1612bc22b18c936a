import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandsOf, DOCUMENTS, fences, ROOT } from '../docs/fences.ts';
import { outputs } from '../support/app.ts';
import { deployment } from '../support/deployment.ts';

/*
 * The commands of README and docs/api.md that talk to an application, word by word, against the deployed one.
 * Which those are is in test/docs/commands.test.ts; `answers=202` behind a block's language is the status it
 * must get.
 */

const { stateDir } = deployment;
const home = mkdtempSync(join(tmpdir(), 'signalbox-docs-'));
const hasCurl = spawnSync('curl', ['--version']).status === 0;
const variables: Record<string, string> = {};

beforeAll(() => {
  // curl prints the status behind the body, without a word in the command.
  writeFileSync(join(home, '.curlrc'), 'write-out = "\\n%{http_code}"\n');
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function shell(command: string): string {
  const env = {
    ...process.env,
    ...variables,
    CURL_HOME: home,
    SIGNALBOX_STATE_DIR: stateDir,
    PATH: `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env.PATH}`,
  };
  return execFileSync('bash', ['-c', command], { cwd: ROOT, env, encoding: 'utf8' });
}

const ROLES = DOCUMENTS.filter((document) => document.startsWith('docs/roles/'));
const blocks = ['README.md', 'docs/api.md', ...ROLES].flatMap((document) =>
  fences(document, 'sh').flatMap(({ text, info }) =>
    commandsOf(text).map((command) => ({ document, command, answers: info.answers })),
  ),
);
const settings = blocks.filter(({ command }) => /^\w+=\$\(/.test(command));
const curls = blocks.filter(({ command }) => command.startsWith('curl '));
// These talk to an AWS account, make a folder, or change what the other tests find; tests of their own call them.
const APART =
  /^npm run signalbox -- (?:token|preflight|teardown|new|resume|suspend|drain|caution|breakers open)/;
const operators = blocks.filter(
  ({ command }) => /^npm run signalbox -- /.test(command) && !APART.test(command),
);
/** The number that the pages show stands for that of any item: here of the README's, which waits for a person. */
const SHOWN = '60e4257';
const withNumber = (command: string) =>
  command
    .replace(SHOWN, variables.FIRST?.slice(-SHOWN.length) || SHOWN)
    .replace(/--follow$/, '--follow --for 1s');

describe('the documents, against the deployed application', () => {
  it.each(settings)('$document: $command', ({ command }) => {
    const [name = '', rest = ''] = command.split(/=(.*)/s);
    variables[name] = shell(
      `echo ${rest.replace('./.local/outputs.json', join(stateDir, 'outputs.json'))}`,
    ).trim();
    expect([outputs.apiUrl, outputs.clientToken]).toContain(variables[name]);
  });

  it.skipIf(!hasCurl).each(curls)('$document: $command is answered $answers', ({ command, answers }) => {
    const printed = shell(command);
    const [, body = '', status] = /^([\s\S]*)\n(\d{3})$/.exec(printed) ?? [];
    expect(status, body).toBe(answers);
    const { id } = JSON.parse(body) as { id?: string | number };
    // `$ID` of the pages: the id of the answer above. That of a message is a number.
    if (typeof id !== 'string') return;
    variables.ID = id;
    variables.FIRST ??= id;
  });

  it.each(operators)('$document: $command', ({ command }) => {
    expect(shell(withNumber(command))).not.toBe('');
  });

  it('shows the problem of docs/api.md letter by letter', async () => {
    const shown = fences('docs/api.md', 'json').map(({ text }) => JSON.parse(text) as { status?: unknown });
    const problem = shown.find(({ status }) => status === 400);
    const answer = await fetch(`${outputs.apiUrl}/v1/automations/refund-request/items`, {
      method: 'POST',
      headers: { authorization: `Bearer ${outputs.clientToken}`, 'content-type': 'application/json' },
      body: '{"orderId":"W1001"}',
    });
    expect(await answer.json()).toEqual(problem);
  });

  it('has every field of outputs.json in docs/api.md', () => {
    const page = fences('docs/api.md').length > 0 ? shell('cat docs/api.md') : '';
    const section = page.slice(page.indexOf('## outputs.json'));
    expect(Object.keys(outputs).filter((field) => !section.includes(`\`${field}\``))).toEqual([]);
  });
});
