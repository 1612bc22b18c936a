import type { Command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { hint } from '../hint.ts';
import type { RestoreCounts } from '../restore.ts';
import { printJson } from '../terminal.ts';

export const restore: Command = {
  name: 'restore',
  summary: 'Copy lost rows back from a restored table',
  usage: `signalbox restore <from> <to> [options]

  --confirm T      the name of the table <to> once more: do it. Without it,
                   the command only says what it would copy
  --replace        overwrite rows that differ, too; they are then as old as
                   the restored table
  --leave-out P,Q  skip rows whose key begins with P or Q

Existing rows stay as they are and expired rows stay gone, so the command can
be repeated. With the AWS credentials at hand. When to
do it, and in which order: docs/runbook.md, "Restore what was lost".`,
  example: ['restore', 'items-restored', 'items', '--confirm', 'items'],
  arguments: ['from', 'to'],
  options: { confirm: 'text', replace: 'flag', 'leave-out': 'text' },
  async run(input, terminal) {
    const [from = '', to = ''] = [input.argument(0), input.argument(1)];
    const confirmed = input.option('confirm');
    if (from === to) throw new UsageError(`<from> and <to> are the same table, '${to}'`);
    if (confirmed !== undefined && confirmed !== to)
      throw new UsageError(`--confirm must be the table <to> once more, '${to}', got '${confirmed}'`);
    // Loaded here: the other commands need no AWS clients.
    const [{ Aws }, { restore: copy }] = await Promise.all([import('../aws.ts'), import('../restore.ts')]);
    const aws = await Aws.open(terminal.env.AWS_ENDPOINT_URL);
    const write = confirmed !== undefined;
    const replace = input.flag('replace');
    const leaveOut = (input.option('leave-out') ?? '').split(',').filter(Boolean);
    const now = terminal.now() / 1000;
    const counts = await copy(aws, { from, to, write, replace, leaveOut, now }, (soFar) =>
      terminal.err(told(soFar, write, replace)),
    );
    if (input.json) return printJson(terminal, { from, to, written: write, ...counts });
    // As it was asked: without the same options it would do something else than what was counted.
    const skipped = leaveOut.length > 0 ? ['--leave-out', leaveOut.join(',')] : [];
    const again = ['restore', from, to, ...(replace ? ['--replace'] : []), ...skipped, '--confirm', to];
    terminal.out(told(counts, write, replace));
    if (!write) terminal.out(`To do it: ${hint(terminal, ...again)}`);
  },
};

function told(counts: RestoreCounts, write: boolean, replace: boolean): string {
  const { missing, same, different, expired, leftOut } = counts;
  const copied = (rows: number) => `${rows} ${write ? 'copied' : 'to copy'}`;
  const differ = replace ? `${copied(different)} over others` : `${different} that differ left`;
  return `${copied(missing)}, ${differ}, ${same} the same, ${expired} expired, ${leftOut} left out`;
}
