import './quiet.ts';
import './markdown.ts';
import { printVerdicts, type Verdict } from './verdicts.ts';

/*
 * `npm run bench:payables [-- --data <folder>]`: accounts payable over invoices whose truth is known, through the stages of reading and
 * thinking, before a model that slips as models do. 300 are generated, a fifth with one fault; a folder may hold
 * `invoice2data_samples`, `sroie_receipts` and `einvoice_xml`. `--every-slip` makes the model slip on each page;
 * `--hints` takes vendors whose bills it always copies wrongly, and counts what an approver has to correct; `--live` sends twenty of them through a deployed application instead.
 */

const COUNT = 300;

const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};
const count = Number(option('count') ?? COUNT);

const verdicts = process.argv.includes('--live')
  ? await deployed()
  : process.argv.includes('--hints')
    ? await learning()
    : await inMemory();
printVerdicts(verdicts);

async function deployed(): Promise<Verdict[]> {
  const { throughDeployed } = await import('./payables/live.ts');
  const [lines, verdicts] = await throughDeployed();
  for (const line of lines) console.log(line);
  return verdicts;
}

async function learning(): Promise<Verdict[]> {
  const { throughHints } = await import('./payables/hints.ts');
  const [lines, verdicts] = await throughHints();
  for (const line of lines) console.log(line);
  return verdicts;
}

async function inMemory(): Promise<Verdict[]> {
  // What thinks imports Markdown: only now it can.
  const { generate, linesOf, scriptOf, throughAll, verdictsOf } = await import('./payables/generated.ts');
  const { openDesk } = await import('./payables/desk.ts');
  const { recordsOf } = await import('./payables/records.ts');
  const { scriptedPapers, sharedSets, throughShared } = await import('./payables/shared.ts');
  const every = process.argv.includes('--every-slip');
  const generated = generate(count, every);
  const data = option('data');
  const sets = await sharedSets(data);
  const records = recordsOf([...generated.all, ...sets.bundles.map(({ bundle }) => bundle)]);
  const desk = await openDesk(records, scriptedPapers(sets.papers, scriptOf(generated)));
  try {
    const done = await throughAll(desk, generated);
    for (const line of linesOf(done)) console.log(line);
    if (data === undefined) return verdictsOf(done, every);
    const [lines, verdicts] = await throughShared(desk, sets);
    for (const line of lines) console.log(line);
    return [...verdictsOf(done, every), ...verdicts];
  } finally {
    await desk.close();
  }
}
