import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StepAnswer } from '../../local/sandbox/knowledge.ts';
import { exactly, type Verdict } from '../verdicts.ts';
import type { Came, Desk } from './desk.ts';
import { sharedEInvoices } from './einvoices.ts';
import { type Judged, judged } from './judge.ts';
import { fileOf } from './paper.ts';
import { invoices, type Paper, receipts } from './papers.ts';
import { inPool } from './pool.ts';

/* Public sets of others, where a folder holds them: e-invoices as if they were ours, receipts and invoices as they are. */

const AT_ONCE = 3;

export interface SharedSets {
  bundles: Awaited<ReturnType<typeof sharedEInvoices>>;
  papers: readonly (Paper & { set: string })[];
}

export async function sharedSets(folder: string | undefined): Promise<SharedSets> {
  if (folder === undefined) return { bundles: [], papers: [] };
  const of = (set: string) => join(folder, set, 'dev');
  const from = (set: string, read: (folder: string) => Paper[]) =>
    existsSync(of(set)) ? read(of(set)).map((paper) => ({ ...paper, set })) : [];
  return {
    bundles: existsSync(of('einvoice_xml')) ? await sharedEInvoices(of('einvoice_xml')) : [],
    papers: [...from('sroie_receipts', receipts), ...from('invoice2data_samples', invoices)],
  };
}

/** @returns lines for people; their verdicts */
export async function throughShared(
  desk: Desk,
  { bundles, papers }: SharedSets,
): Promise<[string[], Verdict[]]> {
  const done: Judged[] = [];
  await inPool(bundles, AT_ONCE, async ({ bundle }) => {
    done.push(judged(bundle, await desk.take(`shared-${bundle.n}`, [await fileOf(bundle)])));
    process.stderr.write(`\r${done.length} of ${bundles.length} `);
  });
  const came: { paper: SharedSets['papers'][number]; came: Came }[] = [];
  await inPool(papers, AT_ONCE, async (paper, at) => {
    const text = `${paper.text}\n\n${markOf(at)}`;
    came.push({ paper, came: await desk.take(`paper-${at}`, paper.files, text) });
    process.stderr.write(`\r${came.length} of ${papers.length} `);
  });
  process.stderr.write('\n');
  const data = ofData(done);
  const read = ofPapers(came);
  return [
    [...data[0], ...read[0]],
    [...data[1], ...read[1]],
  ];
}

/** By it the script knows which of them the model reads. */
const markOf = (at: number): string => `paper-${at}.`;

/** The model reads the papers of the sets as their makers do, and everything else by `other`. */
export function scriptedPapers(
  papers: SharedSets['papers'],
  other: Readonly<Record<'route' | 'extract', StepAnswer>>,
): Readonly<Record<string, StepAnswer>> {
  const of = (text: string) => papers[Number(/\bpaper-(\d+)\./.exec(text)?.[1] ?? -1)];
  return {
    route: (question) => {
      const paper = of(question.input.text);
      return paper ? { label: paper.label } : other.route(question);
    },
    extract: (question) => of(question.input.text)?.copied ?? other.extract(question),
  };
}

function ofData(done: readonly Judged[]): [string[], Verdict[]] {
  const clean = done.filter(({ bundle }) => !bundle.fault);
  const alone = clean.filter(({ came }) => came.verdict === 'act');
  const faulty = done.filter(({ bundle }) => bundle.fault);
  const unnamed = faulty.filter(({ named }) => !named);
  const undiffered = faulty.filter((it) => !showsDifference(it));
  for (const { bundle, came } of unnamed)
    console.log(`NOT NAMED ${bundle.n}: ${bundle.fault}: ${came.verdict}, ${came.reasons.join('; ')}`);
  for (const { bundle, wrong } of done.filter((it) => it.wrong.length > 0))
    console.log(`WRONG ${bundle.n}: ${wrong.join('; ')}`);
  return [
    [
      `e-invoices of others, as if ours: ${alone.length} of ${clean.length} without a person; ${faulty.length} with one fault each`,
      ...reasonsOf(clean.filter(({ came }) => came.verdict !== 'act').map(({ came }) => came)),
    ],
    [
      exactly(
        'e-invoices: wrong bills or payments alone',
        done.filter((it) => it.wrong.length > 0).length,
        0,
      ),
      exactly('e-invoices: faults that nobody named', unnamed.length, 0),
      exactly('e-invoices: differences that were not shown', undiffered.length, 0),
      exactly(
        'e-invoices: model calls',
        done.reduce((sum, { came }) => sum + came.calls, 0),
        0,
      ),
    ],
  ];
}

/** Where it differs from its order, the true difference in money stands beside the line. */
function showsDifference({ bundle, came }: Judged): boolean {
  if (bundle.fault !== 'a price above the order' && bundle.fault !== 'more than was received') return true;
  const [line] = bundle.invoice.lines;
  const [ordered] = bundle.order?.lines ?? [];
  if (!line || !ordered) return true;
  const proven = Math.min(Number(line.quantity), ordered.received) * ordered.cents;
  const difference = Math.abs(Math.round(Number(line.net) * 100 - proven) / 100).toFixed(2);
  // A credit note is held against its bill, by a person.
  return bundle.paper === 'credit-note' || came.evidence.some(({ quote }) => quote.includes(difference));
}

function ofPapers(
  all: readonly { paper: SharedSets['papers'][number]; came: Came }[],
): [string[], Verdict[]] {
  const sets = [...new Set(all.map(({ paper }) => paper.set))];
  const verdicts: Verdict[] = [];
  const lines: string[] = [];
  for (const set of sets) {
    const of = all.filter(({ paper }) => paper.set === set).map(({ came }) => came);
    const alone = of.filter(({ verdict }) => verdict === 'act').length;
    lines.push(`${set}: ${of.length}, without a person ${alone}`, ...reasonsOf(of));
    verdicts.push(exactly(`${set}: bills or payments alone`, alone, 0));
    verdicts.push(
      exactly(`${set}: asked without a reason`, of.filter((it) => it.reasons.length === 0).length, 0),
    );
  }
  return [lines, verdicts];
}

function reasonsOf(all: readonly Came[]): string[] {
  const counts = new Map<string, number>();
  for (const { reasons } of all) {
    const key = reasons.join('; ');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts]
    .sort((one, other) => other[1] - one[1])
    .slice(0, 12)
    .map(([reasons, count]) => `- ${count} × ${reasons}`);
}
