import { readdir, readFile } from 'node:fs/promises';

/** What a process has used, as Linux tells it. */
export interface Process {
  pid: number;
  /** What it has to itself, and its part of what it shares: 50 workers share one copy of Node.js. */
  bytes: number;
  /** Since it began. */
  cpuMs: number;
}

/** `/proc` counts in hundredths of a second, whatever the machine. */
const TICK_MS = 10;

/** A process and all below it, that one first. Empty where there is no `/proc`, or no such process. */
export async function processTree(root: number): Promise<Process[]> {
  const entries = await readdir('/proc').catch(() => []);
  const all = await Promise.all(
    entries
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .map(status),
  );
  const tree: { pid: number; cpuMs: number }[] = [];
  const add = (pid: number) => {
    const own = all.find((one) => one?.pid === pid);
    if (own) tree.push(own);
    for (const child of all) if (child?.parent === pid) add(child.pid);
  };
  add(root);
  return Promise.all(
    tree.map(async ({ pid, cpuMs }) => ({ pid, cpuMs, bytes: await proportionalBytes(pid) })),
  );
}

async function status(pid: number): Promise<{ pid: number; parent: number; cpuMs: number } | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The name comes second, in parentheses, and may hold anything.
  const fields = line
    ?.slice(line.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  if (!fields) return undefined;
  const [user = 0, system = 0] = [fields[11], fields[12]];
  return { pid, parent: fields[1] ?? 0, cpuMs: (user + system) * TICK_MS };
}

async function proportionalBytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return 1024 * Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0);
}
