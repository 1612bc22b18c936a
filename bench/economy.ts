import './quiet.ts';
import { seeded } from '../local/load/random.ts';
import { vectorOf } from '../local/sandbox/embeddings.ts';
import { linesOf, monthOf, WRONG_AT_MOST } from './economy/lines.ts';
import { ASSUMED, type Assumed } from './economy/model.ts';
import { printMonth } from './economy/print.ts';
import { type Came, runLine } from './economy/run.ts';
import { vectorsOf } from './search/vectors.ts';
import { banking77, tenDomains } from './surrogate/sets.ts';
import { printVerdicts } from './verdicts.ts';
import { log } from './world.ts';

/*
 * `npm run bench:economy`: one month of four lines of work with all means of docs/paying-less.md off, and the same month with all of them
 * on, through the code of `process`, of the batches and of what trains. Texts are our own; with `-- --data <folder>` (with banking77,
 * clinc150_oos and wnut17_names: see bench/surrogate.ts; installs 32 MB below .local) questions and tickets are public messages, and
 * vectors those of bench/search/vectors.ts. `--items N` and `--seed N` make another month, `--similar 0.05` is the bound of answers to similar questions. What is assumed of the model is printed, and
 * each of it is an option: `--wrong 0.03`, `--inputUsdPerMillion 0.4` and so on.
 */

const argument = (name: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};
const number = (name: string, usual: number) => Number(argument(name) ?? usual);

const items = number('items', 3000);
const seed = number('seed', 1);
const wrongAtMost = number('similar', WRONG_AT_MOST);
const assumed = Object.fromEntries(
  Object.entries(ASSUMED).map(([name, usual]) => [name, number(name, usual)]),
) as unknown as Assumed;
const data = argument('data');
const sets = data !== undefined && {
  questions: banking77(data, seeded(seed)),
  tickets: tenDomains(data, 0.05, seeded(seed)),
};

const write = process.stdout.write.bind(process.stdout);
const began = Date.now();
const came: { name: string; off: Came; on: Came }[] = [];
// What the functions log is none of the bench's figures.
process.stdout.write = () => true;
try {
  for (const line of linesOf({ ...sets, wrongAtMost })) {
    const arrivals = monthOf(line, Math.round(items * line.share), seeded(seed));
    const texts = arrivals.map(({ text }) => text);
    const made = data && line.name === 'questions' ? await publicVectors(texts) : vectorOf;
    const given = { line, arrivals, assumed, vectorOf: made, log: told };
    came.push({
      name: line.name,
      off: await runLine({ ...given, on: false }),
      on: await runLine({ ...given, on: true }),
    });
  }
} finally {
  process.stdout.write = write;
}
printVerdicts(
  printMonth(came, { assumed, items, seed, wrongAtMost, of: data ? 'public messages' : 'our own words' }),
);

function told(line: string): void {
  log(`${((Date.now() - began) / 1000).toFixed(0)} s: ${line}`);
}

/** As the stages read them: spaces may differ. */
async function publicVectors(texts: readonly string[]): Promise<(text: string) => readonly number[]> {
  const keyOf = (text: string) => text.normalize('NFKC').replaceAll(/\s+/g, ' ').trim();
  const vectors = await vectorsOf(texts);
  const byText = new Map(texts.map((text, at) => [keyOf(text), vectors[at] ?? []]));
  return (text) => byText.get(keyOf(text)) ?? [];
}
