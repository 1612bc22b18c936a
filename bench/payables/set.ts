import { between, seeded } from '../../local/load/random.ts';
import { type Bundle, honest } from './bundle.ts';
import { FAULT_NAMES, faulty } from './faults.ts';

/** Of all, one in so many has one fault. */
const ONE_IN = 5;
const SEED = 16;

/** The generated invoices in the order in which they come in; the same ones each time. */
export function bundles(count: number): Bundle[] {
  const all = Array.from({ length: count }, (_, at) => honest(at + 1));
  const next = seeded(SEED);
  const places = new Set<number>();
  // The first of all repeats nothing.
  while (places.size < Math.floor(count / ONE_IN)) places.add(between(next, 1, count - 1));
  for (const [at, place] of [...places].entries()) {
    const fault = FAULT_NAMES[at % FAULT_NAMES.length];
    const bundle = all[place];
    if (!bundle || !fault) continue;
    const first = fault === 'the same once more' && all.slice(0, place).findLast((_, it) => !places.has(it));
    all[place] = first
      ? { ...faulty({ ...first, n: bundle.n }, fault), repeats: first.n }
      : faulty(bundle, fault);
  }
  return all;
}
