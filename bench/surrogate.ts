import { writeFileSync } from 'node:fs';
import { signsOf } from '../lambdas/models/surrogate/signs.ts';
import { type Next, seeded } from '../local/load/random.ts';
import { cpuMs } from '../test/support/cpu.ts';
import { picture } from './surrogate/picture.ts';
import { banking77, type Stream, tenDomains } from './surrogate/sets.ts';
import { type Options, type Ran, run, type Sums, sumsOf, type Told } from './surrogate/stream.ts';
import { atLeast, atMost, printVerdicts, type Verdict } from './verdicts.ts';

/*
 * `npm run bench:surrogate -- --data <folder>`: a stream of items from nothing learned on, before a router that is right, one that is wrong
 * for 5 %, and one that says something else from half time on. The folder holds banking77 (https://github.com/PolyAI-LDN/task-specific-datasets,
 * CC BY 4.0) and clinc150_oos (https://github.com/clinc/oos-eval, CC BY 3.0), each with its parts as folders, and wnut17_names
 * (https://github.com/leondz/emerging_entities_17, CC BY 4.0) for more that is out of scope. `--only 'ten domains'` or
 * `--only banking77` runs one of them, `--picture <file>` draws the learning curve.
 */

const AGREEMENT = 0.97;
/** What can be asked of a surrogate whose router is wrong for 5 %: it says less often what that one says. */
const OF_NOISY = 0.92;
const OUTSIDE_SHARE = 0.05;

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const argument = (name: string) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};

const data = argument('--data');
if (!data)
  throw new Error('--data must name the folder with banking77 and clinc150_oos: see bench/surrogate.ts');

const [tens, banking] = [tenDomains(data, OUTSIDE_SHARE, seeded(3)), banking77(data, seeded(5))];
const verdicts: Verdict[] = [];

const lastFifth = (told: readonly Told[]) => told.slice(-Math.floor(told.length / 5));

function row(name: string, sums: Sums, outside: boolean): void {
  const out = outside ? percent(sums.outside) : '';
  const right = sums.locals === 0 ? ' | ' : `${percent(sums.agreement)} | ${percent(sums.low)}`;
  console.log(`| ${name} | ${percent(sums.avoided)} | ${right} | ${out} |`);
}

/** Minutes each: what is under way is told. */
function ranAs(name: string, stream: Stream, options: Options, outside: boolean): Ran {
  const of = stream.messages.length;
  const { stderr } = process;
  if (!stderr.isTTY) stderr.write(`${name} ...\n`);
  const ran = run(stream, options, (at) => stderr.isTTY && stderr.write(`\r${name}: ${at} of ${of} items`));
  if (stderr.isTTY) stderr.write('\r\x1b[K');
  row(`${name}, all`, sumsOf(ran.told), outside);
  row(`${name}, last fifth`, sumsOf(lastFifth(ran.told)), outside);
  return ran;
}

/** A third of the labels, or three, take each other's place. */
function swapped({ labels }: Stream, next: Next): Map<string, string> {
  const moved = [...labels]
    .map((label) => ({ label, at: next() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, Math.max(3, Math.round(0.3 * labels.length)))
    .map(({ label }) => label);
  return new Map(moved.map((label, at) => [label, moved[(at + 1) % moved.length] as string]));
}

/** Parts of 1,000 items in which fewer answers are right than the bound allows by chance, one in a thousand. */
function brokenParts(told: readonly Told[], agreement: number): number {
  let broken = 0;
  for (let at = 0; at + 1000 <= told.length; at += 1000) {
    const locals = told.slice(at, at + 1000).filter(({ local }) => local);
    const wrong = locals.filter(({ right }) => !right).length;
    const mean = locals.length * (1 - agreement);
    if (wrong > mean + 3.1 * Math.sqrt(mean * agreement) + 1) broken += 1;
  }
  return broken;
}

console.log(
  '| stream | calls avoided | of these right | lower bound | out of scope answered |\n|---|---:|---:|---:|---:|',
);
const only = argument('--only');
const curves: { name: string; told: readonly Told[] }[] = [];
for (const [stream, name, least, outside] of [
  [tens, 'ten domains', 0.85, true],
  [banking, 'banking77', 0.7, false],
] as const) {
  if (only !== undefined && only !== name) continue;
  const as = (router: string, options: Omit<Options, 'next'>) =>
    ranAs(`${name}, ${router}`, stream, { ...options, next: seeded(7) }, outside);
  const right = as('router right', { agreement: AGREEMENT, noise: 0 });
  curves.push({ name, told: right.told });
  const last = sumsOf(lastFifth(right.told));
  verdicts.push(
    atLeast(`${name}: calls avoided in the last fifth`, last.avoided, least, percent),
    atLeast(`${name}: of these right, lower bound`, last.low, AGREEMENT, percent),
    ...(outside ? [atMost(`${name}: out of scope answered`, sumsOf(right.told).outside, 0.15, percent)] : []),
    atMost(
      `${name}: parts of 1,000 items below the bound by more than chance`,
      brokenParts(right.told, AGREEMENT),
      0,
    ),
    atMost(`${name}: the longest training`, right.trainedMs / 1000, 120, (s) => `${s.toFixed(1)} s`),
    atMost(`${name}: the file`, right.bytes / 1e6, 6, (mb) => `${mb.toFixed(2)} MB`),
  );
  as('5 % wrong', { agreement: AGREEMENT, noise: 0.05 });
  as(`5 % wrong, agreement ${OF_NOISY}`, { agreement: OF_NOISY, noise: 0.05 });
  const from = Math.floor(stream.messages.length / 2);
  const drift = { from, to: swapped(stream, seeded(11)) };
  const drifted = as('drift at half time', { agreement: AGREEMENT, noise: 0, drift });
  const after = drifted.broke.find(({ at }) => at >= from)?.at ?? Number.POSITIVE_INFINITY;
  const off =
    drifted.broke.find(({ at, label }) => at >= from && label === undefined)?.at ?? Number.POSITIVE_INFINITY;
  verdicts.push(
    atMost(`${name}: items until drift is noticed`, after - from, 500),
    atMost(`${name}: items until all of it is off`, off - from, 500),
    atMost(
      `${name}: parts below the bound by more than chance, from 1,000 items after the drift on`,
      brokenParts(drifted.told.slice(from + 1000), AGREEMENT),
      0,
    ),
    atMost(
      `${name}: false alarms before the drift`,
      drifted.broke.filter(({ at, label }) => at < from && label === undefined).length,
      0,
    ),
  );
}
console.log(`\n${tens.name}; ${banking.name}, ${banking.messages.length} messages`);
const texts = banking.messages.slice(0, 1000);
verdicts.push(
  atMost(
    'signs of a text take',
    cpuMs(() => texts.forEach(({ text }) => void signsOf(text))) / texts.length,
    0.5,
    (ms) => `${ms.toFixed(3)} ms`,
  ),
);
const file = argument('--picture');
if (file) writeFileSync(file, picture(curves));
printVerdicts(verdicts);
