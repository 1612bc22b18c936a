import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Whether the process of a pid file still runs. Numbers are reused, so its command line must contain `mark`;
 * where no command line can be read, the number alone decides.
 */
export async function isRunning(pid: number, mark: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const command = await commandLine(pid);
  return command === undefined || command.includes(mark);
}

async function commandLine(pid: number): Promise<string | undefined> {
  try {
    return await readFile(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    const listed = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => undefined);
    return listed?.stdout;
  }
}
