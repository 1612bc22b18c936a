import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describeAutomation } from '../../docs/pictures/automations.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { loadConfig } from '../../lib/config.ts';
import { ROOT } from '../../local/state.ts';
import type { Command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { hint } from '../hint.ts';
import { folderFor, makeFolder } from '../new/folder.ts';
import { faultInName, OPTIONS, type Wanted, wantedOf } from '../new/wanted.ts';
import { printJson, type Terminal } from '../terminal.ts';

/** Its label is `other`: a person decides. */
const OTHER = 'a request of another kind';

export const create: Command = {
  name: 'new',
  summary: 'Make the folder of a new automation, ready to run',
  usage: `signalbox new <name> [options]

  --owner TEXT        the team responsible for it
  --purpose TEXT      what it is for, in one sentence
  --labels A,B        the kinds of work; other is always there
  --action NAME       what it may do, such as book-demo
  --destination NAME  the system that does it, of signalbox.config.ts
  --risk RISK         routine, consequential or catastrophic (routine)
  --group NAME        the approver group that is asked
  --escalate-to NAME  the group that is asked if nobody decides
  --lookup SOURCE     the system, of signalbox.config.ts, that is asked about
                      the reference of each request (none: nobody is)
  --knowledge NAME    a collection of documents in its folder that it searches
                      (none); the first one is there to be written
  --agent STEP        a model that asks the lookup and the documents by itself
                      before anything is proposed (none)
  --doors A,B         how work comes in beside the API: mail, drop, event,
                      webhook, schedule:SOURCE (api: no other way)

On a terminal it asks for missing values. The result passes every test and is
yours to edit: see docs/adding-an-automation.md.`,
  example: [
    'new',
    'demo-request',
    '--owner',
    'Sales Operations',
    '--purpose',
    'Read requests from the web form.',
    '--labels',
    'Demo,Pricing',
    '--action',
    'book-demo',
    '--destination',
    'help-desk',
    '--group',
    'support-leads',
    '--escalate-to',
    'support-managers',
  ],
  arguments: ['name'],
  options: Object.fromEntries(OPTIONS.map((option) => [option, 'text'])),
  async run(input, terminal) {
    const name = input.argument(0) ?? '';
    const folder = `automations/${name}`;
    const fault = faultInName(name, () => existsSync(join(ROOT, folder)));
    if (fault !== undefined) throw new UsageError(fault);
    const config = await loadConfig(join(ROOT, 'signalbox.config.ts'));
    const asking = input.json ? { out: terminal.out } : terminal;
    const wanted = await wantedOf(name, (option) => input.option(option), config, asking);
    const files = folderFor(wanted, new Date(terminal.now()).toISOString().slice(0, 10));
    const described: string[] = [];
    await makeFolder(join(ROOT, folder), files, async () => {
      await format(folder);
      described.push(...(await describe(join(ROOT, folder))));
    });
    const made = [...Object.keys(files), ...described].map((file) => `${folder}/${file}`);
    if (input.json) return printJson(terminal, { automation: name, files: made });
    terminal.out(`${made.join('\n')}\n\n${whatNext(wanted, terminal)}`);
  },
};

/** From here to one that acts alone and one that a person approves. */
export function whatNext({ name, labels }: Wanted, terminal: Pick<Terminal, 'env'>): string {
  const send = (example: string) => hint(terminal, 'send', name, '--example', example, '--wait', '20');
  return `edit the prompts first, then the gate in automation.ts; then prove and run it:
  npm run typecheck
  npm run cases -- ${name}
  npm test -- --project unit test/house/automations.test.ts
  npm start -- --detach --no-samples
  ${send(`a request: ${labels[0] ?? 'other'}`)}
  ${send(OTHER)}
  ${hint(terminal, 'open', 'inbox')}
the last but one waits for a person: open its mail, read, and decide`;
}

/** Its picture and its page, from the declaration as it stands. */
async function describe(folder: string): Promise<string[]> {
  const { automation } = (await import(pathToFileURL(join(folder, 'automation.ts')).href)) as {
    automation: Automation;
  };
  return describeAutomation(automation, folder);
}

/** Breaks lines as the linter wants: the length of the answers is unknown to the templates. */
async function format(folder: string): Promise<void> {
  const biome = join(ROOT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  await promisify(execFile)(process.execPath, [biome, 'check', '--write', '--vcs-enabled=false', folder], {
    cwd: ROOT,
  });
}
