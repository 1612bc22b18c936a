import { join } from 'node:path';
import { ROOT } from '../../local/state.ts';
import type { Command } from '../command.ts';
import { NotWell } from '../errors.ts';
import type { Finding } from '../finding.ts';
import { hint } from '../hint.ts';
import { stageOption } from '../stage.ts';
import { type Column, table } from '../table.ts';
import { type Colour, printJson } from '../terminal.ts';

const COLOURS: Record<Finding['state'], Colour> = {
  ok: 'green',
  missing: 'red',
  later: 'yellow',
  unknown: 'yellow',
};

export const preflight: Command = {
  name: 'preflight',
  summary: 'Say what an AWS account lacks before a deploy',
  usage: `signalbox preflight [options]

  --stage S      the stage that is to be deployed (dev if left out)
  --config FILE  its configuration (signalbox.config.ts if left out)

It reads with the AWS credentials at hand, and changes nothing: bootstrap,
stacks that are stuck, concurrent executions, SES (also whether it receives),
secrets that are empty.
Ends with 1 when something is missing.`,
  example: ['preflight', '--stage', 'prod'],
  arguments: [],
  options: { stage: 'text', config: 'text' },
  async run(input, terminal) {
    const stage = stageOption(input);
    // Loaded here: the other commands need neither AWS clients nor constructs.
    const [{ Aws }, { preflight: look }, { loadConfig }, { deployedAutomations }] = await Promise.all([
      import('../aws.ts'),
      import('../preflight.ts'),
      import('../../lib/config.ts'),
      import('../../lib/automation/automation-folder.ts'),
    ]);
    const config = await loadConfig(input.option('config') ?? join(ROOT, 'signalbox.config.ts'));
    const automations = await deployedAutomations(config);
    const looked = await look(await Aws.open(terminal.env.AWS_ENDPOINT_URL), config, stage, automations);
    const found = looked.map(({ try: words, says, ...rest }) => ({
      ...rest,
      says: words === undefined ? says : `${says} ${hint(terminal, ...words)}`,
    }));
    const missing = found.filter(({ state }) => state === 'missing').length;
    if (input.json) printJson(terminal, { stage, findings: found });
    else terminal.out(table(COLUMNS, found, terminal));
    if (missing > 0) throw new NotWell(`${missing} of ${found.length} are missing`);
  },
};

const COLUMNS: Column<Finding>[] = [
  { title: 'check', cell: ({ check }) => check },
  { title: 'state', cell: ({ state }) => state, colour: ({ state }) => COLOURS[state] },
  { title: 'says', cell: ({ says }) => says },
];
