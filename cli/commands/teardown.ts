import type { Command } from '../command.ts';
import { NotWell, UsageError } from '../errors.ts';
import { hint } from '../hint.ts';
import { stageName } from '../stage.ts';
import { printJson } from '../terminal.ts';

export const teardown: Command = {
  name: 'teardown',
  summary: 'Delete a stage and all it holds from an AWS account',
  usage: `signalbox teardown <stage> [--confirm <stage>]

  --confirm S  the stage once more: do it. Without it, the command only says
               what it would delete

It stops open runs, empties buckets and deletes stacks, then what stacks keep:
tables, secrets, logs. Nothing of it comes back. Table backups and objects
under Object Lock stay. With the AWS credentials at hand.`,
  example: ['teardown', 'dev', '--confirm', 'dev'],
  arguments: ['stage'],
  options: { confirm: 'text' },
  async run(input, terminal) {
    const stage = stageName(input.argument(0) ?? '', '<stage>');
    const confirmed = input.option('confirm');
    if (confirmed !== undefined && confirmed !== stage)
      throw new UsageError(`--confirm must be the stage once more, '${stage}', got '${confirmed}'`);
    // Loaded here: the other commands need no AWS clients.
    const [{ Aws }, { remainsOf, tearDown }] = await Promise.all([
      import('../aws.ts'),
      import('../teardown.ts'),
    ]);
    const aws = await Aws.open(terminal.env.AWS_ENDPOINT_URL);
    const remains = await remainsOf(aws, stage);
    if (confirmed === undefined) {
      if (input.json) return printJson(terminal, { stage, region: aws.region, remains });
      const lines = Object.entries(remains).flatMap(([kind, names]) =>
        names.length === 0 ? [] : [`  ${kind}`, ...(names as string[]).map((name) => `    ${name}`)],
      );
      if (lines.length === 0) return terminal.out(`there is no stage '${stage}' in ${aws.region}`);
      return terminal.out(
        [
          `In ${aws.region}, this would delete for good:`,
          ...lines,
          `To do it: ${hint(terminal, 'teardown', stage, '--confirm', stage)}`,
        ].join('\n'),
      );
    }
    const left = await tearDown(aws, remains, (line) => terminal.err(line));
    if (input.json) printJson(terminal, { stage, region: aws.region, left });
    else terminal.out(left.length === 0 ? `'${stage}' is gone from ${aws.region}` : left.join('\n'));
    if (left.length > 0) throw new NotWell(`${left.length} could not be deleted`);
  },
};
