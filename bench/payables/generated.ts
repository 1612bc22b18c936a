import type { StepAnswer } from '../../local/sandbox/knowledge.ts';
import { atLeast, exactly, type Verdict } from '../verdicts.ts';
import type { Bundle } from './bundle.ts';
import type { Desk } from './desk.ts';
import { type Judged, judged } from './judge.ts';
import { fileOf } from './paper.ts';
import { inPool } from './pool.ts';
import { bundles } from './set.ts';
import { copyOf, type Reader, readerOf } from './slips.ts';

/* The generated invoices, with their orders, before a model that reads most pages rightly and some wrongly. */

const AT_ONCE = 3;
const LEAST_TOUCHLESS = 0.85;
const MESSAGE = 'Please find our invoice attached.';

const isData = ({ layout }: Bundle) => ['ubl', 'cii', 'factur-x'].includes(layout.kind);

export interface Generated {
  all: readonly Judged[];
  readers: ReadonlyMap<number, Reader>;
}

/** @param every each page is copied wrongly, in one of the ways */
export function generate(count: number, every: boolean) {
  const all = bundles(count);
  return { all, readers: new Map(all.map((bundle) => [bundle.n, readerOf(bundle, every)])) };
}

export async function throughAll(
  desk: Desk,
  { all, readers }: ReturnType<typeof generate>,
): Promise<Generated> {
  const done: Judged[] = [];
  // Who repeats an invoice comes after it.
  const [firsts, repeats] = [all.filter((it) => !it.repeats), all.filter((it) => it.repeats)];
  for (const part of [firsts, repeats])
    await inPool(part, AT_ONCE, async (bundle) => {
      const text = isData(bundle) ? undefined : MESSAGE;
      done.push(judged(bundle, await desk.take(idOf(bundle), [await fileOf(bundle)], text)));
      process.stderr.write(`\r${done.length} of ${all.length} `);
    });
  process.stderr.write('\n');
  return { all: done.sort((one, other) => one.bundle.n - other.bundle.n), readers };
}

const idOf = ({ n }: Bundle): string => `generated-${String(n).padStart(3, '0')}`;

/** The model knows which page it reads by the name of its file, and copies from the paper, not from the text. */
export function scriptOf({ all, readers }: ReturnType<typeof generate>) {
  const asked = new Map<number, number>();
  const of = (text: string) => {
    const n = Number(/\binvoice-(\d{3})\b/.exec(text)?.[1] ?? 0);
    const [bundle, reader] = [all[n - 1], readers.get(n)];
    if (!bundle || !reader) throw new Error('the model was asked about no generated invoice');
    return { bundle, reader };
  };
  const route: StepAnswer = ({ input }) => ({ label: of(input.text).reader.label });
  const extract: StepAnswer = ({ input }) => {
    const { bundle, reader } = of(input.text);
    const before = asked.get(bundle.n) ?? 0;
    asked.set(bundle.n, before + 1);
    return copyOf(bundle, reader, before > 0);
  };
  return { route, extract };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** @param every the model slips on each page: then most of them are a person's */
export function verdictsOf({ all, readers }: Generated, every: boolean): Verdict[] {
  const alone = (some: readonly Judged[]) => some.filter(({ came }) => came.verdict === 'act');
  const clean = all.filter(({ bundle }) => !bundle.fault);
  const faulty = all.filter(({ bundle }) => bundle.fault);
  const data = all.filter(({ bundle }) => isData(bundle));
  const wrong = all.filter((it) => it.wrong.length > 0);
  // Where the model slips as well, its slip may be what a person hears of.
  const readRightly = faulty.filter(
    ({ bundle }) => isData(bundle) || readers.get(bundle.n)?.slip === undefined,
  );
  const unnamed = readRightly.filter(({ named }) => !named);
  const silent = all.filter(({ came }) => came.verdict !== 'act' && came.reasons.length === 0);
  const touchless = atLeast(
    'generated: faultless ones without a person',
    alone(clean).length / clean.length,
    LEAST_TOUCHLESS,
    percent,
  );
  for (const { bundle, wrong: what } of wrong) console.log(`WRONG ${bundle.n}: ${what.join('; ')}`);
  for (const { bundle, came } of unnamed)
    console.log(`NOT NAMED ${bundle.n}: ${bundle.fault}: ${came.verdict}, ${came.reasons.join('; ')}`);
  return [
    exactly('generated: wrong bills or payments alone', wrong.length, 0),
    exactly('generated: faults that nobody named', unnamed.length, 0),
    ...(every ? [] : [touchless]),
    exactly('generated: asked without a reason', silent.length, 0),
    exactly(
      'generated: model calls for e-invoices',
      data.reduce((sum, { came }) => sum + came.calls, 0),
      0,
    ),
  ];
}

/** What came of them, and why people were asked about those that nothing was wrong with. */
export function linesOf({ all, readers }: Generated): string[] {
  const clean = all.filter(({ bundle }) => !bundle.fault);
  const kinds = [...new Set(all.map(({ bundle }) => bundle.layout.kind))];
  const share = (some: readonly Judged[]) => {
    const alone = some.filter(({ came }) => came.verdict === 'act').length;
    return `${alone} of ${some.length} (${percent(alone / some.length)})`;
  };
  const why = new Map<string, number>();
  for (const { bundle, came } of clean) {
    if (came.verdict === 'act') continue;
    const slip = readers.get(bundle.n)?.slip;
    const key = `${came.reasons.join('; ')}${slip && !isData(bundle) ? ` [the model: ${slip}]` : ''}`;
    why.set(key, (why.get(key) ?? 0) + 1);
  }
  const cost = all.reduce((sum, { came }) => sum + came.costUsd, 0);
  return [
    `${all.length} invoices, ${all.length - clean.length} with a fault; without a person ${share(all)}`,
    `faultless ones without a person: ${share(clean)}`,
    ...kinds.map((kind) => `- ${kind}: ${share(clean.filter(({ bundle }) => bundle.layout.kind === kind))}`),
    `model: US$ ${((1000 * cost) / all.length).toFixed(2)} per 1,000 invoices`,
    'faultless ones that a person saw, and why:',
    ...[...why].sort((one, other) => other[1] - one[1]).map(([reasons, count]) => `- ${count} × ${reasons}`),
  ];
}
