import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { lockedPackages, manifest } from './lock.ts';

const FILE = join(import.meta.dirname, 'published.json');

/** A version has to be public for so many days: most that were taken over by somebody else are found out in the first. */
export const COOL_DAYS = 7;
const DAY = 86_400_000;

/** The day on which each direct dependency, as `name@version`, was published. */
export const publishedDays = (): Record<string, string> => JSON.parse(readFileSync(FILE, 'utf8'));

/** The direct dependencies, as `name@version`. */
export function direct(): string[] {
  const { dependencies, devDependencies } = manifest();
  const locked = lockedPackages();
  return Object.keys({ ...dependencies, ...devDependencies })
    .sort()
    .map((name) => `${name}@${locked[`node_modules/${name}`]?.version}`);
}

/** Direct dependencies that are too young on this day, or of which nobody wrote down how old they are. */
export function tooYoung(days: Readonly<Record<string, string>>, today: Date, names = direct()): string[] {
  return names.flatMap((name) => {
    const day = days[name];
    if (day === undefined)
      return [`${name}: its day is not in local/supply/published.json: npm run dependencies -- refresh`];
    const age = Math.floor((today.getTime() - Date.parse(day)) / DAY);
    return age >= COOL_DAYS ? [] : [`${name}: published ${day}, ${age} days ago; ${COOL_DAYS} are asked for`];
  });
}

type Ask = (name: string) => Promise<Record<string, string>>;

/** What npm's own client says of a package: the moment of each version. */
const askRegistry: Ask = async (name) => {
  const { stdout } = await promisify(execFile)('npm', ['view', name, 'time', '--json'], {
    maxBuffer: 64 << 20,
    shell: process.platform === 'win32',
  });
  return JSON.parse(stdout);
};

/** Asks for the days that are not known, and forgets those of versions that are gone. */
export async function refresh(log: (line: string) => void, ask: Ask = askRegistry): Promise<void> {
  const known = publishedDays();
  const days: Record<string, string> = {};
  for (const one of direct()) {
    const at = one.lastIndexOf('@');
    const moment = known[one] ?? (await ask(one.slice(0, at)))[one.slice(at + 1)];
    if (!moment) throw new Error(`the registry does not know when ${one} was published`);
    days[one] = moment.slice(0, 10);
    if (!known[one]) log(`${one}: ${days[one]}`);
  }
  writeFileSync(FILE, `${JSON.stringify(days, null, 2)}\n`);
}
