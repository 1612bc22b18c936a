import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../local/state.ts';

/*
 * CPU time of the emulator and of its function workers, from `/proc` (Linux alone). The pollers run in the bench's own process,
 * with the posting and the mock servers: that is told apart.
 */

/** The kernel's clock ticks: 100 a second on every Linux of today. */
const TICK_MS = 10;

/** Milliseconds of CPU. */
export interface Cpu {
  functions: number;
  emulator: number;
  /** This process. */
  bench: number;
}

interface Process {
  parent: number;
  own: number;
  /** Of children that have ended. */
  ended: number;
}

/** Of everything since its start; the difference of two is what was spent in between. */
export async function cpuOf(stateDir: string): Promise<Cpu> {
  const { pid = 0 } = (await readJson<{ pid: number }>(join(stateDir, 'ministack.pid'))) ?? {};
  const all = processes();
  const emulator = all.get(pid);
  if (!emulator) throw new Error(`no emulator runs with the state of ${stateDir}: this bench needs its own`);
  let functions = emulator.ended;
  for (const child of descendants(all, pid)) functions += child.own + child.ended;
  const { user, system } = process.cpuUsage();
  return { functions, emulator: emulator.own, bench: (user + system) / 1000 };
}

export function minus(after: Cpu, before: Cpu): Cpu {
  return each((part) => after[part] - before[part]);
}

export function times(cpu: Cpu, factor: number): Cpu {
  return each((part) => cpu[part] * factor);
}

function each(of: (part: keyof Cpu) => number): Cpu {
  return { functions: of('functions'), emulator: of('emulator'), bench: of('bench') };
}

function processes(): Map<number, Process> {
  const found = new Map<number, Process>();
  for (const name of readdirSync('/proc').filter((it) => /^\d+$/.test(it))) {
    const fields = statOf(name);
    if (!fields) continue;
    const ms = (at: number) => Number(fields[at]) * TICK_MS;
    // Counted from the state, the third field of `proc_pid_stat(5)`: 4 is the parent, 14 to 17 are the times.
    found.set(Number(name), {
      parent: Number(fields[1]),
      own: ms(11) + ms(12),
      ended: ms(13) + ms(14),
    });
  }
  return found;
}

/** From the state on: the name before it may hold blanks. Undefined for a process that has just ended. */
function statOf(pid: string): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** Of each worker that lives, by its process: what it runs, and what it has spent. */
export async function workersOf(stateDir: string): Promise<Map<number, { name: string; ms: number }>> {
  const { pid = 0 } = (await readJson<{ pid: number }>(join(stateDir, 'ministack.pid'))) ?? {};
  const all = processes();
  const workers = [...all].filter(([, { parent }]) => parent === pid);
  return new Map(workers.map(([pid, { own }]) => [pid, { name: nameOf(pid), ms: own }]));
}

/** By the variable that every function of the house has. */
function nameOf(pid: number): string {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    const own = variables.find((it) => it.startsWith('SERVICE='));
    return own?.slice('SERVICE='.length) ?? 'another';
  } catch {
    return 'ended';
  }
}

function descendants(all: ReadonlyMap<number, Process>, root: number): Process[] {
  const children = [...all].filter(([, { parent }]) => parent === root);
  return children.flatMap(([pid, process]) => [process, ...descendants(all, pid)]);
}
