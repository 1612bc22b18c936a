import type { Paid } from '../collect.ts';
import { faultNamed } from '../faults/all.ts';
import { Random } from '../random.ts';
import type { Rig } from '../rig.ts';
import { runOnce } from '../run.ts';
import type { Broken } from './broken.ts';

export interface Catch {
  name: string;
  caught: boolean;
  /** The invariants that did not hold. */
  by: string[];
  runs: number;
}

/** What is broken shows in a few runs, or the checker is at fault. */
const MOST_RUNS = 4;
/** What will never be well stands still: longer than a message is invisible. */
const STEADY_SECONDS = 22;
const PATIENCE_SECONDS = 90;

export async function catches(
  rig: Rig,
  broken: Broken,
  { seed, paid }: { seed: number; paid: Paid },
  say: (line: string) => void,
): Promise<Catch> {
  await rig.change(broken.edits);
  const seen = new Set<string>();
  let runs = 0;
  while (runs < MOST_RUNS && !broken.by.some((name) => seen.has(name))) {
    runs += 1;
    const result = await runOnce({
      ...{ world: rig.world, rig, random: Random.of(seed, runs), fault: faultNamed(broken.fault) },
      ...{ name: `${broken.name}-${runs}`, paid, patience: PATIENCE_SECONDS, steady: STEADY_SECONDS },
    });
    for (const { invariant, what } of result.violations) {
      seen.add(invariant);
      say(`    ${broken.name}: ${invariant}: ${what}`);
    }
  }
  return { name: broken.name, caught: broken.by.some((name) => seen.has(name)), by: [...seen], runs };
}
